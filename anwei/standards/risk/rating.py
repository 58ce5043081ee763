"""The rating of one risk by LEC or LS: the product of the values chosen, step by step, and its grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from anwei.language import gettext_noop
from anwei.standards.risk.bands import Band
from anwei.standards.risk.grades import Grade
from anwei.standards.risk.methods import Choice, Factor, Method
from anwei.standards.risk.records import Record, exact, record
from anwei.standards.sentences import Sentence, Unassessable, decimal, number

Value = str | float


@dataclass(frozen=True)
class Rating:
    """What a method says of the values chosen, by symbol of the factor."""

    method: Method
    chosen: dict[str, Choice]
    value: Fraction
    band: Band
    steps: tuple[Sentence, ...]

    @property
    def grade(self) -> Grade:
        """One of the four grades."""
        return self.band.grade

    @property
    def confirm(self) -> tuple[Sentence, ...]:
        """What a person must confirm of tables and bands."""
        return self.method.doubts

    def to_json(self) -> Record:
        """Return the stored form, with the bands it was graded by."""
        return record(
            method=self.method.key,
            name=self.method.name,
            version=self.method.version,
            inputs={symbol: decimal(choice.value) for symbol, choice in self.chosen.items()},
            result={
                self.method.symbol: exact(self.value),
                "words": self.band.words,
                "bands": self.method.bands.to_json(),
            },
            grade=self.grade.key,
            steps=self.steps,
            confirm=self.confirm,
        )


def rate(method: Method, values: Mapping[str, Value]) -> Rating:
    """Rate one risk: a value for each factor of the method, each one of the factor's choices.

    Raises Unassessable for a factor that is missing or unknown, or a value that is in no table.
    """
    symbols = [factor.symbol for factor in method.factors]
    if unknown := sorted(set(values) - set(symbols)):
        raise Unassessable(gettext_noop("{method}没有因素“{symbol}”"), method=method.name, symbol=unknown[0])
    chosen = {factor.symbol: _choice(factor, values.get(factor.symbol)) for factor in method.factors}
    value = prod((choice.value for choice in chosen.values()), start=Fraction(1))
    band = method.bands.of(value)
    return Rating(method, chosen, value, band, tuple(_steps(method, chosen, value, band)))


def _choice(factor: Factor, value: Value | None) -> Choice:
    if value is None or value == "":
        raise Unassessable(gettext_noop("{symbol}（{name}）没有取值"), symbol=factor.symbol, name=factor.name)
    known = "、".join(decimal(choice.value) for choice in factor.choices)
    for choice in factor.choices:
        if number(value) == choice.value:
            return choice
    raise Unassessable(
        gettext_noop("{symbol}（{name}）不能取 {value}，只能取 {known}"),
        symbol=factor.symbol,
        name=factor.name,
        value=str(value),
        known=known,
    )


def _steps(method: Method, chosen: Mapping[str, Choice], value: Fraction, band: Band) -> list[Sentence]:
    steps = [
        Sentence(
            "",
            gettext_noop("{symbol}（{name}）= {value}：{words}"),
            {
                "symbol": factor.symbol,
                "name": factor.name,
                "value": decimal(chosen[factor.symbol].value),
                "words": chosen[factor.symbol].words,
            },
        )
        for factor in method.factors
    ]
    letters = " × ".join(chosen)
    numbers = " × ".join(decimal(choice.value) for choice in chosen.values())
    product = {"symbol": method.symbol, "letters": letters, "numbers": numbers, "value": decimal(value)}
    steps.append(Sentence("", gettext_noop("{symbol} = {letters} = {numbers} = {value}"), product))
    meaning = {
        "band": band.formula(method.symbol, method.bands.edge),
        "words": band.words,
        "grade": band.grade.word,
        "colour": band.grade.colour,
    }
    steps.append(Sentence("", gettext_noop("{band}：{words}；{grade}风险（{colour}）"), meaning))
    return steps
