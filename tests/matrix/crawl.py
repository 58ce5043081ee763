"""One visitor's walk through every address by GET: the door, what is heard behind it, what each answer carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.matrix.callers import Answer, Caller
from tests.matrix.canaries import PART, leaks
from tests.matrix.examples import walk
from tests.matrix.expected import CLOSED, MARKS, asks_again, reads
from tests.matrix.headers import faults
from tests.matrix.routes import Route
from tests.matrix.world import World

QUESTION = f"q={PART}&search={PART}&sort=-pk&page=1&period=7d&state=&remember=1"
TABS = {
    "alarms/": ("tab=history",),
    "notices/": ("tab=sent",),
    "work/": ("tab=done", "tab=supervised", "tab=told"),
    "search/": ("in=sites.enterprise",),
    "live/cockpit/": ("wall=1",),
}
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


def crawl(world: World, caller: Caller, name: str, *, asking: bool = True) -> Walk:
    """Ask for every address, and (`asking`) for every list with questions and as every export."""
    walked = Walk()
    for route, place, path in walk(world):
        if ":" in name and not route.pattern.startswith("api/"):
            continue
        role = role_at(name, route)
        expected = reads(role, route, place)
        answer = caller.call("GET", path)
        walked.counts["calls"] += 1
        walked.counts["in"] += answer.let_in
        what = f"{name} GET {path} {answer.status}"
        shut = (405, *CLOSED.get(route.pattern, ()))
        if answer.let_in and not expected:
            walked.wrong.append(f"gets in: {what}")
        elif expected and not answer.let_in and answer.status not in shut:
            walked.wrong.append(f"stays out: {what}")
        elif answer.status >= 500 and answer.status not in shut:
            walked.wrong.append(f"fault: {what}")
        elif answer.changed and route.pattern not in MARKS:
            walked.wrong.append(f"changes {answer.changed}: {what}")
        walked.wrong += [f"{word} heard: {what}" for word in leaks(role, route, answer)]
        signed_in = role != "anonymous" and not (":" in name and route.policy == "public")
        walked.wrong += [f"{fault} missing: {what}" for fault in faults(answer, signed_in=signed_in)]
        if asking and answer.status == 200 and not place and answer.body:
            for asked, more in _further(caller, route, path, answer):
                walked.counts["questions"] += 1
                walked.counts["exports"] += more.body.startswith(b"PK")
                walked.wrong += [f"{word} heard: {name} {asked}" for word in leaks(role, route, more)]
                if more.status >= 500:
                    walked.wrong.append(f"fault: {name} {asked} {more.status}")
    return walked


def _further(caller: Caller, route: Route, path: str, answer: Answer) -> Iterator[tuple[str, Answer]]:
    """Yield a list's answers to questions, and what it gives out."""
    if route.policy == "public" or not asks_again(route):
        return
    mark = "&" if "?" in path else "?"
    for question in (QUESTION, *(f"{QUESTION}&{tab}" for tab in TABS.get(route.pattern, ()))):
        yield f"GET {path}{mark}{question}", caller.call("GET", f"{path}{mark}{question}")
    if b"export=xlsx" in answer.body:
        yield f"GET {path}{mark}export=xlsx", caller.call("GET", f"{path}{mark}export=xlsx")
    if route.pattern.endswith("/export/"):
        for form, full in FORMS:
            body = {"form": form, "full": full, "reason": "核对", "q": PART}
            yield f"POST {path} {form} {full}", caller.call("POST", path, body)
