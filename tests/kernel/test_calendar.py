"""Working days against the notices' own words, not against the code's data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from anwei.standards.calendar import COUNTY_TIME, WorkCalendar

CALENDAR = WorkCalendar.load()

# day off or worked, as the notice says in words; beside it the days at the edges of each arrangement
DAYS_2025 = {
    "2024-12-31": True, "2025-01-01": False, "2025-01-02": True,
    "2025-01-25": False, "2025-01-26": True, "2025-01-27": True, "2025-01-28": False, "2025-02-04": False,
    "2025-02-05": True, "2025-02-08": True, "2025-02-09": False,
    "2025-04-03": True, "2025-04-04": False, "2025-04-06": False, "2025-04-07": True,
    "2025-04-26": False, "2025-04-27": True, "2025-05-01": False, "2025-05-05": False, "2025-05-06": True,
    "2025-05-30": True, "2025-05-31": False, "2025-06-02": False, "2025-06-03": True,
    "2025-09-28": True, "2025-09-30": True, "2025-10-01": False, "2025-10-08": False, "2025-10-09": True,
    "2025-10-11": True, "2025-10-12": False,
}  # fmt: skip
DAYS_2026 = {
    "2025-12-31": True, "2026-01-01": False, "2026-01-02": False, "2026-01-03": False, "2026-01-04": True,
    "2026-02-13": True, "2026-02-14": True, "2026-02-15": False, "2026-02-23": False, "2026-02-24": True,
    "2026-02-28": True, "2026-03-01": False,
    "2026-04-04": False, "2026-04-06": False, "2026-04-07": True,
    "2026-05-01": False, "2026-05-05": False, "2026-05-06": True, "2026-05-09": True, "2026-05-10": False,
    "2026-06-18": True, "2026-06-19": False, "2026-06-21": False, "2026-06-22": True,
    "2026-09-20": True, "2026-09-24": True, "2026-09-25": False, "2026-09-27": False, "2026-09-28": True,
    "2026-10-01": False, "2026-10-07": False, "2026-10-08": True, "2026-10-10": True, "2026-10-11": False,
}  # fmt: skip


@pytest.mark.parametrize(("day", "worked"), [*DAYS_2025.items(), *DAYS_2026.items()])
def test_the_notices(day: str, worked: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(("year", "worked"), [(2025, 248), (2026, 248)])
def test_a_whole_year_has_so_many_working_days(year: int, worked: int) -> None:
    """From 2025 on 13 holidays a year: 365 - 104 Saturdays and Sundays - 13 days = 248 in both years."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(map(CALENDAR.is_working_day, days)) == worked


def test_what_is_known_and_what_an_administrator_must_enter() -> None:
    assert CALENDAR.known_through == date(2026, 12, 31)
    assert CALENDAR.years_to_enter(date(2026, 10, 1)) == []
    assert CALENDAR.years_to_enter(date(2026, 11, 25)) == [2027]
    assert CALENDAR.years_to_enter(date(2027, 3, 1)) == [2027]
    assert "待公布" in CALENDAR.years[-1].document and not CALENDAR.years[-1].published


def test_a_year_that_is_not_published_has_the_days_of_the_regulation() -> None:
    worked = {day: CALENDAR.is_working_day(date.fromisoformat(day)) for day in ("2027-01-01", "2027-02-08", "2027-10-01", "2027-10-04")}  # fmt: skip
    assert worked == {"2027-01-01": False, "2027-02-08": False, "2027-10-01": False, "2027-10-04": True}


OWN_2027 = {
    "2027": {
        "document": "国办发明电〔2026〕测试号",
        "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}],
        "workdays": ["2027-01-09"],
    }
}


def test_a_county_enters_the_next_year() -> None:
    own = WorkCalendar.load(OWN_2027)
    assert own.known_through == date(2027, 12, 31)
    assert own.is_working_day(date(2027, 1, 9)) and not CALENDAR.is_working_day(date(2027, 1, 9))
    assert own.is_working_day(date(2027, 2, 8))  # its notice stands in place of the regulation's days
    assert own.years_to_enter(date(2026, 11, 25)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"document": " "}, "文件"),
        ({"workdays": ["2027-01-08"]}, "不是周末"),
        ({"holidays": [{"name": "元旦", "first": "2027-01-03", "last": "2027-01-01"}]}, "早于起日"),
    ],
)
def test_a_calendar_that_cannot_be(change: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        WorkCalendar.load({"2027": {**OWN_2027["2027"], **change}})


@pytest.mark.parametrize(
    ("started", "n", "last"),
    [
        ("2026-09-30 16:00", 1, "2026-10-08"),  # over the whole of National Day
        ("2026-10-09 09:00", 1, "2026-10-10"),  # a Saturday that is worked
        ("2026-02-13 09:00", 3, "2026-02-25"),  # 14th (worked), 24th, 25th
        ("2026-09-19 09:00", 2, "2026-09-21"),  # from a Saturday: Sunday the 20th is worked
        ("2026-12-31 23:59", 1, "2027-01-04"),  # a year end: the 1st is off, the 2nd and 3rd a weekend
        ("2026-04-30 09:00", 7, "2026-05-13"),  # 6, 7, 8, 9 (worked), 11, 12, 13
    ],
)
def test_working_days_are_counted_from_the_day_after(started: str, n: int, last: str) -> None:
    moment = datetime.fromisoformat(started).replace(tzinfo=COUNTY_TIME)
    end = CALENDAR.add_working_days(moment, n)
    assert end == datetime.combine(
        date.fromisoformat(last) + timedelta(days=1), datetime.min.time(), COUNTY_TIME
    )


def test_the_day_of_an_event_is_the_county_s() -> None:
    late = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)  # 00:30 on the 2nd in the county
    assert CALENDAR.add_working_days(late, 1) == datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
