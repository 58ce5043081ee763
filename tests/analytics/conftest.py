from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings
from time_machine import TimeMachineFixture

from tests.hazards.conftest import Safe, build_safe
from tests.kernel.conftest import django_db_setup  # noqa: F401
from tests.kernel.county import NOW
from tests.support.kept import QUICK_HASHES, once_a_module

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
