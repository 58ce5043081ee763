"""Many units from one CSV file: `unit,chemical,category,quantity_t,people`, a unit over several rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from anwei.language import gettext_noop
from anwei.standards.major_hazard.assessment import Assessment, Stock, assess, share_of
from anwei.standards.sentences import Sentence, Unassessable

COLUMNS = ("unit", "chemical", "category", "quantity_t", "people")
NUMBER = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?")
MAX_PEOPLE_DIGITS = 9


@dataclass(frozen=True)
class Refusal:
    """A line that cannot be read or assessed; `line` counts from 1, the header being 1."""

    line: int
    sentence: Sentence


@dataclass
class Unit:
    """A unit of the file; `assessment` is None while one of its lines is refused: a part is no result."""

    name: str
    people: int | None = None
    stocks: list[Stock] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def assessment(self) -> Assessment | None:
        """S, R and level of the whole unit."""
        return None if self.refusals else assess(self.stocks, self.people)


class UnreadableSheet(ValueError):
    """The file has not the columns it needs; `missing` names them."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))


def read(lines: Iterable[str]) -> tuple[list[Unit], list[Refusal]]:
    """Return the units in the order of the file, and the lines that name no unit.

    Raises UnreadableSheet where a column is missing.
    """
    reader = csv.DictReader(lines, skipinitialspace=True)
    header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in COLUMNS if name not in header and name not in ("category", "people")]:
        raise UnreadableSheet(missing)
    reader.fieldnames = header
    units: dict[str, Unit] = {}
    nameless = []
    for row in reader:
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        if not cells["unit"]:
            nameless.append(Refusal(reader.line_num, Sentence("", gettext_noop("没有填单元（unit）"))))
            continue
        unit = units.setdefault(cells["unit"], Unit(cells["unit"]))
        try:
            _add(unit, cells)
        except Unassessable as error:
            unit.refusals.append(Refusal(reader.line_num, error.sentence))
    return list(units.values()), nameless


def _add(unit: Unit, cells: dict[str, str]) -> None:
    if cells["people"]:
        people = _people(cells["people"])
        if unit.people not in (None, people):
            message = gettext_noop("同一单元的常住人口前后不一致：{first} 与 {second}")
            raise Unassessable(message, first=str(unit.people), second=str(people))
        unit.people = people
    categories = tuple(filter(None, re.split(r"[;；、\s]+", cells["category"])))
    stock = Stock(cells["chemical"], _quantity(cells["quantity_t"]), categories)
    share_of(stock)  # refuses the line here, where its number is known
    unit.stocks.append(stock)


def _quantity(words: str) -> Fraction:
    if not NUMBER.fullmatch(words):
        raise Unassessable(gettext_noop("数量（吨）“{words}”不是不小于零的数"), words=words)
    return Fraction(words.replace(",", ""))


def _people(words: str) -> int:
    if not (words.isdecimal() and len(words) <= MAX_PEOPLE_DIGITS):
        raise Unassessable(gettext_noop("常住人口“{words}”不是不小于零的整数"), words=words)
    return int(words)
