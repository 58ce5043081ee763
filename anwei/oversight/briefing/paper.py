"""A briefing as the blocks of an official paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anwei.ledgers.papers.blocks import Annex, Block, Heading, Paragraph, Table
from anwei.oversight.briefing.parts import Document, Section, Sheet, plain_text

BELOW_ZERO = re.compile(r"(?<!\w)-(?=\d)")
TITLE_WIDTH = 20  # characters of a line of the title


def broken_title(title: str) -> str:
    """Return a title with a break where it reads well, before 全县, if it is too long for a line."""
    return title if len(title) <= TITLE_WIDTH else title.replace("全县", "\n全县", 1)


def printed(text: str) -> str:
    """Return a text with the sign of negative numbers, after which a line never ends as after a hyphen."""
    return BELOW_ZERO.sub("−", text)


def blocks(document: Document) -> list[Block]:
    """Return the body with its charts."""
    return [block for section in document.sections for block in _section(section)]


def annexes(document: Document) -> list[Block]:
    """Return the annexes, each on a page of its own, at their end the lines on what it was made from."""
    found: list[Block] = []
    for sheet in document.annexes:
        label, _space, title = sheet.title.partition(" ")
        found += [Annex(label, title), *_table(sheet)]
    last = len(document.foot) - 1
    found += [Paragraph(line, ragged=True, held=place < last) for place, line in enumerate(document.foot)]
    return found


def _section(section: Section) -> Iterator[Block]:
    yield Heading(1, section.heading)
    for text in section.texts:
        if told := plain_text(text):
            yield Paragraph(printed(told))
    for sheet in section.sheets:
        yield from _sheet(sheet)
    yield from section.charts


def _sheet(sheet: Sheet) -> Iterator[Block]:
    yield Heading(2, sheet.title)
    yield from _table(sheet)


def _table(sheet: Sheet) -> Iterator[Block]:
    if not sheet.rows:
        yield Paragraph(sheet.empty)
        return
    yield Table(
        [list(sheet.heads), *([printed(str(cell)) for cell in row] for row in sheet.rows)],
        sheet.widths,
        dense=True,
    )
    if sheet.note:
        yield Paragraph(sheet.note)
