"""The hazards room of the demo: something in every state, on every desk, and nothing that accuses honest people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings

from anwei.cases.models import Case
from anwei.cases.verify import verify
from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from anwei.demo.working.room import furnish
from anwei.hazards.models import Campaign, Draw, Hazard, Inspector, Listing, Penalty, SelfCheck, State, Visit
from anwei.hazards.signals import suggestions
from anwei.org.models import Person, Unit
from tests.demo.month import UNTIL
from tests.support.kept import QUICK_HASHES

pytestmark = pytest.mark.django_db
DESKS = (
    *("yj-jianguan", "yj-jianguan2", "zj-jianguan", "jt-jianguan2", "xf-jianguan"),
    *("coal-01-anquan", "coal-01-fuzeren", "mine-01-anquan", "chemical-01-anquan", "fireworks-01-anquan"),
    *(
        "construction-01-anquan",
        "road-01-anquan",
        "fire-01-anquan",
        "industry-01-anquan",
        "xianzhang",
        "zhiban",
    ),
)


@pytest.fixture(scope="module")
def room(data_folder: DataFolder, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHES)
    with django_db_blocker.unblock(), quick, time_machine.travel(UNTIL, tick=True), transaction.atomic():
        try:
            fill(data_folder, now=UNTIL)
            furnish(30, now=UNTIL)
            yield
        finally:
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def furnished(room: None) -> Iterator[None]:
    with time_machine.travel(UNTIL, tick=True):
        yield


def test_something_stands_in_every_state() -> None:
    phases = set(Hazard.objects.values_list("phase", flat=True))
    assert phases == {"registered", "assigned", "acting", "review", "closed"}
    assert Hazard.objects.filter(grade="major").exclude(phase="closed").count() >= 2
    assert Listing.objects.filter(in_force=True, listed_on__isnull=False).exists()
    assert Penalty.objects.filter(outcome="published").exists()
    assert Hazard.objects.filter(deadline__lt=UNTIL).exclude(phase="closed").exists()
    assert Hazard.objects.filter(repeat_of__isnull=False).exists()
    assert SelfCheck.objects.filter(n_failed=0).count() > 30
    assert {kind for (kind,) in Campaign.objects.values_list("kind")} == {"special", "yearly", "key_period"}
    assert Draw.objects.count() == 1
    assert verify().broken == ()


def test_visits_lie_behind_today_and_before() -> None:
    visits = list(Visit.objects.all())
    assert {one.state for one in visits} >= {State.ENDED, State.PLANNED}
    planned = [one for one in visits if one.state == State.PLANNED]
    assert (
        UNTIL.date() in {one.planned_on for one in planned} and len({one.planned_on for one in planned}) > 2
    )
    assert any(not one.announced for one in planned)
    for unit in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT):
        assert Inspector.objects.filter(unit=unit, valid_until__gt=UNTIL).count() == 2, unit


@pytest.mark.parametrize("username", DESKS)
def test_people_with_accounts_have_work(username: str) -> None:
    client = Client()
    client.force_login(Person.objects.get(username=username))
    desk = client.get("/work/").content.decode()
    assert any(f"/cases/{case.pk}/" in desk for case in Case.objects.exclude(phase="closed")), username


def test_nobody_is_suggested_for_a_second_look_but_for_what_was_closed_on_paper() -> None:
    found = suggestions.report(UNTIL)
    assert not found["inspectors"]
    assert len(found["hazards"]) <= 2
