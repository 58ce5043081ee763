"""The few pieces of WordprocessingML for which python-docx has no call of its own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SIGN = re.compile(r"(?<![0-9A-Za-z])-(?=[0-9])")
FIXED_DATE = (2012, 7, 1, 0, 0, 0)  # every entry of the archive: the day GB/T 9704-2012 came into force
FONT_TABLE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"


def element(name: str, **attributes: str | int) -> BaseOxmlElement:
    """Return an element such as `w:docGrid` with attributes of the same namespace."""
    made: BaseOxmlElement = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def write(run: Run, text: str) -> None:
    """Write a text; the sign of a negative number stays with its digits where a line ends."""
    first, *others = SIGN.split(text)
    run.text = first
    for part in others:
        run._r.append(element("w:noBreakHyphen"))
        run.add_text(part)


def set_fonts(target: BaseOxmlElement, western: str, chinese: str) -> None:
    """Name the fonts in a `w:rPr`; without `eastAsia` Word takes its own for Chinese characters."""
    for found in target.findall(qn("w:rFonts")):
        target.remove(found)
    target.insert(0, element("w:rFonts", ascii=western, hAnsi=western, cs=western, eastAsia=chinese))


def set_grid(document: Document, line_pitch: int) -> None:
    """Lay the grid of lines: their pitch in 1/20 pt.

    A grid of characters would be Word's way to 28 a line, but other readers give a character of 16 pt two
    cells of 15.8 pt; a closer spacing of the characters does it everywhere.
    """
    properties = document.sections[0]._sectPr
    for found in properties.findall(qn("w:docGrid")):
        properties.remove(found)
    properties.append(element("w:docGrid", type="lines", linePitch=line_pitch))


def set_spacing(target: BaseOxmlElement, twentieths: int) -> None:
    """Widen (or narrow) the space after each character, in 1/20 pt, in a `w:rPr`."""
    target.append(element("w:spacing", val=twentieths))


def indent(paragraph: Paragraph, pitch: float, **characters: float) -> None:
    """Indent by characters of the grid: `firstLine`, `left`, `right`; `pitch` in pt."""
    attributes = paragraph._p.get_or_add_pPr().get_or_add_ind().attrib
    for name, count in characters.items():
        attributes[qn(f"w:{name}Chars")] = str(round(count * 100))
        attributes[qn(f"w:{name}")] = str(round(count * pitch * 20))


def rule(
    paragraph: Paragraph, *, edge: str, eighths: int, color: str, space: int = 0, style: str = "single"
) -> None:
    """Draw a line along one edge of a paragraph: width in 1/8 pt, distance in pt, a style of Word."""
    borders = element("w:pBdr")
    borders.append(element(f"w:{edge}", val=style, sz=eighths, space=space, color=color))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid",
        "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc",
        "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle",
        "w:rPr", "w:sectPr", "w:pPrChange",
    )  # fmt: skip


def add_page_number(run: Run) -> None:
    """Let a run show the number of its page."""
    begin, instruction, end = (
        element("w:fldChar", fldCharType="begin"),
        element("w:instrText"),
        element("w:fldChar", fldCharType="end"),
    )
    instruction.text = "PAGE"
    run._r.extend([begin, instruction, end])


def repeat_header(row: BaseOxmlElement) -> None:
    """Repeat a table's row at the top of every page the table runs over."""
    row.get_or_add_trPr().append(element("w:tblHeader"))


def keep_whole(row: BaseOxmlElement) -> None:
    """Keep a table's row on one page."""
    row.get_or_add_trPr().append(element("w:cantSplit"))


def set_cell_margins(table: BaseOxmlElement, around: int) -> None:
    """Set the room around what stands in a table's cells, in twentieths of a point."""
    margins = element("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        margins.append(element(f"w:{side}", w=str(around), type="dxa"))
    table.tblPr.append(margins)


def leave_grid(paragraph: Paragraph) -> None:
    """Let the lines of a paragraph be closer than the page's grid."""
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc", "w:rPr")


def name_substitutes(document: Document, substitutes: Sequence[tuple[str, str]]) -> None:
    """Tell Word which font to take where one of ours is not installed (`w:altName` of the font table)."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{substitute}"/></w:font>'
        for name, substitute in substitutes
    )
    xml = f'<w:fonts xmlns:w="{element("w:fonts").nsmap["w"]}">{fonts}</w:fonts>'
    part = document.part.part_related_by(FONT_TABLE)
    part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()


def saved(document: Document) -> bytes:
    """Return the document as bytes that depend on nothing but its content."""
    first, second = BytesIO(), BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(
                zipfile.ZipInfo(name, FIXED_DATE), source.read(name), compress_type=zipfile.ZIP_DEFLATED
            )
    return second.getvalue()
