"""What the body of an official paper is made of, and how plain text becomes it.

A county writes a template as plain text. The levels of headings are told by the numbering that GB/T 9704-2012
7.3.3 prescribes (一、 （一） 1. （1）), so nobody has to mark them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CELL = "｜"  # between the cells of a table's row, at the beginning and end of the line too
LEVELS = (re.compile(r"[一二三四五六七八九十百]+、"), re.compile(r"（[一二三四五六七八九十百]+）"))
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (一、黑体) or 2 (（一）楷体); levels 3 and 4 look like the body."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; `indented` by two characters as usual, `ragged` at the right for codes.

    One that is `held` stands on the page of what follows.
    """

    text: str
    indented: bool = True
    ragged: bool = False
    held: bool = False


@dataclass(frozen=True)
class Annex:
    """An annex (附件) on a page of its own: its label in the first line, its title in the third (7.3.6)."""

    label: str
    title: str


@dataclass(frozen=True)
class Table:
    """Rows of text; `widths` are shares of the type area, equal when empty.

    With `has_header` the first row is repeated on every page the table runs over; a `dense` one is of
    figures: small and centred, its first column and long texts at the left.
    """

    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    has_header: bool = True
    dense: bool = False


@dataclass(frozen=True)
class Signature:
    """Lines at the right: who signs and when (for 责任书 both sides, left and right)."""

    left: Sequence[str]
    right: Sequence[str]


@dataclass(frozen=True)
class Picture:
    """A picture (JPEG or PNG that was examined, or encoded anew) at the left, so many mm wide."""

    content: bytes
    width: float


@dataclass(frozen=True)
class Chart:
    """Bars of numbers: each series has a name and as many values as there are categories."""

    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | Signature | Picture | Chart | Annex | PageBreak


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a plain text: one paragraph a line, headings by their numbering, tables by ｜."""
    return list(_blocks(clean(text).splitlines()))


def clean(text: str) -> str:
    """Return `text` without the characters that no XML document may hold."""
    return NOT_IN_XML.sub("", text)


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    for line in [*(line.strip() for line in lines), ""]:
        if line.startswith(CELL):
            rows.append([cell.strip() for cell in line.strip(CELL).split(CELL)])
            continue
        if rows:
            yield Table(rows, has_header=False)
            rows = []
        if line:
            yield _block(line)


def _block(line: str) -> Block:
    for level, numbering in enumerate(LEVELS, start=1):
        if numbering.match(line):
            return _heading(level, line)
    return Paragraph(line)


def _heading(level: int, line: str) -> Block:
    """A short line is a heading; a long one is a paragraph that begins with a number."""
    return Heading(level, line) if not line.endswith("。") else Paragraph(line)
