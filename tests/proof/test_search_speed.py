"""How fast the search is at 200,000 entries: its page, and what keeps its entries, in processor time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

import pytest
from django.test import Client
from django.utils import timezone

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.keeping import catch_up
from anwei.monitoring.models import Device, Tag
from anwei.org.models import Person
from anwei.sites.models import Site
from tests.proof.big_county import build_big_county

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
N_DEVICES, N_ENTRIES = 21_000, 200_000
QUANTITIES = ("甲烷浓度", "一氧化碳浓度", "硫化氢浓度", "温度", "压力", "液位", "流量")
QUERIES = ("浓度", "气体探测", "液位 企业", "企业00042", "dev-00042", "不存在的")
PAGE_MS, CATCH_UP_MS = 100.0, 20.0


def milliseconds(do: Callable[[], object], times: int = 5) -> float:
    """Return the median processor time of `do` in milliseconds; print it beside the clock's."""
    spent, clock = [], []
    for _turn in range(times):
        began, clock_began = time.process_time(), time.perf_counter()
        do()
        spent.append(1000 * (time.process_time() - began))
        clock.append(1000 * (time.perf_counter() - clock_began))
    print(f"{median(spent):.1f} ms of processor time, {median(clock):.1f} ms, load {os.getloadavg()[0]:.1f}")
    return median(spent)


def build_devices() -> None:
    """Give two devices to every site, and seven tags to every device."""
    now = timezone.now()
    sites = list(Site.objects.order_by("pk"))
    devices = Device.objects.bulk_create(
        Device(
            code=f"dev-{n:05d}",
            name=f"气体探测器{n:05d}",
            enterprise_id=sites[n % len(sites)].enterprise_id,
            site=sites[n % len(sites)],
            key_issued_at=now,
            registered_at=now,
        )
        for n in range(N_DEVICES)
    )
    Tag.objects.bulk_create(
        Tag(device=device, code=f"t{k}", name=name) for device in devices for k, name in enumerate(QUANTITIES)
    )


def test_pages_and_catching_up_at_two_hundred_thousand_entries() -> None:
    officer = build_big_county(timezone.localdate(), vacant=3)
    build_devices()
    seen: dict[str, int] = {}
    print("first look:", end=" ")
    milliseconds(lambda: catch_up(seen), times=1)
    assert SearchEntry.objects.count() >= N_ENTRIES
    print("every ten seconds:", end=" ")
    assert milliseconds(lambda: catch_up(seen)) < CATCH_UP_MS
    print("every hour:", end=" ")
    milliseconds(catch_up)
    held = Person.objects.order_by("pk")
    people = {
        "county": officer,
        "township": held.filter(holdings__post__unit__kind="township")[0],
        "enterprise": held.filter(holdings__post__unit__kind="enterprise")[0],
    }
    slow = {}
    for role, person in people.items():
        client = Client()
        client.force_login(person)
        for query in QUERIES:
            for path in ("/search/", "/search/suggest/"):
                print(f"{role}, {query}, {path}:", end=" ")
                took = milliseconds(lambda: client.get(path, {"q": query}))  # noqa: B023 (called at once)
                if took > PAGE_MS:
                    slow[role, query, path] = took
    assert not slow
