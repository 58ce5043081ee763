"""Addresses that nobody's browser writes: every one is answered by a page or a sentence, never by a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anwei.monitoring.models import Alarm
from anwei.org.models import Person
from tests.monitoring.plant import Plant

HUGE = "9" * 30
ENDLESS = "9" * 5000  # more digits than int() takes
SignIn = Callable[[Person], Client]


@pytest.mark.parametrize(
    "address",
    [
        f"/alarms/?page={HUGE}",
        f"/alarms/?page={ENDLESS}",
        "/alarms/?page=-1&sort=nothing&state=nothing&search=%00",
        f"/alarms/?tab=history&enterprise={HUGE}",
        "/alarms/?enterprise=1e400",
        "/alarms/?enterprise=NaN",
        f"/alarms/trends/?ids={HUGE},{ENDLESS},1,%C2%B2",
        f"/cases/?enterprise={HUGE}&page={ENDLESS}",
        f"/work/?tab=nothing&page={ENDLESS}",
        f"/enterprises/{HUGE}/",
        f"/cases/{HUGE}/",
        f"/evidence/{HUGE}/",
        f"/tags/{HUGE}/history.json",
        "/devices/%00/",
        "/rejects/?period=nothing&reason=nothing&device=%00",
        f"/live/cockpit/?wall={HUGE}",
        f"/api/v1/alarms?limit={HUGE}&offset={HUGE}",
        "/api/v1/alarms?since=0001-01-01T00:00:00",
        "/api/v1/alarms?since=9999-12-31T23:59:59-14:00",
        f"/api/v1/alarms/{HUGE}",
        "/api/v1/devices?limit=0",
        f"/api/v1/devices?offset={HUGE}",
        f"/api/v1/tags/{HUGE}",
        f"/api/v1/latest?tag={HUGE}",
        "/api/v1/latest?tag=-1",
    ],
)
def test_no_address_is_a_fault(plant: Plant, alarms: list[Alarm], sign_in: SignIn, address: str) -> None:
    assert sign_in(plant.county.officer).get(address).status_code < 500


def test_no_text_holds_nul(plant: Plant, sign_in: SignIn) -> None:
    client = sign_in(plant.county.officer)
    assert client.get("/search/?q=%00").status_code == 400
    assert client.post("/ledgers/enterprises/new/", {"name": "甲\0厂"}).status_code == 400


@pytest.mark.parametrize(
    "period",
    [
        "from=999999999999000&to=999999999999999",
        "from=0&to=1",
        f"from={HUGE}&to={ENDLESS}",
        "from=%C2%B2&points=0",
    ],
)
def test_no_period_of_a_chart_is_a_fault(plant: Plant, sign_in: SignIn, period: str) -> None:
    answer = sign_in(plant.county.officer).get(f"/tags/{plant.tag.number}/history.json?{period}")
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "period",
    [
        "start=0001-01-01T00:00:00&end=0001-01-02T00:00:00",
        "start=9999-12-31T00:00:00Z&end=9999-12-31T23:59:59Z",
        "start=2026-11-24T00:00:00Z&end=2026-11-23T00:00:00Z",
    ],
)
def test_no_period_of_the_api_is_a_fault(plant: Plant, sign_in: SignIn, period: str) -> None:
    answer = sign_in(plant.county.officer).get(f"/api/v1/tags/{plant.tag.number}/history?{period}")
    assert answer.status_code < 500


@pytest.mark.parametrize("numbers", [[HUGE], [ENDLESS], ["²"], ["x"], []])
def test_no_batch_is_a_fault(plant: Plant, sign_in: SignIn, numbers: list[str]) -> None:
    answer = sign_in(plant.county.officer).post("/alarms/acknowledge/", {"alarm": numbers, "note": ""})
    assert answer.status_code in (302, 404)


@pytest.mark.parametrize("address", ["/account/password/", "/accounts/confirm/", "/accounts/inactive/"])
def test_the_pages_of_an_account_open(plant: Plant, sign_in: SignIn, address: str) -> None:
    assert sign_in(plant.county.officer).get(address).status_code < 400
