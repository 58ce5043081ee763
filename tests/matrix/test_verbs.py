"""Every view x the other methods x role: what nobody may use is refused before anything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import role_at
from tests.matrix.examples import once_a_view, walk
from tests.matrix.expected import CLOSED, MARKS, reads
from tests.matrix.routes import Route
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
PROGRAMS = ("token:office", "token:display")
REFUSALS = "ledgers_access"
CALLERS_A_VIEW = 5
"""Of each method; from view to view others, so that every role tries every method somewhere."""


def _callers(n_views: int, route: Route) -> Iterator[str]:
    """Yield the names of a handful of callers: a stranger, the programs on the API, and the next roles in turn."""
    yield "anonymous"
    if route.pattern.startswith("api/"):
        yield from PROGRAMS
    signed_in = [role for role in SEES if role != "anonymous"]
    for n in range(CALLERS_A_VIEW - 1):
        yield signed_in[(n_views * (CALLERS_A_VIEW - 1) + n) % len(signed_in)]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "JEFF"])
def test_nobody_uses_a_method_that_no_page_has(
    world: World, visitors: dict[str, Caller], method: str
) -> None:
    """A policy refuses a method before it asks for role or object: tests/kernel/test_policy.py."""
    wrong, tried = [], set()
    for n_views, (route, _place, path) in enumerate(once_a_view(world)):
        for name in _callers(n_views, route):
            tried.add(name)
            answer = visitors[name].call(method, path)
            if answer.status not in (401, 403, 404, 405) or answer.changed:
                wrong.append(f"{name} {method} {path} {answer.status} {answer.changed or ''}")
            elif REFUSALS not in answer.tables:
                wrong.append(f"off the record: {name} {method} {path} {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert n_views > 100
    assert tried == {*SEES, *PROGRAMS}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_a_method_of_reading_opens_nothing_more(
    world: World, visitors: dict[str, Caller], method: str
) -> None:
    """Those who must stay outside, at one place of every view; and that for one inside it changes nothing.

    Which place each may read is tried by GET, everywhere: the doors are the same.
    """
    wrong, tried = [], set()
    for n_views, (route, place, path) in enumerate(once_a_view(world)):
        insider = next((role for role in SEES if reads(role, route, place)), "")
        inside = [insider] if insider and route.pattern not in MARKS else []
        outside = [one for one in _callers(n_views, route) if not reads(role_at(one, route), route, place)]
        for name in (*inside, *outside):
            tried.add(name)
            answer = visitors[name].call(method, path)
            what = f"{name} {method} {path} {answer.status}"
            if answer.let_in and name in outside:
                wrong.append(f"gets in: {what}")
            elif answer.status >= 500 and answer.status not in CLOSED.get(route.pattern, ()):
                wrong.append(f"fault: {what}")
            elif answer.changed:
                wrong.append(f"changes {answer.changed}: {what}")
            elif answer.body and method == "HEAD":
                wrong.append(f"tells something: {what}")
    assert not wrong, "\n".join(wrong)
    assert tried >= set(SEES)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_does_not_change_the_verb(world: World, visitors: dict[str, Caller], header: str) -> None:
    posting = ("alarms/<int:pk>/acknowledge/", "devices/<str:code>/rotate/", "wall/issue/", "suggestions/")
    for route, _place, path in walk(world):
        if route.pattern in posting:
            assert not visitors["office"].call("GET", path, **{header: "POST"}).changed, path
