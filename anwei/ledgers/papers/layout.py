"""Official papers as DOCX in the layout of GB/T 9704-2012: a pure function from content to bytes.

A4 with a type area of 156 x 225 mm, 22 lines of 28 characters, the fonts the standard names. The fonts belong
to others: they are named in the file and never shipped. No seal is drawn: a seal is put on by a person.
Of the standard from memory: the place of the page number within the foot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from anwei.ledgers.papers import wordml
from anwei.ledgers.papers.blocks import (
    Annex,
    Block,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Signature,
    Table,
    clean,
)
from anwei.ledgers.papers.charts import add_chart
from anwei.standards.calendar import COUNTY_TIME

WESTERN = "Times New Roman"
TITLE_FONT, BODY_FONT, SECOND_FONT, FIRST_FONT, NUMBER_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体",
)  # fmt: skip
SUBSTITUTES = ((TITLE_FONT, "宋体"), (BODY_FONT, "仿宋"), (SECOND_FONT, "楷体"))
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)  # 2号, 3号, 4号, 5号
SIZE_5_SMALL = Pt(9)  # 小5号
LONG = 12  # characters: a column of a dense table with a longer text is read, not compared
MANY = 8  # columns: of more the figures are smaller
LINE = Pt(28.95)  # 225 mm / 22 lines, rounded down to what Word keeps
LETTER_HEAD = 40.0  # pt, of the name over a letter: smaller than that over a 文件
WIDTH = 156  # mm, of the type area
CHARACTER = 15.75  # pt, pitch of a character: 156 mm / 28, rounded down to what a file can say
RED = RGBColor(0xFF, 0, 0)
HEADING_FONTS = {1: FIRST_FONT, 2: SECOND_FONT}
FIXED = datetime(2012, 7, 1, tzinfo=UTC)  # no moment of making in the file: the same content, the same bytes


def gongwen(
    title: str,
    blocks: Sequence[Block],
    *,
    number: str = "",
    issuer: str = "",
    date: date | str | None = None,
    addressee: str = "",
    red_head: str = "",
    letter: bool = False,
    attachments: Sequence[str] = (),
    copies_to: str = "",
    mark: str = "",
    annexes: Sequence[Block] = (),
) -> bytes:
    """Return a paper as DOCX.

    `number` is the 文号; `red_head` the name over the red line (发文机关标志), empty for forms and 责任书;
    of a `letter` (信函格式, 函) it stands between red double lines and the number below at the right;
    `issuer` and `date` (or a blank for one) sign it; `copies_to` is 抄送; `mark` is a
    small grey line in the foot of every page; `annexes` follow the signature, `attachments` name them.
    """
    document = _blank(clean(title))
    if red_head and letter:
        _letter_head(document, red_head, number)
    elif red_head:
        _head(document, red_head, number)
    elif number:
        _line(document, number, align=WD_ALIGN_PARAGRAPH.RIGHT)
    for line in clean(title).split("\n"):
        _line(document, line, size=SIZE_2, chinese=TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    if addressee:
        _line(document, f"{addressee}：")
    for block in blocks:
        _add(document, block)
    _attachments(document, attachments)
    _signature(document, issuer, date)
    for block in annexes:
        _add(document, block)
    _colophon(document, copies_to)
    _foot(document, mark)
    if letter:
        _letter_foot(document, mark)
    return wordml.saved(document)


def printout(title: str, blocks: Sequence[Block], *, by: str, at: datetime, number: str = "") -> bytes:
    """Return records to be read on paper, as DOCX: nobody issues, dates or signs them.

    打印稿 stands where a paper has its 文号, and the foot of every page says who printed it when; `number` is
    that of the matter.
    """
    mark = f"打印稿，不是公文 · {by} {at.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M} 打印"
    return gongwen(title, blocks, number=f"打印稿　{number}".rstrip(), mark=mark)


def chinese_date(day: date) -> str:
    """Return a date as a paper writes it, without leading zeros: 2026年11月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _blank(title: str) -> DocumentType:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7 - 7)  # the number 7 mm below the type area, a line high
    wordml.set_grid(document, round(LINE.pt * 20))
    normal = document.styles["Normal"]
    normal.font.size = SIZE_3
    wordml.set_fonts(normal.element.get_or_add_rPr(), WESTERN, BODY_FONT)
    wordml.set_spacing(normal.element.rPr, round((CHARACTER - SIZE_3.pt) * 20))
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    spacing.widow_control = False  # 22 lines on every page
    wordml.name_substitutes(document, SUBSTITUTES)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = FIXED
    return document


