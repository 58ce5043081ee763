"""`anwei status` answers in whatever state the installation is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.disk import Disk, Growth
from anwei.portal import status
from anwei.portal.room import sentences
from tests.support.broker import Broker


def test_a_broker_without_a_log_is_a_state_and_no_crash(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker:
        assert asyncio.run(status._ask(broker.folder)) == (None, None, None)


PLENTY = {"size": 1 << 40, "free": 1 << 39, "reserve": 1 << 30, "log_reserve": 1 << 29, "days_left": None}
LOG = {"n_bytes": 1 << 30, "max_bytes": 1 << 32, "age_h": 40.0, "hours": 90.0, "full": False}
WELL: dict[str, Any] = {"stream": {"full": False, "heaviest": []}, "log": LOG, "disk": PLENTY}


@pytest.mark.parametrize(
    ("found", "kind", "said"),
    [
        (WELL | {"disk": PLENTY | {"free": 1 << 28}}, "lost", "磁盘已满，只剩 256 MB"),
        (WELL | {"stream": {"full": True}}, "lost", "磁盘将满，监测数据暂不写入数据库"),
        (WELL | {"disk": PLENTY | {"free": 3 << 29}}, "lost", "磁盘只剩 1536 MB"),
        (WELL | {"disk": PLENTY | {"days_left": 5.5}}, "lost", "约 5 天后写满"),
        (WELL | {"disk": PLENTY | {"days_left": 29.0}}, "stale", "约 29 天后写满"),
        (WELL | {"log": LOG | {"full": True}}, "lost", "消息日志已到上限 4096 MB"),
        (WELL | {"log": LOG | {"hours": 20.4}}, "stale", "只能保留 20 小时，不足 72 小时"),
    ],
)
def test_what_is_short_of_room_is_said(found: dict[str, Any], kind: str, said: str) -> None:
    (sentence,) = sentences(found, str)
    assert (sentence.kind, said in sentence.text) == (kind, True), sentence


def test_enough_room_is_nothing_to_speak_of() -> None:
    assert list(sentences(WELL, str)) == []
    assert list(sentences({"running": False, "disk": PLENTY}, str)) == []


def test_a_device_that_floods_the_log_is_named() -> None:
    scarce = WELL | {"log": LOG | {"hours": 20.4}}
    flooded = scarce | {"stream": {"full": False, "heaviest": [("d7", 0.83), ("d1", 0.01)]}}
    (sentence,) = sentences(flooded, str)
    assert "设备 d7 占近期数据的 83%" in sentence.text
    alone = scarce | {"stream": {"full": False, "heaviest": [("d7", 1.0)]}}
    assert "d7" not in next(sentences(alone, str)).text


def test_how_long_the_disk_lasts_is_told_from_the_last_day(tmp_path: Path) -> None:
    folder, gib, day = DataFolder(tmp_path), 1 << 30, 86_400
    growth = Growth(folder)
    growth.note(Disk(100 * gib, 50 * gib), 0.0)
    assert growth.days_left(Disk(100 * gib, 49 * gib), 600.0) is None, "too early to tell"
    growth.note(Disk(100 * gib, 49 * gib), day / 2)
    later = Growth(folder)  # of another process
    assert later.days_left(Disk(100 * gib, 48 * gib), day) == pytest.approx(47 / 2)
    assert later.days_left(Disk(100 * gib, 51 * gib), day) is None, "it empties"
