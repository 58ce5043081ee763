"""A county with a leader, a committee office and the bodies that carry orders out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from time_machine import TimeMachineFixture

from anwei.org.models import Person, Post, Unit
from tests.kernel.conftest import django_db_setup  # noqa: F401  (the tables of the test-only kinds)
from tests.kernel.county import COUNTY, NOW, County, build, county_clerk, in_post
from tests.support.kept import once_a_module


@dataclass
class Governed:
    """The county of the kernel's tests, with who governs it."""

    county: County
    leader: Person  # deputy head of the county's government
    clerk: Person  # of the committee office
    director: Person  # principal of the emergency bureau
    officer: Person  # of the emergency bureau


def build_governed() -> Governed:
    county = build()
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    authority = Unit.objects.get(name="测试县应急管理局")
    return Governed(
        county,
        in_post("leader", Post.objects.create(unit=government, kind="deputy", title="分管副县长")),
        county_clerk(),
        in_post("director", Post.objects.create(unit=authority, kind="principal", title="局长")),
        in_post("inspector", Post.objects.create(unit=authority, kind="officer", title="监管员")),
    )


governed_of_module = once_a_module(build_governed, NOW, fixture="governed")


@pytest.fixture
def governed(governed_of_module: Callable[[], Governed], db: None) -> Governed:
    return governed_of_module()


@pytest.fixture(autouse=True)
def today_is_the_day_of_the_story(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)
