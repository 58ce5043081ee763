"""The table of 应急〔2018〕19号 as data: items, deductions, bonuses, direct-red, colours by score."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.language import gettext_noop
from anwei.standards.risk.grades import BY_KEY, Grade

PROVINCIAL = "provincial"  # code of the question whether the province must organise the diagnosis
DIRECT_RED = gettext_noop("直接判定为红色")
AT_MOST = 9999  # of anything counted: a number beyond is a slip of the hand


@dataclass(frozen=True)
class Rule:
    """One question of an item: what it deducts or adds, for each of `per` or once ("" : yes or no)."""

    code: str
    words: str
    deduct: Fraction = Fraction(0)
    bonus: Fraction = Fraction(0)
    per: str = ""
    group: str = ""
    at_most: int = AT_MOST
    contradicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """An item with its points, of which no more than all can be deducted."""

    no: str
    category: str
    name: str
    points: Fraction
    rules: tuple[Rule, ...]

    @property
    def clause(self) -> str:
        """The item as a deduction cites it."""
        return f"{self.no} {self.name}"


@dataclass(frozen=True)
class Question:
    """A question that a person answers: yes or no (`per` is ""), or a number of `per`."""

    code: str
    clause: str
    words: str
    per: str
    at_most: int


@dataclass(frozen=True)
class Table:
    """The whole guide; `issued` is the month, the day was not seen; `bands` have the highest score first."""

    document: str
    title: str
    issued: str
    full_score: Fraction
    review_years: int
    bands: tuple[tuple[Fraction, Grade], ...]
    items: tuple[Item, ...]
    direct_red: Mapping[str, str]
    provincial: str

    @property
    def version(self) -> str:
        """The version as an assessment keeps it."""
        return f"{self.document}（试行，{self.issued}）"

    def grade(self, score: Fraction) -> Grade:
        """Return the colour of a score from 0 to 100."""
        return next(grade for lowest, grade in self.bands if score >= lowest)

    def rules(self) -> dict[str, Rule]:
        """Return the rules of all items by code."""
        return {rule.code: rule for item in self.items for rule in item.rules}

    def questions(self) -> dict[str, Question]:
        """Return everything that is asked, by code, in the order of the guide."""
        asked = [
            Question(rule.code, item.clause, rule.words, rule.per, rule.at_most if rule.per else 1)
            for item in self.items
            for rule in item.rules
        ]
        asked += [Question(code, DIRECT_RED, words, "", 1) for code, words in self.direct_red.items()]
        asked.append(Question(PROVINCIAL, "", self.provincial, "", 1))
        return {question.code: question for question in asked}


@cache
def table() -> Table:
    """Return the guide as the product brings it."""
    content: dict[str, Any] = tomllib.loads(
        files("anwei.standards").joinpath("data/risk/diagnosis.toml").read_text("utf-8")
    )
    return Table(
        document=content["document"],
        title=content["title"],
        issued=content["issued"],
        full_score=Fraction(content["full_score"]),
        review_years=content["review_years"],
        bands=tuple((Fraction(row["from"]), BY_KEY[row["grade"]]) for row in content["band"]),
        items=tuple(_item(row) for row in content["item"]),
        direct_red={row["code"]: row["words"] for row in content["direct_red"]},
        provincial=content["provincial"],
    )


def _item(row: dict[str, Any]) -> Item:
    rules = tuple(_rule(rule) for rule in row["rules"])
    return Item(row["no"], row["category"], row["name"], Fraction(row["points"]), rules)


def _rule(row: dict[str, Any]) -> Rule:
    fields = {**row, "contradicts": tuple(row.get("contradicts", ()))}
    fields |= {name: Fraction(row[name]) for name in ("deduct", "bonus") if name in row}
    return Rule(**fields)
