"""The demo county's accidents: a handful, counted once, with targets, frozen months and one elsewhere."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from anwei.datafolder import DataFolder
from anwei.demo.people import Account
from anwei.emergency.models import Accident, OpeningFigure
from anwei.org.models import Person
from anwei.oversight.models import FrozenMonth
from anwei.oversight.queries import progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(county: tuple[DataFolder, list[Account]]) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username="xianzhang"))
    return client


def test_a_county_has_a_handful_of_accidents_and_reads_one_elsewhere(leader: Client) -> None:
    today = timezone.localdate()
    (elsewhere,) = Accident.objects.filter(source="elsewhere")
    assert (elsewhere.deaths, elsewhere.grade, elsewhere.happened_on) == (
        74,
        "extraordinary",
        date(2016, 11, 24),
    )
    own = Accident.objects.filter(source="own")
    assert own.count() <= 10 and all(row.happened_on.year == today.year for row in own)
    for back in (1, 2):
        before = OpeningFigure.objects.filter(year=today.year - back)
        assert before.values("month").distinct().count() == 12
        assert 3 <= before.aggregate(n=Sum("accidents"))["n"] <= 10
    page = leader.get("/figures/")
    lines = {line.indicator.key: line for line in page.context["lines"]}
    counted = [shown.number.n for shown in lines["acc_cnt"].months if shown]
    assert sum(counted) == own.count()


def test_its_months_are_frozen_but_for_the_last_and_its_targets_are_told(leader: Client) -> None:
    now = timezone.now()
    assert FrozenMonth.objects.count() == max(timezone.localdate(now).month - 2, 0)
    rows = progress(None, now)
    assert len(rows) == 9 and all(row.words for row in rows)
    assert leader.get("/targets/").content.decode().count("临安委〔") == 9
