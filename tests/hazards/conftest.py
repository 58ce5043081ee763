"""A small county in which hazards are found: its regulator has two officers, the plant a head and its staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pytest_django import Settings
from time_machine import TimeMachineFixture

from anwei.org.models import Person, Post, Unit
from tests.kernel.conftest import django_db_setup  # noqa: F401  (the tables of the test-only kinds)
from tests.kernel.county import NOW, County, build, in_post
from tests.support.kept import QUICK_HASHES, once_a_module


@dataclass
class Safe:
    """The county of the kernel's tests, with those who inspect and verify."""

    county: County
    inspector: Person  # finds; officer of the emergency bureau, which leads the chemical sector
    verifier: Person  # officer of the same post
    supervising: Post


def build_safe() -> Safe:
    """Build it."""
    county = build()
    authority = Unit.objects.get(name="测试县应急管理局")
    supervising = Post.objects.create(unit=authority, kind="officer", title="危化监管岗")
    return Safe(county, in_post("inspector", supervising), in_post("verifier", supervising), supervising)


safe_of_module = once_a_module(build_safe, NOW, fixture="safe")


@pytest.fixture
def safe(safe_of_module: Callable[[], Safe], db: None) -> Safe:
    return safe_of_module()


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = QUICK_HASHES


@pytest.fixture(autouse=True)
def today_is_the_day_of_the_story(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)
