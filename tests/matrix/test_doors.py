"""The list of doors and the tables about them hold together."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.canaries import unpacked
from tests.matrix.examples import NoExample, addresses, walk
from tests.matrix.expected import CLOSED, EVERYBODY, MARKS, NARROW, WRITTEN_BY
from tests.matrix.register_writes import WRITES
from tests.matrix.routes import routes
from tests.matrix.world import PLACES, World, canary
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


def test_somebody_may_do_what_the_table_allows(world: World) -> None:
    """A row of the table that nobody reaches would never be tried."""
    reached = {
        route.pattern
        for route, place, _path in walk(world)
        for role in EVERYBODY
        for plant in ([*PLACES, ""] if place == "" else [place])
        if (write := WRITES.get(route.pattern)) and writes(write, role, route, plant, "POST")
    }
    assert reached == set(WRITES)


def test_every_door_that_takes_a_post_is_in_the_table(world: World, visitors: dict[str, Caller]) -> None:
    """Whoever reads everything gets 405 where nothing is written; all other doors have a row."""
    known = {*WRITES, *UNTRIED}
    open_ones = set()
    for route, _place, path in walk(world):
        answers = {visitors[name].call("POST", path).status for name in ("office", "system_admin", "leader")}
        if answers - {401, 403, 404, 405} and route.policy != "public" and route.pattern not in known:
            open_ones.add(route.pattern)
    no_bulk = {f"ledgers/{code}/batch/" for code in WRITTEN_BY}  # no column that many rows may share
    assert open_ones <= no_bulk


def test_the_crawl_would_hear_a_canary(world: World, visitors: dict[str, Caller]) -> None:
    """What the county reads carries all canaries, packed and plain: silence elsewhere means something."""
    heard = dict.fromkeys((canary(place) for place in PLACES), 0)
    n_packed = 0
    for route, _place, path in walk(world):
        if route.pattern.startswith(("account", "system/", "help/", "api/")) or path.endswith("/edit/"):
            continue
        body = visitors["office"].call("GET", path).body
        n_packed += body.startswith(b"PK\x03\x04") and canary("x").encode() in unpacked(body)
        for word in heard:
            heard[word] += word.encode() in unpacked(body)
    assert min(heard.values()) > 30, heard
    assert n_packed > 8
