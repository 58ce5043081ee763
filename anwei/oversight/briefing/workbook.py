"""A briefing as an Excel book: the same tables, numbers as numbers, charts drawn from the cells."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from anwei.cases.indicators import plain
from anwei.ledgers.papers.blocks import Chart
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.parts import Cell, Document, Figure, Sheet, plain_text
from anwei.oversight.briefing.telling import figure, percent
from anwei.standards.briefing import zero_base

NOT_IN_NAME = re.compile(r"[\[\]:*?/\\]")
WIDEST = 40  # characters
FILLS = ("#1F4E79", "#9DB4C8")  # this year, the year before


def workbook(document: Document, book: Book, watermark: str) -> bytes:
    """Return the book: the totals, the text, every table and annex, each chart beside its numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as file:
        pen = _Pen(file, watermark)
        pen.sheet(totals(book))
        for section in document.sections:
            for sheet in section.sheets:
                pen.sheet(sheet)
            for chart in section.charts:
                pen.chart(chart)
        for sheet in document.annexes:
            pen.sheet(sheet)
        pen.lines("正文", [document.title, *_texts(document)])
        pen.lines("数据说明", document.foot)
    return content.getvalue()


def totals(book: Book) -> Sheet:
    """Return every number of the county with the year before and the mean of two."""
    rows: list[tuple[Cell, ...]] = []
    for key, one in book.measures.items():
        year, two = book.change(key), book.change(key, years=2)
        is_share = book.number(key).of is not None
        rows.append(
            (
                one.name,
                one.unit,
                figure(book, key),
                _before(None if is_share or year is None else year.before),
                zero_base() if is_share else percent(year),
                "" if is_share or year is None else year.verdict,
                _before(None if is_share or two is None else two.before),
                zero_base() if is_share else percent(two),
                *([_before(None if is_share or year is None else year.n)] if book.compared_until else []),
            )
        )
    heads = ["指标", "单位", "本期", "上年同期", "同比", "检验", "前两年同期平均", "较前两年平均"]
    if until := book.compared_until:  # fewer months than the number beside it has
        heads = [*heads[:3], *(f"{head}（{until}）" for head in heads[3:]), f"本期（{until}）"]
    return Sheet("总表", tuple(heads), tuple(rows))


def _before(number: Any) -> Cell:
    return zero_base() if number is None else Figure(plain(number), number)


def _texts(document: Document) -> list[str]:
    lines = []
    for section in document.sections:
        lines += [section.heading, *map(plain_text, section.texts)]
    return lines


class _Pen:
    """Writes sheets into a book, each under its own name."""

    def __init__(self, file: Any, watermark: str) -> None:
        self.file, self.watermark = file, watermark
        self.heading = file.add_format({"bold": True, "bottom": 1, "bg_color": "#eef1f4", "text_wrap": True})
        self.wrapped = file.add_format({"text_wrap": True, "valign": "top"})
        self.below = file.add_format({"font_color": "#5f6b78"})
        self.forms: dict[str, Any] = {}
        self.names: set[str] = set()

    def sheet(self, sheet: Sheet) -> None:
        """Write a table under its title's name."""
        paper = self._paper(sheet.title)
        for place, head in enumerate(sheet.heads):
            paper.write_string(0, place, head, self.heading)
            texts = [str(row[place]) for row in sheet.rows]
            widest = max([len(head), *map(len, texts)])
            paper.set_column(place, place, min(WIDEST, 4 + 2 * widest))
        for number, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                self._write(paper, number, place, cell)
        below = [line for line in (sheet.note if sheet.rows else sheet.empty, self.watermark) if line]
        for number, line in enumerate(below, start=len(sheet.rows) + 2):
            paper.write_string(number, 0, line, self.below)
        paper.freeze_panes(1, 1)

    def chart(self, chart: Chart) -> None:
        """Write the numbers of a chart and let Excel draw it from them."""
        paper = self._paper(chart.title)
        paper.set_column(0, 0, 16)
        for place, (name, values) in enumerate(chart.series, start=1):
            paper.write_string(0, place, name, self.heading)
            for number, value in enumerate(values, start=1):
                paper.write_number(number, place, value)
        paper.write_string(0, 0, "", self.heading)
        for number, category in enumerate(chart.categories, start=1):
            paper.write_string(number, 0, category)
        drawn = self.file.add_chart({"type": "column"})
        last = len(chart.categories)
        for place, (name, _values) in enumerate(chart.series, start=1):
            drawn.add_series(
                {
                    "name": name,
                    "categories": [paper.get_name(), 1, 0, last, 0],
                    "values": [paper.get_name(), 1, place, last, place],
                    "data_labels": {"value": True},
                    "fill": {"color": FILLS[place - 1]},
                }
            )
        drawn.set_title({"name": chart.title})
        drawn.set_legend({"position": "bottom"})
        paper.insert_chart(1, len(chart.series) + 2, drawn, {"x_scale": 1.4, "y_scale": 1.2})

    def lines(self, name: str, texts: Sequence[str]) -> None:
        """Write paragraphs, one a row."""
        paper = self._paper(name)
        paper.set_column(0, 0, 100)
        for number, text in enumerate(filter(None, texts)):
            paper.write_string(number, 0, text, self.wrapped)

    def _write(self, paper: Any, number: int, place: int, cell: Cell) -> None:
        if isinstance(cell, Figure) and not isinstance(cell.in_sheet, str):
            paper.write_number(number, place, cell.in_sheet, self._form(cell.form))
        else:
            paper.write_string(number, place, str(cell))

    def _form(self, spelled: str) -> Any:
        if not spelled:
            return None
        if spelled not in self.forms:
            self.forms[spelled] = self.file.add_format({"num_format": spelled})
        return self.forms[spelled]

    def _paper(self, title: str) -> Any:
        name = NOT_IN_NAME.sub(" ", title)[:28].strip()
        found = next(one for one in (name, *(f"{name} {n}" for n in range(2, 99))) if one not in self.names)
        self.names.add(found)
        return self.file.add_worksheet(found)
