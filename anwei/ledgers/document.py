"""A register as a Word table: landscape A4, heading repeated on each page, watermark in the foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table

BODY_FONT, TITLE_FONT = "仿宋_GB2312", "方正小标宋简体"  # GB/T 9704-2012 7.3.1


def docx_table(title: str, watermark: str, lines: Sequence[Sequence[Any]]) -> bytes:
    """Return a document with one table; the first line is the heading."""
    document = Document()
    _lay_out(document, watermark)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(heading.add_run(title), TITLE_FONT, 18)
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    _repeat_heading(table)
    cells = table._cells  # one pass: asking for each cell by place costs a pass each
    for place, value in enumerate(value for line in lines for value in line):
        paragraph = cells[place].paragraphs[0]
        run = paragraph.add_run(_spelled(value))
        _font(run, BODY_FONT, 10.5)
        run.bold = place < len(lines[0])
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _lay_out(document: Docx, watermark: str) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(20))
    _font(section.footer.paragraphs[0].add_run(watermark), BODY_FONT, 9)


def _repeat_heading(table: Table) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _font(run: Any, name: str, points: float) -> None:
    run.font.name, run.font.size = name, Pt(points)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _spelled(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value)
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ")
