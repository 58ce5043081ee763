"""A month of the fictional county, and all that must hold of it: for the small test and for the long proof."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.http import QueryDict
from django.test import Client

from anwei.cases.verify import verify
from anwei.demo.working.county import play
from anwei.hazards.closures import closures
from anwei.hazards.models import Hazard
from anwei.hazards.statistics import Period, figures_of
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.register_page import filtered_rows
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from tests.demo import event_log

UNTIL = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MONTH = timedelta(days=30)
CLERK = "zonghe"


def played(n: int, seed: int) -> list[event_log.Story]:
    """Play a month with so many hazards; return what the log tells."""
    play(n, since=UNTIL - MONTH, until=UNTIL, seed=seed)
    return event_log.stories()


def require_honest(told: list[event_log.Story]) -> None:
    """Require three people, evidence and its order of each closed one, and chains and files that verify."""
    assert event_log.faults(told) == []
    found = verify()
    assert found.broken == ()
    assert found.files >= 3 * sum(one.is_closed for one in told)


def require_equal_figures(told: list[event_log.Story]) -> None:
    """Compare what the log tells with the closures page, the register and the enterprises' statistics."""
    expected = event_log.counts(told, UNTIL)
    found = closures(None, UNTIL).by_place["hazards"]
    cells = {
        place: [one.filed, one.closed, one.on_time, one.overdue, one.not_counted]
        for place, one in found.items()
    }
    assert cells == expected
    filed, closed, on_time, overdue, not_counted = map(sum, zip(*expected.values(), strict=True))
    clerk = Client()
    clerk.force_login(Person.objects.get(username=CLERK))
    year = clerk.get(f"/hazards/closures/?year={UNTIL.year}&of=hazards").content.decode()
    total = re.findall(r"<tfoot>.*?</tfoot>", year, re.S)[0]
    shown = [int(n) for n in re.findall(r'class="number[^"]*">(?:<a[^>]*>)?(\d+)', total)]
    assert shown == [filed, closed, on_time, overdue, not_counted]
    ledger, person = ledger_of("hazards"), Person.objects.get(username=CLERK)
    for timing, n in (("on_time", on_time), ("overdue", overdue), ("not_counted", not_counted)):
        assert filtered_rows(ledger, QueryDict(f"timing={timing}"), person).count() == n, timing
    with_some = Enterprise.objects.filter(pk__in=Hazard.objects.values("enterprise"))
    figures = [figures_of(one, Period(UNTIL.year, 0), UNTIL) for one in with_some]
    assert sum(one.found for one in figures) == filed
    assert sum(one.rectified for one in figures) == closed
