from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.monitoring.columns import moment
from anwei.monitoring.services.alarms import record_episodes
from anwei.org.models import Person, Post, Unit
from tests.kernel.conftest import django_db_setup, quick_hashes  # noqa: F401
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.kernel.county import build as build_county
from tests.monitoring.plant import Event, Plant
from tests.monitoring.plant import build as build_plant
from tests.support.kept import once_a_module

LATER = NOW + timedelta(minutes=5)  # when the pages are looked at


@pytest.fixture(autouse=True)
def five_minutes_later(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(LATER)


def _build() -> County:
    county = build_county()
    for enterprise, place in (
        (county.enterprise, (119.912345678, 38.7)),
        (county.other_enterprise, (119.8, 38.6)),
    ):
        enterprise.longitude, enterprise.latitude = place
        enterprise.save()
    return county


county_of_module = once_a_module(_build, LATER, fixture="county")


@pytest.fixture
def county(county_of_module: Callable[[], County], db: None) -> County:
    return county_of_module()


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)


@pytest.fixture
def office(county: County) -> Person:
    """The committee's office: sees the whole county."""
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("office", Post.objects.create(unit=unit, kind="duty", title="值班岗"))


@pytest.fixture
def visit() -> Callable[[Person], Client]:
    """A browser in which somebody is logged in."""

    def logged_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return logged_in


@pytest.fixture
def happen() -> Callable[..., None]:
    """Let episode events come out of the stream, in the order of the calls."""
    sequence = iter(range(1, 100_000))

    def record(*events: Event) -> None:
        record_episodes([(next(sequence), event) for event in events], now=moment(events[0]["at"]))

    return record
