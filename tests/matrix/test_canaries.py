"""Nobody reads what belongs to a plant they may not see: not in lists, filters, sorts, counts, exports, files.

The word asked for is part of every canary but none itself: a page may repeat it.
"""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.matrix.callers import Answer, Caller
from tests.matrix.examples import walk
from tests.matrix.routes import Route
from tests.matrix.world import SEES, World, canary, phone

pytestmark = pytest.mark.django_db

PART = "anary"
QUESTIONS = (
    "",
    f"?q={PART}",
    f"?search={PART}&period=all&tab=history",
    "?sort=-pk&page=1&tab=done",
    "?export=xlsx",
)
EXPORTS = ("xlsx", "docx", "csv", "print")
KEEPS_ACCOUNTS = {"security_admin": ("org/accounts/", "delegations/"), "audit_admin": ("org/accounts/",)}
"""Where an administrator reads the names of people wherever they work: it is the office itself."""
WITHOUT_PHONES = ("display", "system_admin", "audit_admin")  # a screen on a wall has no business with them


def unpacked(body: bytes) -> bytes:
    """Return a body with what is packed in it: sheets, documents, archives."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(
            [
                *(name.encode() for name in archive.namelist()),
                *map(unpacked, map(archive.read, archive.namelist())),
            ]
        )


def leaks(role: str, route: Route, answer: Answer) -> list[str]:
    """Return the canaries in an answer that a role must not read there."""
    if role in KEEPS_ACCOUNTS and route.pattern.startswith(KEEPS_ACCOUNTS[role]):
        return []
    text = unpacked(answer.body).lower()
    hidden = [canary(place) for place in "xyz" if place not in SEES[role]]
    silent = "xyz" if role in WITHOUT_PHONES else "".join(set("xyz") - set(SEES[role]))
    hidden += [phone(place, number) for place in silent for number in (1, 2)]
    return [word for word in hidden if word.lower().encode() in text]


@pytest.mark.parametrize("role", [role for role in SEES if role not in ("office", "leader")])
def test_no_canary_sings_where_it_should_not(world: World, visitors: dict[str, Caller], role: str) -> None:
    names = [role] if role == "anonymous" else [role, f"token:{role}"]
    found, n_answers = [], 0
    for route, place, path in walk(world):
        if place and place not in SEES[role]:
            continue  # the matrix shows that the door itself is shut
        for name in names:
            if ":" in name and not route.pattern.startswith("api/"):
                continue
            for question in QUESTIONS if not place else ("",):
                answer = visitors[name].call("GET", path + question)
                n_answers += answer.status == 200
                found += [f"{word} in GET {path}{question} for {name}" for word in leaks(role, route, answer)]
            if route.pattern.endswith("export/"):
                for form in EXPORTS:
                    answer = visitors[name].call("POST", path, {"form": form, "reason": "核对", "q": PART})
                    n_answers += answer.status == 200
                    found += [f"{word} in {form} of {path} for {name}" for word in leaks(role, route, answer)]
    assert not found, "\n".join(sorted(set(found)))
    assert n_answers > 5


def test_the_crawl_would_hear_a_canary(world: World, visitors: dict[str, Caller]) -> None:
    """What the county reads carries all canaries, packed and plain: silence elsewhere means something."""
    heard = dict.fromkeys((canary(place) for place in "xyz"), 0)
    n_packed = 0
    for route, _place, path in walk(world):
        questions = ("", "?export=xlsx") if "<" not in route.pattern else ("",)
        for question in questions:
            body = visitors["office"].call("GET", path + question).body
            n_packed += body.startswith(b"PK\x03\x04") and canary("x").encode() in unpacked(body)
            for word in heard:
                heard[word] += word.encode() in unpacked(body)
    assert min(heard.values()) > 15, heard
    assert n_packed > 0
