"""`anwei status` answers in whatever state the installation is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from anwei.portal import status
from tests.support.broker import Broker


def test_a_broker_without_a_log_is_a_state_and_no_crash(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker:
        assert asyncio.run(status._ask(broker.folder)) == (None, None)


def test_a_full_disk_is_said_first() -> None:
    figures = {"full": True, "samples_stored": 12, "free": 100}
    assert "磁盘已满" in status._stream_lines(figures)[0]
    assert not any("磁盘已满" in line for line in status._stream_lines(figures | {"full": False}))
