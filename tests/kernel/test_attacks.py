"""S6: every attack on the door for files is refused, or cannot do anything where it is given out again.

The corpus is made here. An attack is neutralised when what is stored is given out as its own type only, never
interpreted (`nosniff`, sandbox), under a harmless name; a copy is encoded anew.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest

from anwei.cases.errors import RefusedEvidence
from anwei.cases.intake import UNSAFE_IN_NAME, Upload, checked
from tests.kernel.corpus import ATTACKS, JPEG, NAMES

MOST_SECONDS = 5.0
MOST_KILOBYTES = 150 * 1024


def test_the_corpus_is_large_enough() -> None:
    assert len(ATTACKS) + len(NAMES) >= 60


class Watch(Thread):
    """Reads the high-water mark of the children's memory until it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.kilobytes = 0
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(0.004):
            for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
                for pid in child.read_text().split():
                    with suppress(OSError):
                        self._look(Path(f"/proc/{pid}"))

    def _look(self, process: Path) -> None:
        if b"program.py" in (process / "cmdline").read_bytes():  # before, it is a copy of this process
            mark = re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())
            self.kilobytes = max(self.kilobytes, int(mark[1]) if mark else 0)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.join()


@pytest.fixture(scope="module")
def quiet() -> int:
    """What a child takes for an honest photo, in kilobytes."""
    with Watch() as watch:
        checked([Upload("a.jpg", JPEG)])
    return watch.kilobytes


@pytest.mark.parametrize("attack", ATTACKS)
def test_refused_quickly_and_in_little_memory(attack: str, quiet: int) -> None:
    content = ATTACKS[attack]()
    begun = time.monotonic()
    with Watch() as watch, pytest.raises(RefusedEvidence) as refused:
        checked([Upload("附件.jpg", content)])
    assert time.monotonic() - begun <= MOST_SECONDS
    assert "附件.jpg" in str(refused.value)
    assert 0 < watch.kilobytes <= quiet + MOST_KILOBYTES


@pytest.mark.parametrize("attack", NAMES)
def test_names_are_made_harmless(attack: str) -> None:
    (file,) = checked([Upload(NAMES[attack], JPEG)])
    assert UNSAFE_IN_NAME.search(file.name) is None
    assert len(file.name) <= 200
    assert file.stored_as.isalnum() and len(file.stored_as) == 32
