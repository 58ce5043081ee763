"""What the holder of a post must do, and who sits on which seat, by the law's own words.

Duties whose confidence is MEMORY are defaults that a county may change, and pages say so.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class DutyText:
    """One duty with the article it stands in."""

    text: str
    citation: str
    confidence: str


@dataclass(frozen=True)
class SeatRule:
    """The general rule by which somebody answers for an enterprise or a site."""

    rule: str
    citation: str
    confidence: str


def duties_for(unit_kind: str, post_kind: str) -> tuple[DutyText, ...]:
    """Return the duties of a post by the kinds of its unit and itself; none where the law names none."""
    return _by_post().get(f"{unit_kind}/{post_kind}", ())


@cache
def seat_rules() -> dict[str, SeatRule]:
    """Return the rules by the name of the seat."""
    return {name: SeatRule(**row) for name, row in _table("seats").items()}


@cache
def _by_post() -> dict[str, tuple[DutyText, ...]]:
    found: dict[str, tuple[DutyText, ...]] = {}
    for holder in _table("duties")["holder"]:
        source, confidence = holder["source"], holder["confidence"]
        texts = tuple(DutyText(text, source, confidence) for text in holder["duties"])
        found |= {post: found.get(post, ()) + texts for post in holder["posts"]}
    return found


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath(f"data/{name}.toml").read_text("utf-8"))
