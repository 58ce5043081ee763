"""The rules of the live colour as a form of rows: which fact, from which count on, to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone

from anwei.standards.risk.live_rules import ColourRule, ColourRules

N_NEW = 3  # empty rows below the rules in force
MOST_ROWS = 200


class Entered(Protocol):
    """What was posted, every value of a name."""

    def getlist(self, key: str) -> list[Any]:
        """Return the values of a name in the order of the page."""


@dataclass(frozen=True)
class Row:
    """One row as it is shown: `effect` is "to:red" or "by:1"."""

    fact: str = ""
    at_least: str = "1"
    effect: str = ""


def rows_of(rules: ColourRules) -> list[Row]:
    """Return the rows of a set of rules, and some empty ones."""
    return [_row(rule) for rule in rules.rules] + [Row()] * N_NEW


def rows_in(entered: Entered) -> list[Row]:
    """Return the rows that were posted."""
    columns = (entered.getlist(name)[:MOST_ROWS] for name in ("fact", "at_least", "effect"))
    return [Row(*map(str, values)) for values in zip(*columns, strict=False)]


def candidate_of(rows: list[Row]) -> Mapping[str, Any]:
    """Return the set that `read_rules` reads; a row without a fact is left out."""
    version = f"{timezone.localtime():%Y-%m-%d %H:%M:%S}"
    return {"version": version, "rules": [_parsed(row) for row in rows if row.fact]}


def _row(rule: ColourRule) -> Row:
    effect = f"by:{rule.by}" if rule.to is None else f"to:{rule.to.key}"
    return Row(rule.fact, str(rule.at_least), effect)


def _parsed(row: Row) -> dict[str, Any]:
    at_least: int | str = int(row.at_least) if _is_plain(row.at_least) else row.at_least
    parsed: dict[str, Any] = {"fact": row.fact, "at_least": at_least}
    name, _colon, value = row.effect.partition(":")
    if name in ("to", "by"):
        parsed[name] = int(value) if name == "by" and _is_plain(value) else value
    return parsed


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
