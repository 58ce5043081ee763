"""What a list answers to a question about a stranger's plant: the very same as about a plant that does not exist.

A canary shows only that words leak. A number of hits, a filter that finds something, a suggestion or an error
of another kind tells as much, so both answers are compared whole, without what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from tests.matrix.callers import Answer, Caller
from tests.matrix.canaries import KEEPERS, leaks
from tests.matrix.routes import Route
from tests.matrix.world import PLACES, SEES, World, canary

COMMON = {"sort": "-pk", "page": "1", "period": "7d", "state": "", "remember": "1"}
ONCE = re.compile(
    rb'nonce[-=]"?[\w+/=-]{16,}"?|csrf[^>]*>|"X-CSRFToken": ?"[^"]*"|name="(?:key|seed)"[^>]*>', re.IGNORECASE
)
"""What is new in every answer."""
STRICT = ("/print/", "/export/", "/provincial.xlsx")
"""Refuse a query with words that they do not know: on paper a search is asked for, an export holds the same rows."""
MISSING = 7 * 10**8  # added to a key it is no row's


def tells_of_strangers(
    world: World, caller: Caller, role: str, route: Route, path: str
) -> Iterator[tuple[str, list[str]]]:
    """Ask a list for one plant out of sight, by word and by every key, and for one that is not there.

    Yields each question with what is wrong about its answer. To whoever sees the whole county, and to an
    administrator where accounts are kept, nobody is a stranger.
    """
    strangers = [place for place in PLACES if place not in SEES[role]]
    if (
        not strangers
        or route.pattern.startswith(KEEPERS.get(role, ("?",)))
        or route.pattern.endswith("/export/")
    ):
        return
    place = strangers[len(path) % len(strangers)]  # another from list to list
    there, nowhere = _about(world, place), _about(None, place)
    if route.pattern.endswith(STRICT):
        there, nowhere = {"q": there["q"]}, {"q": nowhere["q"]}
    common = {} if route.pattern.endswith(STRICT) else COMMON
    asked = [f"{path}{'&' if '?' in path else '?'}{urlencode(common | words)}" for words in (there, nowhere)]
    answers = [caller.call("GET", one) for one in asked]
    told = [_without(answer, {*there.values(), *nowhere.values()}) for answer in answers]
    yield f"GET {asked[1]}", leaks(world, role, route, answers[1])
    differ = (answers[0].status, told[0]) != (answers[1].status, told[1])
    yield f"GET {asked[0]}", [f"{_difference(*told)} tells"] if differ else []


def _about(world: World | None, place: str) -> Mapping[str, str]:
    """Return the words and keys of a plant, or (without a world) the like of a plant that does not exist."""
    word = canary(place) if world else canary("q")
    keys = {"enterprise": 1, "site": 2, "post": 3, "person": 4, "row": 5, "ids": 6, "tags": 7, "unit": 8}
    if world:
        plant = world.places[place]
        rows = (plant.enterprise, plant.site, plant.safety, plant.worker, plant.holding, plant.alarm)
        numbers = [*(row.pk for row in rows), plant.tag.number, plant.enterprise.unit_id]
        keys = dict(zip(keys, numbers, strict=True))
    else:
        keys = {name: MISSING + number for name, number in keys.items()}
    named = {"q": word, "search": word, "device": f"D-{word}", "case": f"{word}厂", "reason": word}
    return named | {name: str(key) for name, key in keys.items()}


def _without(answer: Answer, asked: set[str]) -> bytes:
    """Return a body without what was asked and what is new in every answer."""
    body = ONCE.sub(b"", answer.body)
    for word in sorted(asked, key=len, reverse=True):
        for spelt in {word, urlencode({"": word})[1:]}:
            body = re.sub(rb"(?<!\w)%s(?!\w)" % re.escape(spelt.encode()), b"?", body, flags=re.IGNORECASE)
    return body


def _difference(one: bytes, other: bytes) -> str:
    """Return where two texts begin to differ."""
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"{one[max(at - 60, 0) : at + 40]!r} / {other[max(at - 60, 0) : at + 40]!r}"
