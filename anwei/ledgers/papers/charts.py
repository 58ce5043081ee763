"""A bar chart as Word draws it itself (DrawingML), numbers beside the bars: no picture, no font of ours.

The numbers stand in the part as cached values (ECMA-376 part 1, 21.2); there is no workbook behind them, so a
reader cannot change what was issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from anwei.ledgers.papers.blocks import Chart, clean

CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PLACING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
FILLS = ("1F4E79", "9DB4C8", "C8D3DC")  # dark first: told apart on a black and white printer
HEIGHT, ROW_HEIGHT = 30, 7  # mm: of what is around the bars, and of each category


def add_chart(document: Document, chart: Chart, width: float) -> None:
    """Add a chart as a paragraph of its own, `width` mm wide and as high as its categories need."""
    package = document.part.package
    names = {str(part.partname) for part in package.iter_parts()}
    number = next(n for n in range(1, len(names) + 2) if f"/word/charts/chart{n}.xml" not in names)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE, _xml(chart).encode(), package)
    key = document.part.relate_to(part, f"{RELATIONS}/chart")
    bars = len(chart.categories) * max(1, len(chart.series))
    height = HEIGHT + ROW_HEIGHT * max(len(chart.categories), bars / 2)
    line = document.add_paragraph()
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE  # an exact line would cut it off
    line.add_run()._r.append(parse_xml(_inline(key, number, chart.title, Mm(width), Mm(height))))


def _inline(key: str, number: int, title: str, width: int, height: int) -> str:
    name = escape(clean(title), {'"': "&quot;"})
    return (
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<wp:inline xmlns:wp="{PLACING}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{1000 + number}" name="{name}" descr="{name}"/>'
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{CHARTS}">'
        f'<c:chart xmlns:c="{CHARTS}" xmlns:r="{RELATIONS}" r:id="{key}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _xml(chart: Chart) -> str:
    series = "".join(_series(chart, place, name, values) for place, (name, values) in enumerate(chart.series))
    legend = (
        "" if len(chart.series) == 1 else '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{CHARTS}" xmlns:a="{DRAWING}"><c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p>{_text(12)}<a:r>{_run(12)}"
        f"<a:t>{escape(clean(chart.title))}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="nextTo"/>'
        f'{_words(10)}<c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx>'
        f'</c:plotArea>{legend}<c:plotVisOnly val="1"/></c:chart>{_words(10)}</c:chartSpace>'
    )


def _series(chart: Chart, place: int, name: str, values: tuple[float, ...]) -> str:
    numbers = _points([f"{value:g}" for value in values])
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f"<c:tx><c:strRef><c:f>_</c:f><c:strCache>{_points([name])}</c:strCache></c:strRef></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{FILLS[place % len(FILLS)]}"/></a:solidFill></c:spPr>'
        '<c:invertIfNegative val="0"/>'
        f'<c:dLbls>{_words(10)}<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>_</c:f><c:strCache>{_points(chart.categories)}</c:strCache></c:strRef></c:cat>"
        "<c:val><c:numRef><c:f>_</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f"{numbers}</c:numCache></c:numRef></c:val></c:ser>"
    )


def _points(values: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{n}"><c:v>{escape(clean(value))}</c:v></c:pt>' for n, value in enumerate(values)
    )
    return f'<c:ptCount val="{len(values)}"/>{points}'


def _words(points: int) -> str:
    return f"<c:txPr><a:bodyPr/><a:p>{_text(points)}<a:endParaRPr/></a:p></c:txPr>"


def _text(points: int) -> str:
    return f'<a:pPr><a:defRPr sz="{points * 100}" b="0"/></a:pPr>'


def _run(points: int) -> str:
    return f'<a:rPr lang="zh-CN" sz="{points * 100}" b="0"/>'
