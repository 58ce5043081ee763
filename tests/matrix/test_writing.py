"""Every URL x unsafe method x role x territory: nothing changes but what the table allows, and that is sealed."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.examples import walk
from tests.matrix.expected import FORMS, WRITES, Write, writes
from tests.matrix.routes import Route
from tests.matrix.test_reading import visitors_of
from tests.matrix.world import PLACES, World

pytestmark = pytest.mark.django_db

A_FEW = (
    "anonymous",
    "office",
    "display",
    "security_admin",
    "token:office",
)  # no role may use PUT, PATCH, DELETE
NOBODY = Write(frozenset())


def _may_answer(route: Route) -> bool:
    return route.policy == "public" or route.pattern in FORMS


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_changes_what_is_not_theirs(world: World, visitors: dict[str, Caller], method: str) -> None:
    wrong, n_calls, done = [], 0, set()
    for route, place, path in walk(world):
        write = WRITES.get(route.pattern, NOBODY)
        by_token = route.policy == "token"
        for plant in PLACES if write.body_names_plant else [place]:
            body = write.body(world, plant) if write.method == method else {}
            for name in visitors_of(route) if method == "POST" else A_FEW:
                caller = visitors[name]
                role = caller.role if by_token == (":" in name) else "anonymous"
                allowed = writes(role, route, plant, method)
                answer = caller.call(method, path, body, as_json=write.as_json)
                n_calls += 1
                what = f"{name} {method} {path} {plant} {answer.status} {answer.changed or ''}"
                if answer.status >= 500:
                    wrong.append(f"fault: {what}")
                elif allowed and not (answer.changed and answer.let_in):
                    wrong.append(f"refused: {what}")
                elif not allowed and answer.changed:
                    wrong.append(f"changes: {what}")
                elif not allowed and answer.status < 300 and not _may_answer(route):
                    wrong.append(f"answered as if done: {what}")
                elif answer.changed and not answer.sealed and not write.unsealed:
                    wrong.append(f"unsealed: {what}")
                elif not allowed and not answer.let_in and "ledgers_access" not in answer.tables:
                    wrong.append(f"refused off the record: {what}")
                elif allowed:
                    done.add(route.pattern)
    print(f"{method}: {n_calls} calls, {len(done)} doors changed something")
    assert not wrong, "\n".join(wrong)
    assert done == {pattern for pattern, write in WRITES.items() if write.method == method}
