from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anwei.org.models import Person
from tests.hazards.conftest import (  # noqa: F401
    django_db_setup,
    quick_hashes,
    safe,
    safe_of_module,
    today_is_the_day_of_the_story,
)


@pytest.fixture
def browse() -> Callable[[Person], Client]:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of
