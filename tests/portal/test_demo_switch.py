"""Playing accounts: only in demo mode, only accounts of the demo, only from this machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from anwei.org.display import issue_display
from anwei.org.models import Person
from tests.kernel.county import County
from tests.portal.conftest import LATER

Visit = Callable[[Person], Client]
FIRST_VISIT = "anwei.portal.demo_switch.first_visit"


def who(client: Client) -> str:
    return client.get("/").context["user"].username


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, FIRST_VISIT]


def test_the_switch_does_not_exist_outside_demo(
    county: County, office: Person, visit: Visit, settings: Settings
) -> None:
    assert not settings.DEMO
    assert FIRST_VISIT not in settings.MIDDLEWARE
    client = visit(county.worker)
    assert client.post("/demo/switch/", {"username": "office"}).status_code == 404
    assert who(client) == "worker"
    assert "切换演示账号" not in client.get("/").content.decode()
    assert Client().get("/").status_code == 302


def test_an_account_is_changed_by_a_click(demo: None, county: County, office: Person, visit: Visit) -> None:
    client = visit(office)
    page = client.get("/").content.decode()
    assert 'value="worker"' in page
    assert client.post("/demo/switch/", {"username": "worker"})["Location"] == "/"
    assert who(client) == "worker"


def test_the_office_is_offered_first(demo: None, county: County, office: Person, visit: Visit) -> None:
    offered = [part.username for part in visit(county.worker).get("/").context["demo_parts"]]
    assert offered[0] == "office"
    assert set(offered) == {"office", "officer", "regulator", "townsman", "boss", "worker"}


@pytest.mark.parametrize("target", ["locked", "retired", "nobody", "display", ""])
def test_other_accounts_cannot_be_played(
    demo: None, county: County, office: Person, visit: Visit, target: str
) -> None:
    county.boss.set_unusable_password()
    county.boss.save()
    Person.objects.filter(pk=county.stranger.pk).update(is_active=False)
    display, _code = issue_display(office, now=LATER)
    names = {"locked": "boss", "retired": "stranger", "display": display.person.username}
    client = visit(office)
    assert client.post("/demo/switch/", {"username": names.get(target, target)}).status_code == 404
    assert who(client) == "office"


def test_a_stranger_cannot_switch(demo: None, county: County, office: Person) -> None:
    client = Client()
    assert client.post("/demo/switch/", {"username": "office"}).status_code == 401
    assert client.get("/demo/switch/").status_code in (302, 401, 405)


def test_the_switch_needs_the_key_of_the_form(demo: None, county: County, office: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office)
    assert client.post("/demo/switch/", {"username": "worker"}).status_code == 403


def test_the_first_visit_opens_as_the_office(demo: None, county: County, office: Person) -> None:
    client = Client()
    assert who(client) == "office"
    client.post("/accounts/logout/")
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize(
    "sender",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
def test_nobody_from_elsewhere_is_let_in(
    demo: None, county: County, office: Person, sender: dict[str, str]
) -> None:
    assert Client(**sender).get("/").status_code == 302


def test_only_the_cockpit_lets_in(demo: None, county: County, office: Person) -> None:
    assert Client().get("/wall/").status_code == 302
