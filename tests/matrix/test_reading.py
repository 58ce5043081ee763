"""Every URL x reading method x role x territory: who may come in does, nobody else does."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.examples import NoExample, addresses, walk
from tests.matrix.expected import WRITES, reads
from tests.matrix.routes import Route, routes
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db

SESSIONS = tuple(SEES)
TOKENS = tuple(f"token:{role}" for role in SEES if role != "anonymous")
ONE_TOKEN = ("token:office",)  # elsewhere than on the API a token is worth nothing, whoever's it is


def visitors_of(route: Route) -> tuple[str, ...]:
    """Return who comes to a route: every session, and every token where tokens count."""
    return (*SESSIONS, *(TOKENS if route.pattern.startswith("api/") else ONE_TOKEN))


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


def test_the_table_names_no_door_that_is_gone() -> None:
    assert WRITES.keys() <= {route.pattern for route in routes()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_nobody_reads_through_a_door_that_is_not_theirs(
    world: World, visitors: dict[str, Caller], method: str
) -> None:
    """GET asks everybody; HEAD and OPTIONS those who must stay outside: what they open GET opens."""
    wrong, n_calls, n_in = [], 0, 0
    for route, place, path in walk(world):
        for name in visitors_of(route):
            caller = visitors[name]
            role = caller.role if route.pattern.startswith("api/") or ":" not in name else "anonymous"
            expected = reads(role, route, place)
            if expected and method != "GET":
                continue
            answer = caller.call(method, path)
            n_calls += 1
            n_in += answer.let_in
            if answer.let_in and not expected:
                wrong.append(f"{name} gets in: {method} {path} {answer.status}")
            elif (
                expected and not answer.let_in and answer.status not in (405, *CLOSED.get(route.pattern, ()))
            ):
                wrong.append(f"{name} stays out: {method} {path} {answer.status}")
            elif answer.status >= 500 and answer.status not in CLOSED.get(route.pattern, ()):
                wrong.append(f"fault: {method} {path} {answer.status}")
            elif answer.changed:
                wrong.append(f"{name} changes {answer.changed} by {method} {path}")
    print(f"{method}: {n_calls} calls, {n_in} in")
    assert not wrong, "\n".join(wrong)
    assert n_calls > 500


SURELY_OPEN = (
    "alarms/",
    "cases/",
    "devices/",
    "enterprises/",
    "evidence/",
    "ledgers/",
    "tags/",
    "wall/",
    "work/",
)


def _is_open(route: Route) -> bool:
    """Say whether what the table lets in must get in: pages that need nothing but the address."""
    return route.pattern.startswith(SURELY_OPEN) and not WRITES.get(route.pattern)


CLOSED = {
    "api/v1/": (404,),  # there is nothing behind it
    "api/v1/<path:rest>": (404,),
    "healthz": (503,),  # nothing runs here
}
