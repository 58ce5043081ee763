"""What the log of refusals tells: the client, not the proxy in front of the system."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from pytest_django import Settings

from anwei.ledgers.models import Access
from anwei.org.models import Person
from tests.kernel.county import County


def test_a_refusal_names_the_client_behind_the_proxy(
    county: County, visit: Callable[[Person], Client], settings: Settings
) -> None:
    settings.PROXIES = 1
    seen = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}
    assert visit(county.worker).post("/system/run/backup/", **seen).status_code == 403
    assert Access.objects.get().content["from"] == "203.0.113.7"
    settings.PROXIES = 0  # nobody may write an address into the log by a header
    visit(county.worker).post("/system/run/backup/", **seen)
    assert Access.objects.latest("pk").content["from"] == "10.0.0.1"
