"""Reading a recording: the columns found, times understood, bad rows set aside with their reason."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from anwei.demo.recording import BadRecording, Reading, read_recording
from anwei.demo.replaying import READINGS_A_MESSAGE, batches, shifted

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
NOON = 1_795_492_800_000  # 2026-11-24 04:00 UTC, noon in the county


def written(path: Path, text: str) -> Path:
    file = path / "recording.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-24 12:00:00",
        "2026/11/24 12:00",
        "2026-11-24T12:00:00+08:00",
        "2026-11-24T04:00:00Z",
        "1795492800",
        "1795492800000",
        "1795492800.0",
    ],
)
def test_a_moment_is_understood_however_it_is_written(tmp_path: Path, moment: str) -> None:
    file = written(tmp_path, f"timestamp,value\n{moment},1.5\n")
    assert read_recording(file, zone=SHANGHAI).readings == [Reading(NOON, 1.5)]


def test_times_without_a_zone_are_those_of_the_zone_given(tmp_path: Path) -> None:
    file = written(tmp_path, "timestamp,value\n2026-11-24 04:00:00,1\n")
    assert read_recording(file, zone=UTC).readings[0].ts == NOON
    assert read_recording(file, zone=SHANGHAI).readings[0].ts == NOON - 8 * 3_600_000


def test_columns_are_found_by_name_by_place_or_as_asked(tmp_path: Path) -> None:
    file = written(tmp_path, "id,CH4,时间,CO\n9,0.4,1795492800,5\n")
    found = read_recording(file, zone=UTC, value_column="co", time_column="时间")
    assert found.readings == [Reading(NOON, 5.0)]
    by_place = written(tmp_path, "moment,reading of it\n1795492800,7\n")
    assert read_recording(by_place, zone=UTC).readings == [Reading(NOON, 7.0)]


def test_bad_rows_are_numbered_with_their_reason_and_the_rest_is_kept(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "timestamp,value\n1795492800,1\nyesterday,2\n1795492801,abc\n1795492802,\n1795492803,nan\n\n1795492804\n1795492805,6\n",
    )
    found = read_recording(file, zone=UTC)
    assert [reading.value for reading in found.readings] == [1.0, 6.0]
    assert [row.number for row in found.bad] == [3, 4, 5, 6, 8]
    assert "时间无法识别" in found.bad[0].reason and "数值无法识别" in found.bad[1].reason
    assert "列数不足" in found.bad[4].reason


@pytest.mark.parametrize("text", ["", "only\n1\n"])
def test_a_file_without_two_columns_is_no_recording(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRecording):
        read_recording(written(tmp_path, text), zone=UTC)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, "timestamp,value\n1,2\n")
    with pytest.raises(BadRecording, match="nope"):
        read_recording(file, zone=UTC, value_column="nope")


def test_order_and_duplicates_of_the_file_are_kept(tmp_path: Path) -> None:
    file = written(tmp_path, "timestamp,value\n1795492810,1\n1795492805,2\n1795492810,3\n")
    values = [reading.value for reading in read_recording(file, zone=UTC).readings]
    assert values == [1.0, 2.0, 3.0]


def test_at_full_speed_messages_hold_as_many_readings_as_fit() -> None:
    readings = [Reading(NOON + 300_000 * index, 1.0) for index in range(1_201)]
    pieces = list(batches(readings, float("inf")))
    assert [len(piece) for _, piece in pieces] == [READINGS_A_MESSAGE, READINGS_A_MESSAGE, 201]
    assert [due for due, _ in pieces] == [0.0, 0.0, 0.0]


def test_at_a_given_speed_readings_are_due_when_their_time_has_come() -> None:
    readings = [Reading(NOON + 60_000 * index, 1.0) for index in range(5)]
    assert [due for due, _ in batches(readings, 60.0)] == [0.0, 1.0, 2.0, 3.0, 4.0]
    backwards = [Reading(NOON, 1.0), Reading(NOON + 60_000, 1.0), Reading(NOON + 30_000, 1.0)]
    assert [(due, len(piece)) for due, piece in batches(backwards, 60.0)] == [(0.0, 1), (1.0, 2)]


def test_shifted_readings_end_or_begin_now_and_none_lies_ahead() -> None:
    readings = [Reading(NOON + 60_000 * index, 1.0) for index in range(5)]
    ended = shifted(readings, now_ms=NOON, speed=float("inf"))
    assert [reading.ts - NOON for reading in ended] == [-240_000, -180_000, -120_000, -60_000, 0]
    begun = shifted(readings, now_ms=NOON, speed=60.0)
    assert [reading.ts - NOON for reading in begun] == [0, 1_000, 2_000, 3_000, 4_000]
