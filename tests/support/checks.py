"""`python -m tests.support.checks`: all that needs no running, each check beside the next on its own core.

Format, lint, types, imports, migrations, our own rules, translations, CSS. What a check says is printed as a
whole, when it ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.broker import REPOSITORY

TOOLS = Path(sys.executable).parent
CHECKS: dict[str, tuple[str, ...]] = {  # what takes longest first
    "types": (str(TOOLS / "mypy"),),
    "translations": (sys.executable, "-m", "tests.support.translations"),
    "imports": (str(TOOLS / "lint-imports"),),
    "migrations": (sys.executable, "-m", "anwei", "makemigrations", "--check", "--dry-run"),
    "rules": (sys.executable, "-m", "tests.support.static_rules"),
    "lint": (str(TOOLS / "ruff"), "check", "-q"),
    "format": (str(TOOLS / "ruff"), "format", "--check", "-q"),
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


def main(checks: dict[str, tuple[str, ...]]) -> int:
    """Run all checks, as many at a time as there are cores; return 1 when one failed."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return 0 if all([*pool.map(passes, checks, checks.values())]) else 1


if __name__ == "__main__":
    sys.exit(main(CHECKS))
