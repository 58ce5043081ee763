"""Remedies against an administrative act as data: within which time, by which article, decided by whom."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

UNITS = {"natural": "日", "month": "个月"}


@dataclass(frozen=True)
class Remedy:
    """One remedy: `limit` in `unit` counted from the day the act became known; `competent` says who decides.

    `text` is the sentence of the article that names the term.
    """

    key: str
    label: str
    limit: int
    unit: str
    citation: str
    text: str
    effective_from: date
    confidence: str
    competent: str
    competent_citation: str
    competent_confidence: str

    @property
    def cited(self) -> str:
        """The article as papers write it: 《中华人民共和国行政复议法》第20条, without the edition."""
        law, _mark, article = self.citation.rpartition("第")
        return f"《中华人民共和国{law.partition('（')[0]}》第{article}"

    @property
    def term(self) -> str:
        """The term as papers write it: 60日, 6个月."""
        return f"{self.limit}{UNITS[self.unit]}"


@cache
def remedies() -> dict[str, Remedy]:
    """Return the remedies by key: `review` (行政复议) and `suit` (行政诉讼)."""
    table = tomllib.loads(files("anwei.standards").joinpath("data/law/remedies.toml").read_text("utf-8"))
    return {key: Remedy(key, **row) for key, row in table.items()}
