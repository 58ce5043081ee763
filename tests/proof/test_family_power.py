"""Power cuts over broker log, telemetry and business database at once (reliability.md R2).

All processes are stopped at a random moment, the disk's backing file is copied without sync, and a family is
started on the copy: what had been acknowledged must be there once, the episodes must be the oracle's, and
every seal must hold.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from anwei.datafolder import DataFolder
from tests.proof import truth
from tests.proof.senders import Sender, provision, start_senders
from tests.proof.test_store_power import MEMORY, can_mount, mounted
from tests.support.family import Family, wait_for

CUTS = 10
SIZE = 768 << 20  # bytes of the disk

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not can_mount(), reason="power cuts need root, loop devices and mkfs.ext4"),
]


@pytest.mark.parametrize("cut", range(CUTS))
def test_what_was_acknowledged_survives_the_plug(tmp_path: Path, cut: int) -> None:
    image, copy = (MEMORY / f"{tmp_path.name}-{os.getpid()}.{name}" for name in ("disk", "cut"))
    try:
        with image.open("wb") as file:
            file.truncate(SIZE)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        with mounted(image, tmp_path / "disk") as disk:
            senders = _until_the_plug_is_pulled(disk, tmp_path, image, copy, random.Random(cut))
        with mounted(copy, tmp_path / "cut") as after:
            _check(Family(after / "data"), senders)
    finally:
        image.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)


def _until_the_plug_is_pulled(
    disk: Path, folder: Path, image: Path, copy: Path, chance: random.Random
) -> list[Sender]:
    family = Family(disk / "data")
    family.output = folder / "before.txt"
    keys = provision(family, folder)
    family.start()
    assert family.process is not None
    port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
    senders = start_senders(port, keys)
    time.sleep(chance.uniform(3, 8))
    processes = [psutil.Process(family.process.pid), *family.processes()]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    time.sleep(0.2)  # what is on its way to the devices arrives
    for sender in senders:
        sender.stopping = True
    for sender in senders:
        sender.join(10)
    shutil.copyfile(image, copy)
    for process in processes:
        process.kill()
    family.process.wait(10)
    return senders


def _check(family: Family, senders: list[Sender]) -> None:
    family.output = family.folder.root.parent.parent / "after.txt"
    with family:
        wait_for(lambda: _settled(family.folder), seconds=60, what="the log is stored")
        time.sleep(3)  # the worker records the last episodes
    rows = truth.stored(family)
    counts = truth.stored_counts(family, senders, rows)
    expected = truth.due(family, senders, counts)
    truth.compare(family, senders, rows, expected).check()
    verified = family.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _settled(folder: DataFolder) -> bool:
    from anwei.portal.status import collect

    status = collect(folder)
    return bool(status["running"]) and status["stream"]["lag"] == 0 and status["stream"]["mode"] == "live"
