"""Power cuts: what an ext4 disk really held at a random moment must open as what had been acknowledged.

The writer works on an ext4 file system whose backing file lies in memory. It is stopped, the backing file is
copied *without sync*, which is what a disk would hold after the plug was pulled, and the copy is mounted (the
journal is replayed) and opened. Two controls that leave out a sync must fail, or the test proves nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.killing import check, last_acknowledged, start_writer

CUTS = 20
MEMORY = Path("/dev/shm")


def can_mount() -> bool:
    return os.geteuid() == 0 and Path("/dev/loop-control").exists() and shutil.which("mkfs.ext4") is not None


pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not can_mount(), reason="power cuts need root, loop devices and mkfs.ext4"),
]


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def after_a_cut(tmp_path: Path, chance: random.Random, *, control: str = "") -> Iterator[tuple[Path, int]]:
    """Give the store's folder as a power cut left it, and the last batch acknowledged before."""
    image, copy = (MEMORY / f"{tmp_path.name}-{os.getpid()}.{name}" for name in ("disk", "cut"))
    try:
        with image.open("wb") as file:
            file.truncate(192 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        with mounted(image, tmp_path / "disk") as disk:
            child = start_writer(disk / "store", control=control)
            time.sleep(chance.uniform(0.5, 2.5))
            child.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            shutil.copyfile(image, copy)
            child.send_signal(signal.SIGKILL)
            acknowledged = last_acknowledged(child.communicate()[0])
        with mounted(copy, tmp_path / "cut") as cut:
            yield cut / "store", acknowledged
    finally:
        image.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)


@pytest.mark.parametrize("cut", range(CUTS))
def test_nothing_acknowledged_is_lost(tmp_path: Path, cut: int) -> None:
    with after_a_cut(tmp_path, random.Random(cut)) as (folder, acknowledged):
        store = EmbeddedStore(folder, background=False)
        try:
            mark, parts = check(store, acknowledged), store.figures()["parts"]
        finally:
            store.close()
    assert acknowledged > 20
    print(f"cut {cut}: {acknowledged} batches acknowledged, {mark} stored, {parts} parts")


@pytest.mark.parametrize("control", ["without-log-sync", "without-file-sync"])
def test_a_store_that_does_not_sync_is_caught(tmp_path: Path, control: str) -> None:
    """At least one of three cuts must show the loss."""
    caught = []
    for attempt in range(3):
        with after_a_cut(tmp_path, random.Random(attempt), control=control) as (folder, acknowledged):
            try:
                store = EmbeddedStore(folder, background=False)
            except Exception as error:
                caught.append(f"does not open: {error}")
                continue
            try:
                check(store, acknowledged)
            except (AssertionError, OSError) as error:
                caught.append(f"{acknowledged} acknowledged, {store.mark('log')} stored: {error!r:.80}")
            finally:
                store.close()
    print(control, caught)
    assert caught
