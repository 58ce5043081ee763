"""The set-points: every number with its clause, or saying that it has none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from anwei.standards.setpoints import setpoint, setpoints

SHARED = Path(__file__).resolve().parents[3] / "shared" / "standards"


def test_a_clause_is_cited_as_officials_write_it() -> None:
    assert setpoint("ch4_face_alarm").citation == "煤矿安全规程(2016) 第498条表18"
    assert setpoint("co_mine").citation == "煤矿安全规程(2016) 第135条表4"
    assert setpoint("ch4_face_trip").value == 1.5


def test_without_a_clause_there_is_no_citation_and_the_number_may_be_changed() -> None:
    for row in setpoints().values():
        if not row.clause:
            assert row.citation == "" and row.changeable, row.id


def test_a_number_from_memory_says_that_it_may_be_changed() -> None:
    remembered = [row for row in setpoints().values() if row.confidence == "MEMORY"]
    assert remembered
    assert all(row.changeable for row in remembered)
    assert all(row.citation.endswith("（可改默认值）") for row in remembered if row.clause)
    assert not setpoint("ch4_face_alarm").changeable


def test_every_row_carries_confidence_and_what_was_seen_carries_its_source() -> None:
    for row in setpoints().values():
        assert row.confidence in {"VERIFIED", "MEMORY", "DERIVED"}, row.id
        assert row.source or row.confidence != "VERIFIED", row.id


def test_an_unknown_set_point_is_an_error() -> None:
    with pytest.raises(KeyError):
        setpoint("no_such_setpoint")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/standards is not here")
def test_nothing_of_the_collected_set_points_was_lost_or_altered() -> None:
    with (SHARED / "monitoring_setpoints.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ours = setpoint(row["id"])
            assert ours.value == (float(row["value"]) if row["value"] else None), row["id"]
            assert (ours.op, ours.confidence) == (row["op"], row["confidence"]), row["id"]
    with (SHARED / "coal_ch4_sensor_setpoints.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            alarm = setpoint(f"ch4_sensor_{int(row['no']):02d}_alarm")
            assert alarm.value == float(row["alarm_pct_ge"]) and row["location_zh"] in alarm.quantity
