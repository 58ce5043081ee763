"""The menu has few groups, each role has the doors it uses; the registers stand in groups of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from anwei.ledgers.declaration import ledgers
from anwei.org.models import Person
from anwei.portal.register_index import GROUPS
from tests.kernel.county import County

Visit = Callable[[Person], Client]


def test_every_register_of_the_house_stands_in_one_group() -> None:
    named = [code for _label, codes in GROUPS for code in codes]
    ours = {ledger.code for ledger in ledgers() if ledger.model.__module__.startswith("anwei.")}
    assert sorted(named) == sorted(ours)


def _menu(page: str) -> list[str]:
    nav = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', nav)


def test_each_role_has_the_doors_it_uses(county: County, office: Person, visit: Visit) -> None:
    official = _menu(visit(office).get("/work/").content.decode())
    assert official[:3] == ["/", "/work/", "/cases/"]
    assert {"/enterprises/", "/risks/", "/expiries/", "/proposals/", "/ledgers/", "/status/"} <= set(official)
    assert "/enterprises/own/" not in official
    safety = _menu(visit(county.worker).get("/work/").content.decode())
    assert safety[0] == "/enterprises/own/"
    assert not {"/enterprises/", "/map/", "/proposals/", "/status/"} & set(safety)


def test_the_file_of_an_enterprise_lights_the_door_by_which_one_came(
    county: County, office: Person, visit: Visit
) -> None:
    address = f"/enterprises/{county.enterprise.pk}/"
    for person, door in ((office, "/enterprises/"), (county.worker, "/enterprises/own/")):
        page = visit(person).get(address).content.decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', page.partition("</nav>")[0]) == [door]


def test_the_index_shows_groups_in_order_and_to_an_enterprise_only_what_it_has(
    county: County, office: Person, visit: Visit
) -> None:
    page = visit(office).get("/ledgers/").content.decode()
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", page)[: len(GROUPS)] == [
        str(label) for label, _codes in GROUPS
    ]
    assert "/ledgers/road-sections/" in page  # empty, and theirs to fill
    own = visit(county.worker).get("/ledgers/").content.decode()
    assert "/ledgers/enterprises/" in own and "/ledgers/licences/" in own
    assert "/ledgers/road-sections/" not in own and "/ledgers/units/" not in own
