"""Every statutory deadline as a row with a date that was reckoned by hand, on a paper calendar.

Moments are the county's; a day ends at 24:00, which is written as the next day's 00:00.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from anwei.standards.calendar import COUNTY_TIME, WorkCalendar
from anwei.standards.clocks import ClockRule
from anwei.standards.deadlines import deadline, deadlines, default_deadlines
from anwei.standards.limits import UNITS, end_of

CALENDAR = WorkCalendar.load()
SHARED = Path(__file__).parents[3] / "shared"

TABLE = [
    # key, event, last moment in time
    ("accident.site", "2026-11-24 10:00", "2026-11-24 10:00"),
    ("accident.unit", "2026-12-31 23:30", "2027-01-01 00:30"),
    ("accident.level", "2026-02-16 23:00", "2026-02-17 01:00"),
    ("accident.supplement", "2026-12-15 08:00", "2027-01-15 00:00"),
    ("accident.supplement", "2026-12-14 23:59", "2027-01-14 00:00"),
    ("accident.supplement_road_fire", "2026-02-20 08:00", "2026-02-28 00:00"),
    ("accident.unit_to_province", "2026-06-30 23:59", "2026-07-01 00:59"),
    ("accident.flash_to_province", "2026-10-01 03:00", "2026-10-01 04:00"),
    ("accident.flash_to_ministry", "2026-03-08 22:15", "2026-03-08 23:15"),
    ("accident.follow_up", "2026-12-31 09:00", "2027-01-02 00:00"),
    ("accident.follow_up_major", "2026-12-31 18:00", "2027-01-01 06:00"),
    ("accident.casualty_change", "2026-12-31 23:50", "2027-01-01 00:00"),
    ("accident.tip_off_check", "2026-09-30 10:00", "2026-10-06 00:00"),  # National Day moves nothing
    ("accident.tip_off_full", "2026-07-15 10:00", "2026-09-16 00:00"),
    ("accident.tip_off_full", "2026-12-31 10:00", "2027-03-01 00:00"),  # February has no 31st
    ("accident.investigation", "2026-11-20 06:00", "2027-01-20 00:00"),
    ("accident.upgrade", "2026-01-31 06:00", "2026-03-03 00:00"),
    ("accident.upgrade_road_fire", "2026-12-28 06:00", "2027-01-05 00:00"),
    ("accident.approval_i", "2026-06-01 15:00", "2026-07-02 00:00"),
    ("accident.approval", "2026-09-22 15:00", "2026-10-08 00:00"),  # ends on a day off and stays
    ("accident.reassess", "2026-02-28 10:00", "2027-03-01 00:00"),
    ("accident.reassess", "2024-02-29 10:00", "2025-03-01 00:00"),
    ("accident.local_phone", "2026-12-31 23:45", "2027-01-01 00:15"),
    ("accident.local_written", "2026-05-01 12:00", "2026-05-01 13:00"),
    ("drill.government", "2026-08-31 10:00", "2028-09-01 00:00"),
    ("drill.high_risk", "2026-08-31 10:00", "2027-03-01 00:00"),
    ("hazard.immediate", "2026-11-24 15:00", "2026-11-25 00:00"),
    ("hazard.d3", "2026-12-30 15:00", "2027-01-03 00:00"),
    ("hazard.d7", "2026-09-28 15:00", "2026-10-06 00:00"),
    ("hazard.d15", "2026-02-10 15:00", "2026-02-26 00:00"),
    ("hazard.check", "2026-02-13 15:00", "2026-02-25 00:00"),  # Saturday the 14th is worked; 15 to 23 not
    ("hazard.sign", "2026-03-06 15:00", "2026-03-10 00:00"),
    ("hazard.resumption", "2026-03-02 08:00", "2026-03-13 00:00"),
    ("hazard.major_report", "2026-02-10 15:00", "2026-04-16 00:00"),
    ("hazard.d30", "2026-12-02 15:00", "2027-01-02 00:00"),
    ("hazard.plan", "2026-12-02 15:00", None),
    ("hazard.review", "2026-12-25 15:00", "2027-01-05 00:00"),
    ("hazard.extension", "2026-09-30 16:00", "2026-10-11 00:00"),  # 8, 9 and Saturday the 10th
    ("hazard.extension", "2026-12-31 16:00", "2027-01-07 00:00"),
    ("hazard.quarterly_statistics", "2026-08-01 10:00", "2026-10-16 00:00"),
    ("hazard.quarterly_statistics", "2026-12-31 23:59", "2027-01-16 00:00"),
    ("hazard.yearly_statistics", "2026-05-05 10:00", "2027-02-01 00:00"),
    ("hazard.self_check", "2026-12-01 00:00", "2027-01-06 00:00"),
    ("hazard.self_check", "2026-01-31 23:59", "2026-02-06 00:00"),
    ("hazard.coal_report", "2026-11-24 10:00", "2027-01-16 00:00"),
    ("hazard.coal_acceptance", "2026-11-24 10:00", "2026-12-15 00:00"),
    ("hazard.coal_announcement", "2026-12-25 10:00", "2027-01-05 00:00"),  # 28-31, then 4 January
    ("listed.propose", "2026-11-27 10:00", "2026-12-03 00:00"),
    ("listed.notice", "2026-12-29 10:00", "2027-01-04 00:00"),
    ("listed.progress", "2026-01-30 10:00", "2026-03-02 00:00"),
    ("listed.site_review", "2026-02-13 10:00", "2026-02-24 00:00"),
    ("listed.unlist", "2026-10-01 10:00", "2026-10-07 00:00"),
    ("order.issue", "2026-11-27 10:00", "2026-12-01 00:00"),
    ("order.accept", "2026-12-31 16:00", "2027-01-05 00:00"),
    ("order.first_feedback", "2026-11-27 10:00", "2026-12-05 00:00"),
    ("order.progress", "2026-11-24 10:00", "2026-12-10 00:00"),
    ("order.done", "2026-11-24 10:00", None),
    ("order.review", "2026-12-25 10:00", "2027-01-05 00:00"),
    ("penalty.publish", "2026-09-18 10:00", "2026-09-30 00:00"),  # 20 (Sunday), 21-24, 28, 29
    ("penalty.publish", "2026-12-25 10:00", "2027-01-07 00:00"),  # 28-31, then 4, 5, 6 January
    ("tip_off.accept", "2026-12-20 10:00", "2027-01-05 00:00"),
    ("tip_off.verify", "2026-07-02 10:00", "2026-09-01 00:00"),
    ("tip_off.urgent", "2026-02-17 02:00", "2026-02-17 02:00"),
    ("tip_off.reward", "2026-11-02 10:00", "2027-01-02 00:00"),
]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(("key", "event", "due"), TABLE, ids=str)
def test_every_deadline(key: str, event: str, due: str | None) -> None:
    expected = None if due is None else local(due)
    assert deadline(key).due(local(event), CALENDAR) == expected
    if due is not None:  # and the same as a clock of a case, from a moment in UTC
        rule = deadline(key).clock(starts_on=("open",), met_by="done")
        assert rule.due(local(event).astimezone(UTC)) == expected


def test_every_row_of_the_data_has_a_date_here_and_a_source() -> None:
    assert {key for key, _event, _due in TABLE} == set(default_deadlines())
    for row in default_deadlines().values():
        assert row.citation and row.event and row.who and row.source, row.key
        assert row.confidence in ("VERIFIED", "MEMORY", "TEMPLATE"), row.key
        assert (row.confidence == "TEMPLATE") <= ("可改" in row.citation), row.key


def collected() -> Iterator[tuple[str, Any]]:
    """Yield every limit of the collected rules with its number, None where it has no number of its own."""

    def read(name: str) -> dict[str, Any]:
        return tomllib.loads((SHARED / name).read_text("utf-8"))

    rules = read("standards/accident_rules.toml")
    yield "accident_rules:report.site_person_to_unit_head", None
    for table in ("report", "report_21", "investigation", "drill"):
        for name, value in rules[table].items():
            if isinstance(value, int) and not isinstance(value, bool) and "extension" not in name:
                yield f"accident_rules:{table}.{name}", value
    yield "accident_rules:report_21.casualty_change_report", None
    for grade in rules["report_21"]["followup_per_day"]:
        yield f"accident_rules:report_21.followup_per_day.{grade}", None
    for level in rules["level"]:
        yield f"accident_rules:level.{level['name_zh']}", level["approval_days"]
    workflow = read("procedures/hazard_workflow.toml")
    for limit in workflow["limit"]:
        yield f"hazard_workflow:limit.{limit['code']}", limit["days"] if limit["days"] > 0 else None
    for step in workflow["listed_supervision"]["step"]:
        if "due_days" in step:
            yield f"hazard_workflow:listed_supervision.{step['name']}", step["due_days"]
    yield "hazard_workflow:step.verify", 10
    yield "hazard_workflow:step.extend", None
    yield "hazard_workflow:step.statistics.quarter", 15
    yield "hazard_workflow:step.statistics.year", 31
    for timer in read("procedures/reporting_rewards.toml")["timer"]:
        yield f"reporting_rewards:{timer['code']}", timer["days"] or None
    split = {
        "supplement": ("days", "days_traffic_fire"),
        "investigation": ("days", "approve_days"),
        "local_fast": ("hours",),
    }
    for limit in read("procedures/incident_report.toml")["time_limit"]:
        for name in split.get(limit["code"], ("",)):
            value = limit[name] if name else limit.get("hours")
            yield f"incident_report:{limit['code']}{'.' + name if name else ''}", value or None


@pytest.mark.skipif(not SHARED.exists(), reason="the collected rules (../shared) are not here")
def test_no_limit_of_the_collected_rules_is_left_out() -> None:
    of_source = {source: row for row in default_deadlines().values() for source in row.source}
    in_months = {"accident_rules:drill.government_min_every_years": 24}
    for source, number in collected():
        assert source in of_source, source
        if number is not None:
            assert of_source[source].limit == in_months.get(source, number), source


def test_extensions_are_data_too() -> None:
    times = {
        key: (row.extension.times, row.extension.limit) for key, row in deadlines().items() if row.extension
    }
    assert times["accident.investigation"] == (1, 60)  # 第493号令 art. 29
    assert times["accident.approval_i"] == (1, 30)  # art. 32: 特别重大 only
    assert "accident.approval" not in times
    assert times["hazard.plan"] == (2, None)


def test_a_county_may_be_stricter_than_the_law_and_change_what_no_law_says() -> None:
    own = {
        "accident.level": {"limit": 1, "unit": "hour", "citation": "县委办〔2026〕5号"},
        "hazard.d30": {"limit": 45, "unit": "natural"},
    }
    rows = deadlines(own)
    assert rows["accident.level"].due(local("2026-11-24 10:00"), CALENDAR) == local("2026-11-24 11:00")
    assert (rows["accident.level"].citation, rows["accident.level"].confidence) == (
        "县委办〔2026〕5号",
        "COUNTY",
    )
    assert rows["hazard.d30"].limit == 45 and default_deadlines()["hazard.d30"].limit == 30


@pytest.mark.parametrize(
    ("key", "own", "error"),
    [
        ("accident.level", {"limit": 3, "unit": "hour"}, "只能更严"),
        ("accident.level", {"limit": 1, "unit": "natural"}, "只能更严"),
        ("accident.level", {"limit": 121, "unit": "minute"}, "只能更严"),
        ("penalty.publish", {"limit": 8, "unit": "natural"}, "只能更严"),
        ("penalty.publish", {"limit": 1, "unit": "month"}, "只能更严"),
        ("hazard.d30", {"limit": 0, "unit": "natural"}, "not a limit"),
        ("hazard.d30", {"limit": 2, "unit": "fortnight"}, "not a limit"),
    ],
)
def test_what_a_county_may_not_set(key: str, own: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        deadlines({key: own})
    with pytest.raises(KeyError):
        deadlines({"no.such": {"limit": 1}})


def test_an_end_on_a_day_off_moves_only_where_a_rule_says_so() -> None:
    started = local("2026-09-22 15:00")  # 15 days: 7 October, the last day off
    assert end_of(started, 15, "natural", CALENDAR) == local("2026-10-08 00:00")
    assert end_of(started, 15, "natural", CALENDAR, rolls=True) == local("2026-10-09 00:00")
    assert end_of(local("2026-09-18 15:00"), 2, "natural", CALENDAR, rolls=True) == local("2026-09-21 00:00")


def test_a_case_may_name_the_day() -> None:
    rule = deadline("hazard.plan").clock(starts_on=("order",), met_by="finish", until=date(2027, 2, 28))
    assert rule.due(local("2026-12-02 15:00")) == local("2027-03-01 00:00")
    with pytest.raises(ValueError, match="says the date"):
        deadline("hazard.plan").clock(starts_on=("order",), met_by="finish")


@pytest.mark.parametrize("unit", UNITS)
def test_no_unit_takes_nothing_for_a_number(unit: str) -> None:
    if unit in ("immediate", "same_day"):
        ClockRule("x", ("open",), "done", 0, unit, "", "")
    else:
        with pytest.raises(ValueError, match="not a limit"):
            ClockRule("x", ("open",), "done", 0, unit, "", "")