def _head(document: DocumentType, red_head: str, number: str) -> None:
    """The issuer's name in red, its upper edge 35 mm below the type area's, the number and the red line."""
    for _number in range(2):
        _line(document, "")
    name = _line(document, red_head, chinese=TITLE_FONT, size=Pt(_head_size(red_head)),
                 align=WD_ALIGN_PARAGRAPH.CENTER, color=RED)  # fmt: skip
    name.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for _number in range(2):
        _line(document, "")
    line = _line(document, number, align=WD_ALIGN_PARAGRAPH.CENTER)
    wordml.rule(line, edge="bottom", eighths=18, color="FF0000", space=11)  # 4 mm below the number
    for _number in range(2):
        _line(document, "")


def _letter_head(document: DocumentType, red_head: str, number: str) -> None:
    """The issuer's name 30 mm below the page's edge, a double line 4 mm below it, the number at the right."""
    section = document.sections[0]
    section.different_first_page_header_footer, section.header_distance = True, Mm(30)
    name = section.first_page_header.paragraphs[0]
    name.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(name, red_head, size=Pt(min(LETTER_HEAD, _head_size(red_head))), chinese=TITLE_FONT, color=RED)
    name.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _double_line(name, style="thickThinSmallGap", space=11)
    _line(document, number, align=WD_ALIGN_PARAGRAPH.RIGHT)
    for _number in range(2):
        _line(document, "")


def _letter_foot(document: DocumentType, mark: str) -> None:
    """A double line 20 mm above the page's lower edge; the first page of a letter bears no number."""
    footer = document.sections[0].first_page_footer
    _double_line(footer.paragraphs[0], style="thinThickSmallGap", space=3)
    if mark:
        _mark(footer.add_paragraph(), mark)


def _double_line(paragraph: WordParagraph, *, style: str, space: int) -> None:
    """Draw a red double line of 170 mm in the middle of the page below a paragraph."""
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)
    wordml.rule(paragraph, edge="bottom", eighths=24, color="FF0000", space=space, style=style)


def _head_size(red_head: str) -> float:
    """Return the largest size, at most 62 pt (the standard's 22 mm), at which the name fits on one line."""
    return min(62.0, WIDTH * 72 / 25.4 / max(len(red_head), 1) * 0.96)


def _line(
    document: DocumentType,
    text: str,
    *,
    size: Pt = SIZE_3,
    chinese: str = BODY_FONT,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    color: RGBColor | None = None,
) -> WordParagraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _write(paragraph, text, size=size, chinese=chinese, color=color)
    return paragraph


def _write(
    paragraph: WordParagraph, text: str, *, size: Pt = SIZE_3, chinese: str = BODY_FONT,
    color: RGBColor | None = None,
) -> None:  # fmt: skip
    run = paragraph.add_run()
    wordml.write(run, clean(text))
    run.font.size = size
    wordml.set_fonts(run._r.get_or_add_rPr(), WESTERN, chinese)
    if color is not None:
        run.font.color.rgb = color


