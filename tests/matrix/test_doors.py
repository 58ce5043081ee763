"""The list of doors and the tables about them hold together."""

from __future__ import annotations

import pytest
from django.test import Client

from anwei.org.models import Post
from tests.kernel.county import in_post
from tests.matrix.callers import Caller
from tests.matrix.crawl import ALIKE, asks_further, tells_of_people
from tests.matrix.examples import NoExample, addresses, walk
from tests.matrix.expected import ADMINISTRATORS, CLOSED, EVERYBODY, MARKS, NARROW
from tests.matrix.register_writes import WRITES
from tests.matrix.routes import register_of, registers, routes
from tests.matrix.world import PLACES, TRIED, World
from tests.matrix.writes import UNTRIED, writes

pytestmark = pytest.mark.django_db


def test_every_url_has_a_policy_and_an_example(world: World) -> None:
    wrong = []
    for route in routes():
        if not route.policy:
            wrong.append(f"{route.pattern} has no policy")
        try:
            addresses(route, world)
        except NoExample as error:
            wrong.append(str(error))
    assert not wrong, "\n".join(wrong)


def test_the_tables_name_no_door_that_is_gone() -> None:
    named = {*WRITES, *UNTRIED, *NARROW, *CLOSED, *MARKS}
    assert named - {route.pattern for route in routes()} == set()


def test_of_those_alike_somebody_asks_each_register() -> None:
    lists = [route for route in routes() if register_of(route)]
    assert {register_of(route) for route in lists} == {*registers()}
    for alike in ALIKE:
        for route in lists:
            each = alike[0] in ADMINISTRATORS and tells_of_people(register_of(route))
            n_asking = [asks_further(role, route) for role in alike].count(True)
            assert n_asking == (len(alike) if each else 1), (alike, route.pattern)


def test_somebody_may_do_what_the_table_allows(world: World) -> None:
    """A row of the table that nobody reaches would never be tried."""
    reached = {
        route.pattern
        for role in EVERYBODY | {"anonymous"}
        for route, place, _path in walk(world, role)
        for plant in ([*TRIED.get(role, PLACES), ""] if place == "" else [place])
        if (write := WRITES.get(route.pattern)) and writes(write, role, route, plant, "POST")
    }
    assert reached == {pattern for pattern, write in WRITES.items() if write.who}


def test_administrators_below_the_county_find_the_county_s_doors_shut(world: World) -> None:
    """Each of the three at a plant, a town and a bureau: reading and writing, at every such door."""
    units = [
        world.places["x"].safety.unit,
        world.people["township_a"].holdings.get().post.unit,
        world.people["regulator_chemical"].holdings.get().post.unit,
    ]
    doors = [
        (route, path)
        for route, _place, path in walk(world, "system_admin")
        if route.policy.startswith("county:")
    ]
    assert len(doors) >= 15
    wrong = []
    for unit in units:
        for kind in ("system_admin", "security_admin", "audit_admin"):
            client = Client()
            client.force_login(
                in_post(f"{kind}-{unit.pk}", Post.objects.create(unit=unit, kind=kind, title=kind))
            )
            for _route, path in doors:
                for ask in (client.get, client.post):
                    status = ask(path).status_code
                    if status not in (403, 405):
                        wrong.append(f"{kind} of {unit} {ask.__name__} {path}: {status}")
    assert not wrong, "\n".join(wrong)


def test_nobody_starts_what_they_may_not_see(world: World, visitors: dict[str, Caller]) -> None:
    """A backup and its drill are the system administrator's, as their page is; the verification is both's."""
    for check, page, allowed in (
        ("verify", "/system/chain/", {"system_admin", "audit_admin"}),
        ("backup", "/system/backup/", {"system_admin"}),
        ("drill", "/system/backup/", {"system_admin"}),
    ):
        for role in ("system_admin", "audit_admin", "security_admin", "office"):
            answer = visitors[role].call("POST", f"/system/run/{check}/")
            done = (answer.status, answer.location, answer.sealed)
            assert done == ((302, page, True) if role in allowed else (403, "", False))
            assert visitors[role].call("GET", page).status == (200 if role in allowed else 403)
