"""Who sees what: an enterprise itself, a township its territory, a regulator its sector; the rest is not found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anwei.monitoring.models import Alarm, Warning
from anwei.org.models import Person
from tests.kernel.county import County
from tests.monitoring.plant import Plant

SignIn = Callable[[Person], Client]
INSIDE = ("officer", "boss", "worker", "townsman")
OUTSIDE = ("regulator", "stranger")
LISTS = ("/alarms/", "/alarms/?tab=history", "/devices/", "/enterprises/", "/cases/", "/work/", "/rejects/")


def addresses(plant: Plant, warning: Warning) -> list[str]:
    return [
        f"/enterprises/{plant.county.enterprise.pk}/",
        f"/devices/{plant.device.code}/",
        f"/tags/{plant.tag.number}/",
        f"/tags/{plant.tag.number}/history.json",
        f"/cases/{warning.pk}/",
    ]


@pytest.mark.parametrize("name", INSIDE)
def test_people_of_its_scope_open_every_page_of_a_plant(
    name: str, plant: Plant, warning: Warning, sign_in: SignIn
) -> None:
    client = sign_in(getattr(plant.county, name))
    for address in addresses(plant, warning):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("name", OUTSIDE)
def test_people_outside_find_none_of_them(name: str, plant: Plant, warning: Warning, sign_in: SignIn) -> None:
    client = sign_in(getattr(plant.county, name))
    for address in addresses(plant, warning):
        assert client.get(address).status_code == 404, address
    alarm = Alarm.objects.first()
    assert alarm is not None
    assert client.post(f"/alarms/{alarm.pk}/acknowledge/").status_code == 404
    assert client.post("/alarms/acknowledge/", {"alarm": [alarm.pk]}).status_code == 404
    assert client.post(f"/cases/{warning.pk}/sign/", {"version": 1, "key": "k"}).status_code == 404
    assert client.post(f"/devices/{plant.device.code}/rotate/").status_code == 404
    assert client.get(f"/alarms/trends/?ids={alarm.pk}").content.strip() == b""
    assert not Alarm.objects.filter(acknowledged_at__isnull=False).exists()


@pytest.mark.parametrize("name", (*INSIDE, *OUTSIDE))
def test_lists_hold_what_a_person_may_see_and_nothing_else(
    name: str, county: County, plant: Plant, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(getattr(county, name))
    for address in LISTS:
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        if name in OUTSIDE:
            assert "甲化工厂" not in text and "甲烷" not in text, address
    rows = client.get("/alarms/").context["listing"].count
    assert rows == (2 if name in INSIDE else 0)


@pytest.mark.parametrize("address", LISTS)
def test_strangers_are_sent_to_the_login(address: str, county: County) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_a_person_without_a_post_sees_empty_lists(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    nobody = Person.objects.create(username="nobody", full_name="无岗")
    client = sign_in(nobody)
    for address in LISTS:
        assert client.get(address).status_code == 200
    assert client.get("/enterprises/").context["listing"].count == 0
