"""One visitor's walk through every address by GET: the door, what is heard behind it, what each answer carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from anwei.ledgers.declaration import ledger_of
from tests.matrix.callers import Answer, Caller
from tests.matrix.canaries import PACKED, PART, leaks, unpacked
from tests.matrix.examples import walk
from tests.matrix.expected import ADMINISTRATORS, CLOSED, MARKS, asks_again, reads
from tests.matrix.headers import elsewhere, faults
from tests.matrix.known import known_for_the_walk
from tests.matrix.questions import STRICT, tells_of_strangers
from tests.matrix.routes import Route, register_of, registers
from tests.matrix.world import PLACES, World, canary

TABS = {
    "alarms/": ("tab=history",),
    "notices/": ("tab=sent",),
    "work/": ("tab=done", "tab=supervised", "tab=told"),
    "search/": (f"q={PART}&in=sites.enterprise",),
    "live/cockpit/": ("wall=1",),
}
ALIKE = (
    ("enterprise_x", "enterprise_y", "enterprise_z"),
    ("township_a", "township_b"),
    ("regulator_chemical", "regulator_coal"),
    ("system_admin", "security_admin", "audit_admin"),
)
"""Who share the questions about the registers, all of which have the same views: each register is asked by one.

Of the three administrators each asks those that tell of people: one of them may see telephones.
"""
FORMS = (("xlsx", ""), ("docx", "1"), ("csv", "1"))  # and whether personal data go out in full


@dataclass
class Walk:
    """What was found on the way."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def role_at(name: str, route: Route) -> str:
    """Return as whom a caller counts there: a token is worth nothing but on the API."""
    role = name.removeprefix("token:")
    return role if role == name or route.pattern.startswith("api/") else "anonymous"


@known_for_the_walk()
def crawl(world: World, caller: Caller, name: str, *, lure: str = "") -> Walk:
    """Ask for every address, and for every list with questions and as every export.

    `lure` is a query that names a foreign host wherever a page might read where to go next.
    """
    walked = Walk()
    for route, place, path in walk(world, name.removeprefix("token:")):
        if ":" in name and not route.pattern.startswith("api/"):
            continue
        role = role_at(name, route)
        expected = reads(role, route, place)
        luring = lure and not route.pattern.endswith(STRICT)
        asked = f"{path}{'&' if '?' in path else '?'}{lure}" if luring else path
        answer = caller.call("GET", asked)
        what = f"{name} GET {asked} {answer.status}"
        walked.wrong += [f"{fault}: {what}" for fault in _faults(route, answer, expected=expected)]
        walked.wrong += [f"{word} heard: {what}" for word in leaks(world, role, route, answer)]
        signed_in = role != "anonymous" and not (":" in name and route.policy == "public")
        walked.wrong += [f"{fault} missing: {what}" for fault in faults(answer, signed_in=signed_in)]
        _count(walked.counts, answer)
        if (
            answer.status == 200
            and not place
            and answer.body
            and _is_list(route)
            and asks_further(role, route)
        ):
            for asked, more in _further(caller, route, path, answer):
                _count(walked.counts, more)
                walked.counts["exports"] += more.body.startswith(PACKED)
                walked.wrong += [f"{word} heard: {name} {asked}" for word in leaks(world, role, route, more)]
                if more.status >= 500:
                    walked.wrong.append(f"fault: {name} {asked} {more.status}")
            for asked, faulty in tells_of_strangers(world, caller, role, route, path):
                walked.counts["questions"] += 1
                walked.wrong += [f"{fault}: {name} {asked}" for fault in faulty]
    return walked


def _faults(route: Route, answer: Answer, *, expected: bool) -> Iterator[str]:
    shut = (405, *CLOSED.get(route.pattern, ()))
    if answer.let_in and not expected:
        yield "gets in"
    elif expected and not answer.let_in and answer.status not in shut:
        yield "stays out"
    elif answer.status >= 500 and answer.status not in shut:
        yield "fault"
    elif answer.changed and route.pattern not in MARKS:
        yield f"changes {answer.changed}"
    elif elsewhere(answer):
        yield f"sent to {answer.location}"


def _count(counts: Counter[str], answer: Answer) -> None:
    counts["calls"] += 1
    counts["in"] += answer.let_in
    text = unpacked(answer.body)
    for place in PLACES:
        word = canary(place).encode()
        counts[place] += word in text
        counts["packed"] += word in text and answer.body.startswith(PACKED)


def asks_further(role: str, route: Route) -> bool:
    """Say whether it is this one of those alike who asks a register with questions and for its exports."""
    code = register_of(route)
    alike = next((roles for roles in ALIKE if role in roles), None)
    if not code or alike is None or (role in ADMINISTRATORS and tells_of_people(code)):
        return True
    return registers().index(code) % len(alike) == alike.index(role)


def tells_of_people(register: str) -> bool:
    """Say whether a register has personal columns."""
    return any(column.personal for column in ledger_of(register).columns)


def _is_list(route: Route) -> bool:
    return route.policy != "public" and asks_again(route)


def _further(caller: Caller, route: Route, path: str, answer: Answer) -> Iterator[tuple[str, Answer]]:
    """Yield the other leaves of a list, and what it gives out."""
    queries = list(TABS.get(route.pattern, ()))
    if b"export=xlsx" in answer.body:
        queries.append("export=xlsx")
    if route.pattern.endswith("/print/"):
        queries.append("full=1")
    for query in queries:
        asked = f"{path}{'&' if '?' in path else '?'}{query}"
        yield f"GET {asked}", caller.call("GET", asked)
    if route.pattern.endswith("/export/"):
        for form, full in FORMS:
            body = {"form": form, "full": full, "reason": "核对", "q": PART}
            yield f"POST {path} {form} {full}", caller.call("POST", path, body)
