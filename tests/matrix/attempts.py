"""One visitor tries to change something at every address; what may not be changed stays, and is on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.matrix.callers import Answer, Caller
from tests.matrix.crawl import Walk, role_at
from tests.matrix.examples import walk
from tests.matrix.expected import EVERYBODY, WRITTEN_BY, reads
from tests.matrix.register_writes import WRITES
from tests.matrix.routes import Route
from tests.matrix.world import PLACES, TRIED, World
from tests.matrix.writes import UNTRIED, Write, writes

NOBODY = Write(frozenset())
RECORD, REFUSALS = "ledgers_change", "ledgers_access"
FORMS = (
    "account/factor/",
    "account/recovery-codes/",
    "accounts/confirm/",
    "accounts/confirm/code/",
    "cases/<int:pk>/extend/",
    "system/erasures/<int:pk>/",
    "system/erasures/propose/",
    "notices/read/",
    "work/act/",
    "ledgers/units/<int:pk>/end/",
    *(f"ledgers/{code}/batch/" for code in WRITTEN_BY),
)
"""Doors open to whoever may read there that say in words, on the next page, why they did nothing."""


def attempt(world: World, caller: Caller, name: str) -> Walk:
    """Send to every address what would change something there if it could."""
    walked = Walk(counts=Counter())
    deaf: set[str] = set()  # doors that take no POST, whatever object they name
    for route, place, path in walk(world, name.removeprefix("token:")):
        if route.pattern in deaf:
            continue
        if ":" in name and not route.pattern.startswith("api/"):
            continue
        write = WRITES.get(route.pattern, NOBODY)
        role = role_at(name, route)
        if route.policy == "token" and name == role:
            role = "anonymous"  # a cookie only reads there
        for plant in TRIED.get(role, PLACES) if write.names_plant else [place]:
            body = (
                write.body(world, plant, role)
                if role in write.who | EVERYBODY
                else {"note": "x", "reason": "x"}
            )
            allowed = writes(write, role, route, plant, "POST") and _sees(role, route, plant, write)
            answer = caller.call("POST", path, body, as_json=write.as_json)
            deaf |= {route.pattern} if answer.status == 405 else set()
            walked.counts["calls"] += 1
            walked.counts["done"] += allowed
            what = f"{name} POST {path} {plant} {answer.status} {sorted(answer.tables)}"
            walked.wrong += [
                f"{fault}: {what}" for fault in _faults(route, role, plant, write, allowed, answer)
            ]
    return walked


def _sees(role: str, route: Route, plant: str, write: Write) -> bool:
    """Say whether the role sees the plant that a body names."""
    if not write.names_plant:
        return True
    stand_in = Route(route.pattern, "signed_in", route.view)
    own = route.pattern != "work/act/" or role == f"enterprise_{plant}"
    return own and reads(role, stand_in, plant)


def _is_known(route: Route) -> bool:
    """Say whether the tables name a door that takes a POST."""
    return route.policy == "public" or route.pattern in {*WRITES, *UNTRIED, *FORMS}


def _faults(
    route: Route, role: str, plant: str, write: Write, allowed: bool, answer: Answer
) -> Iterator[str]:
    changed = answer.changed or (write.on_record and RECORD in answer.tables)
    if answer.status >= 500:
        yield "fault"
    elif allowed and not (changed and answer.let_in):
        yield "refused"
    elif allowed:
        if not answer.sealed and not write.unsealed:
            yield "unsealed"
    elif changed and route.policy != "public":
        yield "changes"
    elif not answer.let_in and REFUSALS not in answer.tables:
        if answer.status in (401, 403, 404, 405):
            yield "refused off the record"
    elif answer.status < 400 and route.policy != "public" and route.pattern not in (*FORMS, *UNTRIED):
        yield "answered as if done"
    elif answer.status not in (401, 403, 404, 405) and not _is_known(route):
        yield "takes a POST, and the table does not know"
