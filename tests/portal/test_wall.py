"""Displays: opened by a county's official with a one-time code, bound to a browser, reading only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from time_machine import TimeMachineFixture

from anwei.org.models import Display, Person
from tests.kernel.county import County, open_repair
from tests.kernel.documents import hand_in
from tests.portal.conftest import LATER

Visit = Callable[[Person], Client]


def code_from(client: Client) -> str:
    page = client.post("/wall/issue/").content.decode()
    found = re.search(r'class="code-once">([^<]+)<', page)
    assert found
    return found[1]


def test_a_code_binds_one_browser_for_good(
    county: County, office: Person, visit: Visit, time_machine: TimeMachineFixture
) -> None:
    code = code_from(visit(office))
    screen = Client()
    assert screen.post("/wall/open/", {"code": f" {code} "})["Location"] == "/wall/"
    assert screen.get("/wall/").status_code == 200
    assert Client().post("/wall/open/", {"code": code}).status_code == 422
    for _year in range(3):  # each page renews the cookie
        time_machine.shift(timedelta(days=365))
        assert screen.get("/wall/").status_code == 200


def test_a_display_reads_and_does_nothing_else(county: County, office: Person, visit: Visit) -> None:
    screen = Client()
    screen.post("/wall/open/", {"code": code_from(visit(office))})
    assert screen.get("/map/sites.geojson").status_code == 200
    for address in ("/wall/issue/", "/demo/switch/", "/alarms/1/acknowledge/"):
        refusal = screen.post(address)
        assert refusal.status_code == 403
        assert "frame-ancestors 'none'" in refusal["Content-Security-Policy"]


def test_a_display_reads_what_the_wall_shows_and_nothing_else(
    county: County, office: Person, visit: Visit
) -> None:
    """Its cookie lies in a hall for years: no register, sheet, dossier or file is to be had by it."""
    case, paper = open_repair(county), hand_in(county.enterprise, county.worker)
    screen, desk = Client(), visit(office)
    screen.post("/wall/open/", {"code": code_from(desk)})
    wall = screen.get("/wall/").content.decode()
    asked = re.findall(r'(?:hx-get|data-sites|data-territories)="([^"]+)"', wall)
    assert "/map/sites.geojson" in asked and "/live/cockpit/?wall" in asked and "/live/watching/" in asked
    for address in (*asked, "/", "/home/"):
        assert screen.get(address).status_code < 400, address
    for address in (
        "/ledgers/roster/",
        "/ledgers/roster/export/?form=csv",
        "/ledgers/roster/print/",
        "/cases/?export=csv",
        f"/cases/{case.pk}/",
        f"/cases/{case.pk}/dossier.zip",
        f"/org/people/{county.boss.pk}/",
        "/search/suggest/?q=甲化",
        "/documents/",
        f"/documents/{paper.pk}/file/",
        f"/enterprises/{county.enterprise.pk}/export/",
    ):
        assert desk.get(address).status_code == 200, address
        answer = screen.get(address)
        assert answer.status_code == 403 and "大屏只显示大屏页面" in answer.content.decode(), address


def test_only_the_county_opens_displays(county: County, visit: Visit) -> None:
    for who in (county.worker, county.townsman):
        answer = visit(who).post("/wall/issue/", follow=False)
        assert answer.status_code == 403
    assert not Display.objects.exists()


def test_a_stopped_display_is_a_stranger(county: County, office: Person, visit: Visit) -> None:
    screen, desk = Client(), visit(office)
    screen.post("/wall/open/", {"code": code_from(desk)})
    display = Display.objects.get()
    assert f"/wall/{display.pk}/revoke/" in desk.get("/status/").content.decode()
    visit(county.townsman).post(f"/wall/{display.pk}/revoke/")
    assert screen.get("/wall/").status_code == 200  # a township cannot stop the county's screen
    desk.post(f"/wall/{display.pk}/revoke/")
    assert screen.get("/wall/").status_code == 302


def test_a_code_is_good_for_a_quarter_of_an_hour(
    county: County, office: Person, visit: Visit, time_machine: TimeMachineFixture
) -> None:
    code = code_from(visit(office))
    time_machine.move_to(LATER + timedelta(minutes=16))
    answer = Client().post("/wall/open/", {"code": code})
    assert answer.status_code == 422
    assert "已过期" in answer.content.decode()
