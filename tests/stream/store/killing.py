"""Kills a writer at random moments and checks that the store is exactly what had been acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.workload import batch, event, expected, same
from tests.support.broker import REPOSITORY, die_with_parent

SEED = 11
ENDLESS = 1_000_000


def start_writer(folder: Path, *, control: str = "") -> subprocess.Popen[bytes]:
    """Start a writer (see writer.py) and wait until its store is open."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.stream.store.writer", str(folder), str(SEED), str(ENDLESS), control],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    assert first == b"open\n", f"the writer did not open the store (exit status {child.wait()})"
    return child


def kill_once(folder: Path, chance: random.Random) -> int:
    """Kill a writer after 5 to 80 batches and up to 50 ms; return the last number it found or acknowledged."""
    child = start_writer(folder)
    assert child.stdout is not None
    heard = b"".join(child.stdout.readline() for _ in range(chance.randint(6, 81)))
    time.sleep(chance.uniform(0, 0.05))
    child.send_signal(signal.SIGKILL)
    return last_acknowledged(heard + child.communicate()[0])


def last_acknowledged(output: bytes) -> int:
    """Return the last whole number a writer has said, 0 when it did not come so far."""
    whole = [word for word in output.rpartition(b"\n")[0].split() if word.isdigit()]
    return int(whole[-1]) if whole else 0


def check(store: EmbeddedStore, acknowledged: int) -> int:
    """Assert that the store holds batches 1 to its mark, each whole and once; return the mark."""
    mark = store.mark("log")
    assert acknowledged <= mark <= acknowledged + 1
    written = [batch(SEED, number) for number in range(1, mark + 1)]
    assert same(store.dump(), expected(written))
    numbers = range(3, mark + 1, 3)
    assert [row["start"] for _, row in store.episodes(0, mark)] == [event(n).start for n in numbers]
    assert [sequence for sequence, _ in store.episodes(0, mark)] == list(range(1, len(numbers) + 1))
    assert [row["count"] for row in reversed(store.rejects(0, mark))] == list(range(5, mark + 1, 5))
    state = store.alarm_state()
    if numbers:
        assert int(state["since"][state["rule"] == 100][0]) == numbers[-1]
    return mark
