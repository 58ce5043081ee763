"""Cameras on the page of a place: pictures from the hosts that were entered, secrets in addresses withheld."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.org.models import Person
from anwei.sites.models import Camera
from tests.kernel.county import County
from tests.sites.risks import place

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
STREAM, SNAPSHOT = "https://media.county.test:8443/live/1.m3u8", "http://10.9.8.7/snap/1.jpg"


def camera(county: County, code: str, **addresses: str) -> Camera:
    return Camera.objects.create(site=place(county.enterprise), name=f"球机{code}", code=code, **addresses)


def test_a_place_shows_its_cameras_from_their_own_hosts_alone(county: County, browse: Browse) -> None:
    site = place(county.enterprise)
    client, address = browse(county.officer), reverse("site", args=[site.pk])
    plain = client.get(address)
    assert "视频画面" not in plain.content.decode() and "media-src" not in plain["Content-Security-Policy"]
    camera(county, "1", stream_url=STREAM, snapshot_url=SNAPSHOT)
    camera(county, "2", snapshot_url="https://snap.county.test/2.jpg")
    camera(county, "3", stream_url="javascript:alert(1)", snapshot_url="https://*/x.jpg")
    answer = client.get(address)
    page = answer.content.decode()
    assert f'poster="{SNAPSHOT}"' in page and f'<source src="{STREAM}"' in page
    assert '<img class="camera" src="https://snap.county.test/2.jpg"' in page
    assert "javascript:" not in page and "https://*" not in page and "没有登记可打开的画面地址" in page
    directives = [one.strip().split() for one in answer["Content-Security-Policy"].split(";")]
    policy = {name: hosts for name, *hosts in directives}
    assert policy["media-src"] == ["https://media.county.test:8443"]
    assert policy["img-src"][-2:] == ["http://10.9.8.7", "https://snap.county.test"]
    assert "*" not in answer["Content-Security-Policy"]
    assert "county.test" not in client.get("/map/")["Content-Security-Policy"]


def test_a_token_in_an_address_is_for_who_keeps_the_register(county: County, browse: Browse) -> None:
    row = camera(county, "1", stream_url=f"{STREAM}?token=geheim", snapshot_url="http://a:geheim@10.9.8.7/1")
    address = reverse("site", args=[row.site_id])
    assert "token=geheim" in browse(county.officer).get(address).content.decode()
    answer = browse(county.worker).get(address)
    assert answer.status_code == 200 and "geheim" not in answer.content.decode()
