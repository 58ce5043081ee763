"""`python -m tests.support.checks`: all that needs no running, the types beside all else.

Format, lint, types, imports, migrations, our own rules, translations, CSS. What a check says is printed as a
whole, when it ends.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.broker import REPOSITORY

TOOLS = Path(sys.executable).parent
Checks = dict[str, tuple[str, ...]]
TYPES: Checks = {"types": (str(TOOLS / "mypy"),)}  # alone it takes as long as the others together
OTHERS: Checks = {  # one after another: gettext leaves Python files beside the templates for as long as it reads
    "format": (str(TOOLS / "ruff"), "format", "--check", "-q"),
    "lint": (str(TOOLS / "ruff"), "check", "-q"),
    "imports": (str(TOOLS / "lint-imports"),),
    "migrations": (sys.executable, "-m", "anwei", "makemigrations", "--check", "--dry-run"),
    "rules": (sys.executable, "-m", "tests.support.static_rules"),
    "translations": (sys.executable, "-m", "tests.support.translations"),
    "css": (sys.executable, "-m", "tests.support.style_sheets"),
}


def passes(name: str, command: tuple[str, ...]) -> bool:
    """Run one check and print its output and how long it took."""
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=REPOSITORY, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    verdict = "FAIL" if done.returncode else "ok  "
    print(f"{done.stdout}{verdict} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return done.returncode == 0


def main(*lanes: Checks) -> int:
    """Run the checks of each lane one after another, and the lanes beside one another; return 1 when one failed."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        verdicts = pool.map(lambda lane: [passes(*check) for check in lane.items()], lanes)
        return 0 if all(all(lane) for lane in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(TYPES, OTHERS))
