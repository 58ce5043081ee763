from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.kernel.county import County
from tests.kernel.county import build as build_county
from tests.monitoring.plant import Plant
from tests.monitoring.plant import build as build_plant


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def county(db: None) -> County:
    return build_county()


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)
