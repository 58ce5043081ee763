"""The contract of every feature, found by discovery: as of a day it is what it was on that day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from anwei.sites.features import features, full, harm_kinds, no_grounds
from anwei.sites.models import Enterprise
from tests.analytics.told import Life
from tests.hazards.conftest import Safe
from tests.kernel.county import NOW

LATER = NOW + timedelta(days=4)
YEAR = timedelta(days=365)
STATIC = {"month", "never_visited"}  # the calendar's; and whoever was visited once stays so


def told(at: datetime) -> dict[str, dict[int, Any]]:
    rows = Enterprise.objects.order_by("pk")
    keys = [*rows.values_list("pk", flat=True)]
    return {one.key: full(one, one.values(at, rows), keys) for one in features()}


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
    never_created, no_harm_yet = told(NOW), harmed(NOW)
    life.later()
    assert told(NOW) == never_created
    assert harmed(NOW) == no_harm_yet
    now, harm_now = told(LATER), harmed(LATER)
    unmoved = {key for key in now if now[key] == never_created[key]} - STATIC
    unmoved |= {key for key in harm_now if harm_now[key] == no_harm_yet[key]}
    assert not unmoved, "the story tells nothing that would move these: tell it in tests/analytics/told.py"


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
            assert all(client.get(row.address).status_code == 200 for row in rows), one.key
            assert one.sentence(value), one.key
        if str(one.sentence(3.0 if not one.category else "3")).endswith(("件", "次", "本", "份", "台")):
            assert len(rows) == (value or 0), one.key


def test_the_grounds_of_a_value_are_seen_by_scope(safe: Safe) -> None:
    Life(safe).until()
    enterprise = safe.county.enterprise
    found = next(one for one in features() if one.key == "hazards_found_365")
    assert [*found.grounds(NOW, enterprise, safe.county.officer)]
    assert not [*found.grounds(NOW, enterprise, safe.county.stranger)]
