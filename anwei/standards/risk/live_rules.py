"""The rules of the live colour as data: which live fact, from which count on, raises to which colour.

The facts are the product's, the rules may be a county's own: `read_rules` checks a candidate whole and names
all that is wrong with it before anybody switches it on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from anwei.language import gettext_noop
from anwei.standards.risk.bands import Unusable, numbered
from anwei.standards.risk.grades import BLUE, BY_KEY, Grade
from anwei.standards.sentences import Sentence

MOST_STEPS = 3  # from blue to red
MOST_COUNT = 9999
COLUMNS = {"fact", "at_least", "to", "by"}


@dataclass(frozen=True)
class FactKind:
    """A fact that rules may name: counted, or a flag that holds or not; `settle` says how it goes away."""

    key: str
    label: str
    kind: Literal["count", "flag"]
    settle: str
    lasting: bool = False


@dataclass(frozen=True)
class ColourRule:
    """From `at_least` of the fact on: at least the colour `to`, or `by` steps above the static grade."""

    fact: str
    at_least: int
    to: Grade | None = None
    by: int = 0

    def level(self, static: Grade) -> Grade:
        """Return the grade that the rule gives where it holds, never below the static one."""
        if self.to is None:
            return static.raised(self.by)
        return self.to if self.to.rank > static.rank else static

    def to_json(self) -> dict[str, Any]:
        """Return the rule as `read_rules` reads it."""
        effect: dict[str, Any] = {"by": self.by} if self.to is None else {"to": self.to.key}
        return {"fact": self.fact, "at_least": self.at_least, **effect}


@dataclass(frozen=True)
class ColourRules:
    """A whole set of rules with the version that a colour keeps."""

    version: str
    rules: tuple[ColourRule, ...]

    @cached_property
    def by_fact(self) -> dict[str, tuple[ColourRule, ...]]:
        """The rules of each fact that has any."""
        keys = dict.fromkeys(rule.fact for rule in self.rules)
        return {key: tuple(rule for rule in self.rules if rule.fact == key) for key in keys}

    def level(self, key: str, count: int, static: Grade) -> Grade:
        """Return the grade that so many of a fact give by themselves."""
        held = (rule.level(static) for rule in self.by_fact.get(key, ()) if count >= rule.at_least)
        return max((static, *held), key=lambda grade: grade.rank)

    def to_json(self) -> dict[str, Any]:
        """Return the set as `read_rules` reads it."""
        return {"version": self.version, "rules": [rule.to_json() for rule in self.rules]}


@cache
def fact_kinds() -> dict[str, FactKind]:
    """Return the facts that rules may name, by key."""
    return {key: FactKind(key=key, **row) for key, row in _table()["facts"].items()}


@cache
def default_rules() -> ColourRules:
    """Return the rules as the product brings them (TEMPLATE: no clause fixes them)."""
    table = _table()
    return read_rules({"version": table["version"], "rules": table["rules"]})


def read_rules(candidate: Mapping[str, Any]) -> ColourRules:
    """Return a candidate set: {"version": "...", "rules": [{"fact", "at_least", "to" or "by"}, ...]}.

    Raises Unusable with every problem found.
    """
    version, rows = candidate.get("version"), candidate.get("rules")
    problems = []
    if not isinstance(version, str) or not version.strip():
        problems.append(Sentence("", gettext_noop("规则没有版本号")))
    if unknown := sorted(set(candidate) - {"version", "rules"}):
        message = gettext_noop("没有这些设置：{names}")
        problems.append(Sentence("", message, {"names": "、".join(map(str, unknown))}))
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise Unusable([*problems, Sentence("", gettext_noop("一条规则也没有"))])
    rules = []
    for place, row in enumerate(rows, 1):
        found = list(_row_problems(row))
        problems += [numbered(place, problem) for problem in found]
        if not found:
            rules.append(_rule(row))
    problems += _set_problems(rules)
    if problems:
        raise Unusable(problems)
    return ColourRules(str(version).strip(), tuple(rules))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath("data/risk/live_colour.toml").read_text("utf-8"))


def _rule(row: Mapping[str, Any]) -> ColourRule:
    to = BY_KEY[row["to"]] if "to" in row else None
    return ColourRule(row["fact"], row.get("at_least", 1), to, row.get("by", 0))


def _row_problems(row: object) -> Iterator[Sentence]:
    if not isinstance(row, Mapping):
        yield Sentence("", gettext_noop("不是一条规则"))
        return
    if unknown := sorted(map(str, set(row) - COLUMNS)):
        yield Sentence("", gettext_noop("没有这些设置：{names}"), {"names": "、".join(unknown)})
    kind = fact_kinds().get(str(row.get("fact")))
    if kind is None:
        yield Sentence("", gettext_noop("没有“{fact}”这项事实"), {"fact": str(row.get("fact"))})
    at_least = row.get("at_least", 1)
    if not _is_whole(at_least, MOST_COUNT):
        message = gettext_noop("起算数“{count}”不是 1 至 {most} 的整数")
        yield Sentence("", message, {"count": str(at_least), "most": str(MOST_COUNT)})
    elif kind is not None and kind.kind == "flag" and at_least != 1:
        yield Sentence("", gettext_noop("“{label}”只有是与否，起算数只能是 1"), {"label": kind.label})
    yield from _effect_problems(row)


def _effect_problems(row: Mapping[str, Any]) -> Iterator[Sentence]:
    if ("to" in row) == ("by" in row):
        yield Sentence("", gettext_noop("“升到”（to）与“升几级”（by）要写且只写一个"))
    elif "by" in row and not _is_whole(row["by"], MOST_STEPS):
        message = gettext_noop("升级数“{by}”不是 1 至 {most} 的整数")
        yield Sentence("", message, {"by": str(row["by"]), "most": str(MOST_STEPS)})
    elif "to" in row and str(row["to"]) not in BY_KEY:
        yield Sentence("", gettext_noop("没有“{to}”这一等级"), {"to": str(row["to"])})
    elif row.get("to") == BLUE.key:
        yield Sentence("", gettext_noop("升到最低一级等于没有升级"))


def _is_whole(number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most


def _set_problems(rules: Sequence[ColourRule]) -> Iterator[Sentence]:
    """Of one fact no rule may stand twice, and more of it must raise higher: else a rule is idle."""
    for place, rule in enumerate(rules):
        label = fact_kinds()[rule.fact].label
        values = {"label": label, "count": str(rule.at_least)}
        for other in rules[:place]:
            if other.fact != rule.fact or (other.to is None) != (rule.to is None):
                continue
            fewer, more = sorted((rule, other), key=lambda one: one.at_least)
            if fewer.at_least == more.at_least:
                yield Sentence("", gettext_noop("“{label}”从 {count} 起的规则有两条"), values)
            elif _height(more) <= _height(fewer):
                values = {"label": label, "count": str(more.at_least), "fewer": str(fewer.at_least)}
                message = gettext_noop("“{label}”从 {count} 起的规则不比从 {fewer} 起的更高，不会起作用")
                yield Sentence("", message, values)


def _height(rule: ColourRule) -> int:
    return rule.by if rule.to is None else rule.to.rank
