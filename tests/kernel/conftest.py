from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings
from time_machine import TimeMachineFixture

from tests.kernel.county import NOW, County, build
from tests.kernel.overhauls import Overhaul
from tests.kernel.repairs import Repair
from tests.support.kept import once_a_module


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Add the tables of the test-only kinds, which no migration makes."""
    with django_db_blocker.unblock():
        for model in (Repair, Overhaul):
            if model._meta.db_table not in connection.introspection.table_names():
                with connection.schema_editor() as editor:
                    editor.create_model(model)


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


county_of_module = once_a_module(build, NOW, fixture="county")


@pytest.fixture
def county(county_of_module: Callable[[], County], db: None) -> County:
    return county_of_module()


@pytest.fixture(autouse=True)
def today_is_the_day_of_the_story(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)
