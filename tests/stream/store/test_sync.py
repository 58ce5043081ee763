"""Every acknowledgement comes after a sync, seen from outside by strace."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stream.store.killing import SEED
from tests.support.broker import REPOSITORY

BATCHES = 60
CALL = re.compile(r"(?P<thread>\d+) +(?P<name>write|fdatasync)\((?P<file>\d+)(?P<rest>.*)")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_every_acknowledgement_follows_a_sync_of_its_record(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-s", "16", "-e", "trace=write,fdatasync", "-o", str(trace)]
    writer = [
        sys.executable,
        "-m",
        "tests.stream.store.writer",
        str(tmp_path / "store"),
        str(SEED),
        str(BATCHES),
    ]
    subprocess.run([*command, *writer], cwd=REPOSITORY, check=True, capture_output=True)
    calls = [found for line in trace.read_text().splitlines() if (found := CALL.match(line))]
    owner = next(call["thread"] for call in calls if call["rest"].startswith(', "open'))
    acknowledged, unsynced = 0, None
    for call in calls:
        if call["thread"] != owner:
            continue
        if call["name"] == "write" and '"AWL1' in call["rest"]:
            unsynced = call["file"]
        elif call["name"] == "fdatasync" and call["file"] == unsynced:
            assert call["rest"].rstrip().endswith("= 0") or "unfinished" in call["rest"]
            unsynced = None
        elif call["name"] == "write" and re.match(r', "\d+\\n"', call["rest"]):
            assert unsynced is None, "acknowledged before the sync"
            acknowledged += 1
    assert acknowledged == BATCHES, "the writer did not say every batch"
