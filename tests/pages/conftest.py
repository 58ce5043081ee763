from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from anwei.datafolder import DataFolder
from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from tests.kernel.conftest import django_db_setup, quick_hashes  # noqa: F401
from tests.kernel.county import NOW, County
from tests.kernel.county import build as build_county
from tests.monitoring.plant import Plant, cleared, raised
from tests.monitoring.plant import build as build_plant
from tests.pages.store import Store
from tests.support.kept import clock_of, once_a_module

LOOKED_AT = NOW + timedelta(minutes=2)


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture(scope="package", autouse=True)
def data_folder(store: Store) -> Iterator[DataFolder]:
    """Keys, evidence and broker of these tests in one folder (instead of the one all tests share)."""
    folder, django_settings.DATA = django_settings.DATA, store.folder
    yield store.folder
    django_settings.DATA = folder


@pytest.fixture
def store_away(store: Store) -> Iterator[None]:
    store.leave()
    yield
    store.come_back()


@pytest.fixture(autouse=True)
def two_minutes_later(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look at the pages two minutes after NOW."""
    with clock_of(request, LOOKED_AT):
        yield


county_of_module = once_a_module(build_county, LOOKED_AT, fixture="county")


@pytest.fixture
def county(county_of_module: Callable[[], County], db: None) -> County:
    return county_of_module()


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)


@pytest.fixture
def sign_in() -> Callable[[Person], Client]:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def alarms(plant: Plant) -> list[Alarm]:
    """A red alarm that goes on (and opened a warning), and a yellow one that is over."""
    over = raised(plant.h, value=1.12)
    record_episodes([(1, raised(plant.hh)), (2, over), (3, cleared(over, seconds=50))], now=NOW)
    return list(Alarm.objects.order_by("severity"))  # red, yellow


@pytest.fixture
def warning(alarms: list[Alarm]) -> Warning:
    return Warning.objects.get()
