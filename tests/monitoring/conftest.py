from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from tests.kernel.county import NOW, County
from tests.kernel.county import build as build_county
from tests.monitoring.plant import Plant
from tests.monitoring.plant import build as build_plant
from tests.support.kept import once_a_module


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


county_of_module = once_a_module(build_county, NOW, fixture="county")


@pytest.fixture
def county(county_of_module: Callable[[], County], db: None) -> County:
    return county_of_module()


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)