def _add(document: DocumentType, block: Block) -> None:
    match block:
        case Heading(level, text):
            heading = _line(document, text, chinese=HEADING_FONTS.get(level, BODY_FONT))
            wordml.indent(heading, CHARACTER, firstLine=2)
            heading.paragraph_format.keep_with_next = True
        case Annex(label, title):
            line = _line(document, label, chinese=FIRST_FONT, align=WD_ALIGN_PARAGRAPH.LEFT)
            line.paragraph_format.page_break_before = line.paragraph_format.keep_with_next = True
            _line(document, "")
            _line(document, title, size=SIZE_2, chinese=TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
            _line(document, "")
        case Paragraph(text, indented, ragged, held):
            side = WD_ALIGN_PARAGRAPH.LEFT if ragged else WD_ALIGN_PARAGRAPH.JUSTIFY
            paragraph = _line(document, text, align=side)
            paragraph.paragraph_format.keep_with_next = held
            if indented:
                wordml.indent(paragraph, CHARACTER, firstLine=2)
        case Table():
            _table(document, block)
        case Signature(left, right):
            _both_sides(document, left, right)
        case Picture(content, width):
            line = document.add_paragraph()
            line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            line.add_run().add_picture(BytesIO(content), width=Mm(width))
        case Chart():
            add_chart(document, block, WIDTH)
        case PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _table(document: DocumentType, block: Table) -> None:
    n_columns = max(len(row) for row in block.rows)
    table = document.add_table(rows=0, cols=n_columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    shares = list(block.widths) or ([0.24, 0.76] if n_columns == 2 else [1.0] * n_columns)
    for column, share in zip(table.columns, shares, strict=False):
        column.width = Mm(WIDTH * share / sum(shares))
    for number, row in enumerate(block.rows):
        cells = table.add_row().cells
        for cell, text, share in zip(cells, row, shares, strict=False):
            cell.width = Mm(WIDTH * share / sum(shares))
            header = block.has_header and number == 0
            lines = clean(text).split("\n")
            for line, paragraph in zip(
                lines, [cell.paragraphs[0], *(cell.add_paragraph() for _more in lines[1:])], strict=True
            ):
                paragraph.paragraph_format.line_spacing = Pt(22)
                _write(paragraph, line, size=SIZE_4, chinese=FIRST_FONT if header else BODY_FONT)
                if header:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if block.dense:
        _make_dense(table, block)
    if block.has_header:
        wordml.repeat_header(table.rows[0]._tr)


def _make_dense(table: WordTable, block: Table) -> None:
    """Set figures small and close, columns of short ones centred; every row stands on one page.

    The last one, which often is the sum, not without the row before.
    """
    small = SIZE_5_SMALL if len(table.columns) > MANY else SIZE_5
    wordml.set_cell_margins(table._tbl, 40)
    for row in table.rows:
        wordml.keep_whole(row._tr)
        for place, cell in enumerate(row.cells):
            texts = [told[place] for told in block.rows if place < len(told)]
            compared = place > 0 and max(map(len, texts)) <= LONG
            for paragraph in cell.paragraphs:
                wordml.leave_grid(paragraph)
                paragraph.paragraph_format.line_spacing = Pt(small.pt * 1.5)
                for run in paragraph.runs:
                    run.font.size = small
                if compared:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                elif paragraph.alignment is None:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    for row in list(table.rows)[-2:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _both_sides(document: DocumentType, left: Sequence[str], right: Sequence[str]) -> None:
    """Two parties side by side, for a 责任书."""
    _line(document, "")
    table = document.add_table(rows=1, cols=2)
    for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
        cell.width = Mm(WIDTH / 2)
        for number, text in enumerate(lines):
            paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
            _write(paragraph, text)


def _attachments(document: DocumentType, names: Sequence[str]) -> None:
    """附件说明: a line below the body, two characters in, numbered when there are several, no full stop."""
    if not names:
        return
    _line(document, "").paragraph_format.keep_with_next = True
    for number, name in enumerate(names, start=1):
        counted = f"{number}. {name}" if len(names) > 1 else name
        line = _line(document, f"附件：{counted}" if number == 1 else counted)
        wordml.indent(line, CHARACTER, firstLine=2 if number == 1 else 5)
        line.paragraph_format.keep_with_next = number < len(names)


def _signature(document: DocumentType, issuer: str, day: date | str | None) -> None:
    """Who issues it and when, with room for a seal: the date four characters from the right."""
    if not issuer and not day:
        return
    _line(document, "")
    written = chinese_date(day) if isinstance(day, date) else day or ""
    if issuer:
        line = _line(document, issuer, align=WD_ALIGN_PARAGRAPH.RIGHT)
        aside = max(2, 4 + (_width(written) - _width(issuer)) / 2)  # centred on the date
        wordml.indent(line, CHARACTER, right=aside)
        line.paragraph_format.keep_with_next = True
    if written:
        wordml.indent(_line(document, written, align=WD_ALIGN_PARAGRAPH.RIGHT), CHARACTER, right=4)


def _width(text: str) -> float:
    """Return the width of a text in characters; digits take half."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def _colophon(document: DocumentType, copies_to: str) -> None:
    """版记: 抄送 between two lines, 4号仿宋, one character from either side."""
    if not copies_to:
        return
    _line(document, "")
    line = _line(document, f"抄送：{copies_to}。", size=SIZE_4)
    wordml.indent(line, CHARACTER, left=1, right=1)
    wordml.rule(line, edge="top", eighths=8, color="000000")
    wordml.rule(line, edge="bottom", eighths=8, color="000000")


def _mark(paragraph: WordParagraph, mark: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(12)
    _write(paragraph, mark, size=Pt(8), chinese=NUMBER_FONT, color=RGBColor(0x80, 0x80, 0x80))


def _foot(document: DocumentType, mark: str) -> None:
    """— 1 —, 4号宋体: at the right on odd pages, at the left on even ones, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        wordml.indent(paragraph, CHARACTER, left=1, right=1)
        _write(paragraph, "— ", size=SIZE_4, chinese=NUMBER_FONT)
        run = paragraph.add_run()
        run.font.size = SIZE_4
        wordml.set_fonts(run._r.get_or_add_rPr(), NUMBER_FONT, NUMBER_FONT)
        wordml.add_page_number(run)
        _write(paragraph, " —", size=SIZE_4, chinese=NUMBER_FONT)
        if mark:
            section.footer_distance = Mm(35 - 7 - 7) - Pt(12)  # the number keeps its place
            _mark(footer.add_paragraph(), mark)
