#!/usr/bin/env python3
"""Drive a checkout: `python3 dev.py TASK` (run, test, check, ...: TASKS); first it is brought up to date.

Standard library only, no root.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from checkout import PYTHON, ROOT, Stopped, set_up


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


def run(words: list[str]) -> int:
    """Start the demo county."""
    set_up("requirements.lock")
    os.execv(PYTHON, [str(PYTHON), "-m", "anwei", "run", "--demo", *words])


def test(words: list[str]) -> int:
    """Run the fast tests on three processes; with DB=postgres those marked db, on a PostgreSQL of their own.

    Files run in the order collected, but the longest, stories and matrix, first. Two processes spend part of
    their time waiting (for browsers, for families of processes, for clocks): a third fills it. A PostgreSQL
    works beside its two; after a run on SQLite it is asked only what is new (tests/support/statements.py).
    """
    set_up("requirements-dev.lock")
    by_file = ("--dist", "loadfile", "--no-loadscope-reorder")
    match os.environ.get("DB") or "sqlite":
        case "sqlite":
            return pytest("-n", "3", *by_file, "-m", "not proof", *words)
        case "postgres":
            chosen = ("-n", "2", *by_file, "-m", "db and not proof", *words)
            return pytest(*chosen, before=("-m", "tests.support.postgres"))
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


def bench_detect(words: list[str]) -> int:
    """Measure what early warning costs, and what it leaves of the alarm path."""
    set_up("requirements-dev.lock")
    return call([str(PYTHON), "-m", "bench.detect", *words])


def bench_analytics(words: list[str]) -> int:
    """Run the methods of early warning on the public data sets beside the published figures."""
    set_up("requirements-dev.lock")
    return call([str(PYTHON), "-m", "bench.analytics", *words])


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


def pytest(*words: str, before: tuple[str, ...] = ()) -> int:
    """Run pytest on a data folder of its own, `before` it what shall stand while it runs."""
    environment = {**os.environ, "ANWEI_DATA": str(ROOT / "build" / "test-data")}
    around = [str(PYTHON), *before] if before else []
    return call([*around, str(PYTHON), "-m", "pytest", *words], environment=environment)


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command with its output passed through; return its status."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


TASKS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "bench-detect": bench_detect,
    "bench-analytics": bench_analytics,
    "proof": proof,
    "shots": shots,
    "docs": docs,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
