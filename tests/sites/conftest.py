from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from anwei.ledgers.models import Proposal
from anwei.org.models import Person
from anwei.sites.models import Chemical
from tests.kernel.conftest import django_db_setup, quick_hashes  # noqa: F401
from tests.kernel.county import NOW, County
from tests.kernel.county import build as build_county
from tests.sites.proposals import sent
from tests.sites.risks import chemical, installation
from tests.support.kept import clock_of, once_a_module


@pytest.fixture(autouse=True)
def today_is_the_day_of_the_story(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock_of(request, NOW):
        yield


county_of_module = once_a_module(build_county, NOW, fixture="county")


@pytest.fixture
def county(county_of_module: Callable[[], County], db: None) -> County:
    return county_of_module()


@pytest.fixture
def browse() -> Callable[[Person], Client]:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def ammonia(county: County) -> Chemical:
    return chemical(installation(county.enterprise, people=0), 40)


@pytest.fixture
def proposal(county: County, browse: Callable[[Person], Client], ammonia: Chemical) -> Proposal:
    """The safety post asks for 1000 t."""
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="1000").status_code == 302
    return Proposal.objects.get()
