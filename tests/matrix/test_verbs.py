"""Every URL x the other methods x role: what nobody may use is refused before anything else."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import role_at
from tests.matrix.examples import walk
from tests.matrix.expected import CLOSED, MARKS, reads
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
NAMES = (*SEES, "token:office", "token:display")
A_FEW = ("anonymous", "enterprise_x", "office", "system_admin", "token:office")
REFUSALS = "ledgers_access"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "JEFF"])
def test_nobody_uses_a_method_that_no_page_has(
    world: World, visitors: dict[str, Caller], method: str
) -> None:
    """Once for every URL and role: a method is refused whatever object the address names."""
    wrong, seen = [], set()
    for route, _place, path in walk(world):
        if route.pattern in seen:
            continue
        seen.add(route.pattern)
        for name in NAMES if method == "DELETE" else A_FEW:
            if ":" in name and not route.pattern.startswith("api/"):
                continue
            answer = visitors[name].call(method, path)
            if answer.status not in (401, 403, 404, 405) or answer.changed:
                wrong.append(f"{name} {method} {path} {answer.status} {answer.changed or ''}")
            elif REFUSALS not in answer.tables:
                wrong.append(f"off the record: {name} {method} {path} {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 150


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_a_method_of_reading_opens_nothing_more(
    world: World, visitors: dict[str, Caller], method: str
) -> None:
    """Everybody who must stay outside, at one place of every URL; and that for those inside it changes nothing.

    Which place each may read is tried by GET, everywhere: the doors are the same.
    """
    wrong, insiders, seen = [], set(), set()
    for route, place, path in walk(world):
        if route.pattern in seen:
            continue
        seen.add(route.pattern)
        for name in NAMES:
            if ":" in name and not route.pattern.startswith("api/"):
                continue
            expected = reads(role_at(name, route), route, place)
            if expected and (route.pattern in insiders or route.pattern in MARKS):
                continue  # what GET opens, HEAD opens: once a URL is enough
            if expected:
                insiders.add(route.pattern)
            answer = visitors[name].call(method, path)
            what = f"{name} {method} {path} {answer.status}"
            if answer.let_in and not expected:
                wrong.append(f"gets in: {what}")
            elif answer.status >= 500 and answer.status not in CLOSED.get(route.pattern, ()):
                wrong.append(f"fault: {what}")
            elif answer.changed:
                wrong.append(f"changes {answer.changed}: {what}")
            elif answer.body and method == "HEAD":
                wrong.append(f"tells something: {what}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_does_not_change_the_verb(world: World, visitors: dict[str, Caller], header: str) -> None:
    posting = ("alarms/<int:pk>/acknowledge/", "devices/<str:code>/rotate/", "wall/issue/", "suggestions/")
    for route, _place, path in walk(world):
        if route.pattern in posting:
            assert not visitors["office"].call("GET", path, **{header: "POST"}).changed, path
