"""The methods LEC and LS as data: their factors with the values each may have, and their bands.

A county may set bands of its own (a mapping as `lec` and `ls` say); the product's defaults rest on common
practice, and a rating made with them says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod
from typing import Any

from anwei.language import gettext_noop
from anwei.standards.risk.bands import Bands, Unusable, read_bands
from anwei.standards.sentences import Sentence

FACTOR_NAMES = {
    "L": gettext_noop("可能性"),
    "E": gettext_noop("暴露频繁程度"),
    "C": gettext_noop("后果"),
    "S": gettext_noop("后果严重性"),
}


@dataclass(frozen=True)
class Choice:
    """A value that a factor may have, and when it has it; `note` is ours, where the source leaves a doubt."""

    value: Fraction
    words: str
    note: str = ""


@dataclass(frozen=True)
class Factor:
    """One factor of a method: "L" with its choices."""

    symbol: str
    choices: tuple[Choice, ...]

    @property
    def name(self) -> str:
        """The factor's Chinese name."""
        return FACTOR_NAMES[self.symbol]


@dataclass(frozen=True)
class Method:
    """A method whose value, `symbol`, is the product of its factors.

    `doubts` are what a person must confirm of the tables and bands: none where the county set its own.
    """

    key: str
    name: str
    symbol: str
    version: str
    factors: tuple[Factor, ...]
    bands: Bands
    doubts: tuple[Sentence, ...]


def lec(county: Mapping[str, Any] | None = None) -> Method:
    """Return LEC (D = L × E × C).

    `county` may hold `edge` ("above" or "from"), `bands` and `consequence` ("industry" or "classic").
    Raises Unusable where it does not hold.
    """
    county = county or {}
    table = _table()["lec"]
    _refuse_unknown(county, {"edge", "bands", "consequence"})
    name = county.get("consequence", "industry")
    if name not in ("industry", "classic"):
        message = gettext_noop("没有“{name}”这一后果取值表")
        raise Unusable([Sentence("", message, {"name": str(name)})])
    consequence = table["consequence" if name == "industry" else "classic"]
    factors = _factors({"L": table["likelihood"], "E": table["exposure"], "C": consequence})
    edge = county.get("edge", table["edge"])
    if edge == "closed":
        raise Unusable([Sentence("", gettext_noop("边界归属“{edge}”不成立"), {"edge": "closed"})])
    bands = read_bands(edge, county.get("bands", table["bands"]), _values(factors))
    doubts = []
    if "bands" not in county:
        message = gettext_noop("D 值与四色的对应没有国家规定，按常见做法取值，请核定或由县里另定")
        doubts.append(Sentence("", message))
    if name == "classic":
        doubts.append(Sentence("", gettext_noop("经典后果取值表未与原文核对，请核定")))
    return Method("lec", table["name"], "D", _version(table, county), factors, bands, tuple(doubts))


def ls(county: Mapping[str, Any] | None = None) -> Method:
    """Return LS (R = L × S).

    `county` may name one of the known variants (`variant`: A, B, C; D is 4 × 4), or set `bands` of its own
    for 5 × 5. Raises Unusable where it does not hold.
    """
    county = county or {}
    table = _table()["ls"]
    _refuse_unknown(county, {"variant", "bands"})
    variants = {row["id"]: row for row in table["variants"]}
    variant = variants.get(str(county.get("variant", table["variant"])))
    if variant is None or len(county) > 1:
        message = gettext_noop("LS 的分级方案只能是 {known} 之一，或者自定区间")
        raise Unusable([Sentence("", message, {"known": "、".join(variants)})])
    size = 5 if "bands" in county else variant["size"]
    choices = {"L": table["likelihood"][:size], "S": table["severity"][:size]}
    factors = _factors(choices)
    bands = read_bands("closed", county.get("bands", variant["bands"]), _values(factors))
    doubts = [Sentence("", gettext_noop("各分值的含义是参考模板，请按本单位的判定准则取值"))]
    if not county:
        message = gettext_noop("R 值分级没有国家规定，按方案 {variant} 取值，请核定或由县里另定")
        doubts.append(Sentence("", message, {"variant": variant["id"]}))
    version = _version(table, county) if "bands" in county else f"{table['version']} {variant['id']}"
    return Method("ls", table["name"], "R", version, factors, bands, tuple(doubts))


def bands_confidence(key: str) -> str:
    """Return how far the product's own bands of "lec" or "ls" can be trusted: MEMORY, TEMPLATE."""
    return str(_table()[key]["bands_confidence"])


def ls_variants() -> tuple[str, ...]:
    """Return the letters of the known bands of LS."""
    return tuple(row["id"] for row in _table()["ls"]["variants"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath("data/risk/methods.toml").read_text("utf-8"))


def _version(table: Mapping[str, Any], county: Mapping[str, Any]) -> str:
    return f"{table['version']}（县定）" if county else str(table["version"])


def _factors(tables: Mapping[str, Sequence[Mapping[str, str]]]) -> tuple[Factor, ...]:
    return tuple(
        Factor(
            symbol,
            tuple(Choice(Fraction(row["value"]), row["words"], row.get("note", "")) for row in rows),
        )
        for symbol, rows in tables.items()
    )


def _values(factors: Sequence[Factor]) -> set[Fraction]:
    """Return every value that the method can compute."""
    choices = ([choice.value for choice in factor.choices] for factor in factors)
    return {prod(combination, start=Fraction(1)) for combination in product(*choices)}


def _refuse_unknown(county: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(county) - known):
        raise Unusable([Sentence("", gettext_noop("没有这些设置：{names}"), {"names": "、".join(unknown)})])
