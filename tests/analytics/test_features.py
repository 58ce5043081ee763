"""The contract of every feature, found by discovery: as of a day it is what it was on that day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from anwei.analytics.models import MonthTable
from anwei.analytics.tables import month_table, population
from anwei.ledgers.models import Change
from anwei.ledgers.services import change_setting
from anwei.sites.features import features, full, harm_kinds, no_grounds
from anwei.sites.models import Enterprise
from anwei.standards.watch import WATCH
from tests.analytics.corrected import STORIES
from tests.analytics.told import DAY, Life
from tests.hazards.conftest import Safe
from tests.kernel.county import NOW, TOWN, county_clerk, make_enterprise

LATER = NOW + timedelta(days=4)
YEAR = timedelta(days=365)
STATIC = {"month", "never_visited"}  # the calendar's; and whoever was visited once stays so


def told(at: datetime) -> dict[str, dict[int, Any]]:
    rows = Enterprise.objects.order_by("pk")
    keys = [*rows.values_list("pk", flat=True)]
    known: dict[str, dict[int, Any]] = {one.key: full(one, one.values(at, rows), keys) for one in features()}
    return known | {"population": dict.fromkeys(population(at).values_list("pk", flat=True), 1.0)}


def harmed(at: datetime) -> dict[str, list[tuple[Any, ...]]]:
    return {
        kind.key: [
            (one.enterprise, one.at, one.known_at, one.address) for one in kind.happened(at - YEAR, at, at)
        ]
        for kind in harm_kinds().values()
    }


def test_nothing_of_later_is_in_any_feature(safe: Safe) -> None:
    """The value of D before anything later was ever written equals the value of D with all of it."""
    life = Life(safe)
    life.until()
    stories = [tell(life) for tell in STORIES]
    for story in stories:
        next(story)
    never_created, no_harm_yet = told(NOW), harmed(NOW)
    life.later()
    for story in stories:
        next(story, None)
    assert told(NOW) == never_created
    assert harmed(NOW) == no_harm_yet
    now, harm_now = told(LATER), harmed(LATER)
    unmoved = {key for key in now if now[key] == never_created[key]} - STATIC
    unmoved |= {key for key in harm_now if harm_now[key] == no_harm_yet[key]}
    assert not unmoved, "the story tells nothing that would move these: tell it in tests/analytics/told.py"


def test_before_anybody_recorded_it_nothing_is_known_of_it(safe: Safe) -> None:
    """A county begins: what it did not keep yet is no vacancy and no visit that was missed."""
    plant, mine = safe.county.enterprise.pk, safe.county.other_enterprise.pk
    before, now = told(NOW - DAY), told(NOW)  # whose posts were first entered at NOW
    assert before["posts_vacant"] == before["never_visited"] == {plant: None, mine: None}
    assert (now["posts_vacant"][plant], now["posts_vacant"][mine]) == (0.0, 1.0)
    assert now["never_visited"] == {plant: None, mine: None}
    life = Life(safe)
    life.until()
    visited = told(NOW)["never_visited"]
    assert visited[plant] == 0.0 and visited[mine] == 1.0


def test_each_value_stands_on_rows_that_can_be_opened(safe: Safe) -> None:
    """Whoever sees the enterprise reads what gave a value; of a count just as many rows as it says."""
    life = Life(safe)
    life.until()
    enterprise = safe.county.enterprise
    client = Client()
    client.force_login(safe.inspector)
    for one in features():
        value = told(NOW)[one.key][enterprise.pk]
        rows = list(one.grounds(NOW, enterprise, safe.inspector))
        if one.grounds is not no_grounds and value:
            assert rows, one.key
            assert all(client.get(row.address).status_code == 200 for row in rows if row.address), one.key
            assert one.sentence(value), one.key
            at_midnight = [row for row in rows if isinstance(row.on, datetime) and is_midnight(row.on)]
            assert not at_midnight, one.key  # a day is no moment: it is told as a day
        if str(one.sentence(3.0 if not one.category else "3")).endswith(("件", "次", "本", "份", "台")):
            assert len(rows) == (value or 0), one.key


def is_midnight(at: datetime) -> bool:
    return timezone.localtime(at).time() == time.min


def test_the_grounds_of_a_value_are_seen_by_scope(safe: Safe) -> None:
    Life(safe).until()
    enterprise = safe.county.enterprise
    found = next(one for one in features() if one.key == "hazards_found_365")
    assert [*found.grounds(NOW, enterprise, safe.county.officer)]
    assert not [*found.grounds(NOW, enterprise, safe.county.stranger)]


def test_severe_weather_is_that_of_the_township_or_the_countys_and_unknown_without_any(safe: Safe) -> None:
    weather = next(one for one in features() if one.key == "severe_weather_7")
    rows = Enterprise.objects.order_by("pk")
    assert weather.values(NOW, rows) == {}
    Life(safe).until()
    mine, other = safe.county.enterprise, safe.county.other_enterprise
    found = weather.values(NOW, rows)
    assert (found[mine.pk], found[other.pk]) == (2.0, 1.0)  # the storm in the township, the wind everywhere
    words = [ground.words for ground in weather.grounds(NOW, mine, safe.inspector)]
    assert words == ["大风 20 米/秒", "暴雨 61.5 毫米"] and "2 天暴雨" in weather.sentence(2.0)
    office = county_clerk()
    [storm] = [one for one in weather.grounds(NOW, mine, office) if "暴雨" in one.words]
    client = Client()
    client.force_login(office)
    assert "61.5" in client.get(storm.address).content.decode()
    day = {"day": "2026-11-24", "territory": TOWN, "rain": "3", "source": "县气象局"}
    answer = client.post("/ledgers/weather/new/", day)
    assert "只登记已经过去的日子" in answer.content.decode()  # NOW's own day is not over
    assert client.post("/ledgers/weather/new/", day | {"day": "2026-11-19", "rain": ""}).status_code != 302
    assert client.post("/ledgers/weather/new/", day | {"day": "2026-11-19"}).status_code == 302
    assert Change.objects.filter(register="sites.dailyweather", verb="create").exists()


def test_a_kept_month_follows_the_kinds_of_harm(safe: Safe) -> None:
    """What the neighbours tell rests on the kinds of harm that the county counts: kept months go along."""
    life, county = Life(safe), safe.county
    for n in range(4):
        make_enterprise(f"邻厂{n}", county.enterprise.unit.territory, "chemical", f"9100000000000{n:04d}N")
    life.accident(NOW - 50 * DAY, NOW - 50 * DAY)
    month = NOW.date().replace(day=1)
    with_accidents = month_table(month, NOW).columns["neighbours_harmed"]
    told = {"harms": ["red_warning"]}
    change_setting(WATCH, told, default={}, actor=safe.inspector, now=NOW, reason="试验")
    without = month_table(month, NOW).columns["neighbours_harmed"]
    assert max(cell for cell in with_accidents if cell is not None) > 0
    assert max(cell for cell in without if cell is not None) == 0
    MonthTable.objects.update(form=0)  # of an earlier release
    assert month_table(month, NOW + DAY).columns["neighbours_harmed"] == without
    assert MonthTable.objects.get().computed_at == NOW + DAY
