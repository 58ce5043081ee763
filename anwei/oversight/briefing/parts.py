"""What a briefing is made of, whatever it is shown on: sections of paragraphs, tables and charts.

A figure keeps its number and the doors to its rows, so that a page links it, a sheet holds it as a number and
a paper prints it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from anwei.ledgers.papers.blocks import Chart
from anwei.oversight.briefing.book import Door


@dataclass(frozen=True)
class Figure:
    """A number as it is written, as a sheet holds it (None: as text), and where its rows are.

    `form` is the number format of a sheet.
    """

    text: str
    value: Decimal | float | None = None
    doors: tuple[Door, ...] = ()
    form: str = ""

    def __str__(self) -> str:
        """Return it as it is printed."""
        return self.text

    @property
    def in_sheet(self) -> float | int | str:
        """What a sheet holds."""
        if self.value is None:
            return self.text
        return int(self.value) if self.value == int(self.value) and not self.form else float(self.value)


Cell = str | Figure
Text = tuple[Cell, ...]


LONG = 16  # signs of a cell


@dataclass(frozen=True)
class Sheet:
    """A table: the first row are `heads`; `widths` are shares on paper."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    widths: tuple[float, ...] = ()
    empty: str = ""  # what is said where there is no row

    @property
    def labelled(self) -> list[list[tuple[str, Cell]]]:
        """The rows, each cell with the head of its column."""
        return [list(zip(self.heads, row, strict=False)) for row in self.rows]

    @property
    def holds_sentences(self) -> bool:
        """Whether a cell is too long to stand beside others on a phone."""
        return any(len(str(cell)) > LONG for row in self.rows for cell in row)


@dataclass(frozen=True)
class Section:
    """A part under one heading; `to_write`: a person has not written it, what stands there is a draft."""

    heading: str
    texts: tuple[Text, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    charts: tuple[Chart, ...] = ()
    to_write: bool = False


@dataclass(frozen=True)
class Document:
    """A whole briefing: sections, annexes, and the lines that say what it was made from."""

    title: str
    sections: tuple[Section, ...]
    annexes: tuple[Sheet, ...]
    foot: tuple[str, ...] = field(default=())


def plain_text(text: Sequence[Cell]) -> str:
    """Return a paragraph as it is printed."""
    return "".join(map(str, text))
