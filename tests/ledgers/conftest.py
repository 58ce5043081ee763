from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from anwei.org.models import Person
from tests.kernel.county import NOW, County
from tests.kernel.county import build as build_county
from tests.ledgers.filled import fill


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def today_is_the_day_of_the_story(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("e2e"):
        yield
        return
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def county(db: None) -> County:
    """A small county with a few rows in every register."""
    county = build_county()
    fill(county)
    return county


@pytest.fixture
def browse() -> Callable[[Person], Client]:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def written(county: County) -> Callable[..., Any]:
    """Write cells into a register as a sheet would: heading first."""
    from tests.ledgers.sheets import write

    def by(code: str, *lines: list[str], **options: Any) -> Any:
        return write(code, list(lines), actor=options.pop("actor", county.officer), **options)

    return by
