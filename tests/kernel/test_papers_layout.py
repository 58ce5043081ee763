"""A paper's bytes: the measures of GB/T 9704-2012 as any reader of the file finds them, and the same bytes twice."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from anwei.ledgers.papers.blocks import Annex, Chart, Heading, Paragraph, Signature, Table, blocks_of
from anwei.ledgers.papers.charts import CHARTS
from anwei.ledgers.papers.layout import gongwen
from anwei.ledgers.papers.reading import text_digest

TEXT = """近期监测到你单位瓦斯传感器连续三次超过报警值，现将有关事项通知如下。
一、督办事项
（一）立即停止作业
1. 切断该区域电源。
｜预警编号｜YJ202600001｜
｜办理时限｜24小时｜
逾期未办结的，按规定处理。"""


def notice(**changes: object) -> bytes:
    content = {
        "number": "云安办督〔2026〕1号",
        "issuer": "云溪县安全生产委员会办公室",
        "date": date(2026, 11, 5),
        "addressee": "云岭煤矿",
        "red_head": "云溪县安全生产委员会办公室文件",
        "copies_to": "县应急管理局",
    }
    return gongwen("关于甲烷超限的督办通知书", blocks_of(TEXT), **(content | changes))  # type: ignore[arg-type]


def fonts_of(paragraph: docx.text.paragraph.Paragraph) -> tuple[str, float]:
    run = paragraph.runs[0]
    return run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), run.font.size.pt


def spaced(page: str) -> str:
    return "".join(page.split())


def test_page_and_lines_have_the_measures_of_the_standard() -> None:
    document = docx.Document(BytesIO(notice()))
    section = document.sections[0]

    assert abs(section.page_width - Mm(210)) + abs(section.page_height - Mm(297)) < Mm(0.1)
    assert abs(section.page_width - section.left_margin - section.right_margin - Mm(156)) < Mm(0.2)
    assert abs(section.page_height - section.top_margin - section.bottom_margin - Mm(225)) < Mm(0.2)
    assert abs(section.top_margin - Mm(37)) < Mm(0.1)
    line = document.styles["Normal"].paragraph_format.line_spacing
    assert Mm(225) // line == 22
    spacing = int(document.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val")))
    assert Mm(156) // Pt(16 + spacing / 20) == 28


def test_each_level_is_set_in_the_font_the_standard_names() -> None:
    paragraphs = {p.text: p for p in docx.Document(BytesIO(notice())).paragraphs if p.text}

    assert fonts_of(paragraphs["关于甲烷超限的督办通知书"]) == ("方正小标宋简体", 22)
    assert fonts_of(paragraphs["一、督办事项"]) == ("黑体", 16)
    assert fonts_of(paragraphs["（一）立即停止作业"]) == ("楷体_GB2312", 16)
    assert fonts_of(paragraphs["1. 切断该区域电源。"]) == ("仿宋_GB2312", 16)
    assert str(paragraphs["云溪县安全生产委员会办公室文件"].runs[0].font.color.rgb) == "FF0000"
    assert "2026年11月5日" in paragraphs  # no leading zero
    assert list(paragraphs)[1] == "云安办督〔2026〕1号"


def test_pages_are_numbered_between_dashes_outside() -> None:
    document = docx.Document(BytesIO(notice()))
    odd, even = document.sections[0].footer.paragraphs[0], document.sections[0].even_page_footer.paragraphs[0]

    assert odd._p.xpath("string(.//w:instrText)") == "PAGE"
    assert (odd.text[0], odd.text[-1]) == ("—", "—")
    assert (odd.alignment.name, even.alignment.name) == ("RIGHT", "LEFT")


def test_text_becomes_headings_by_their_numbering_and_tables_by_their_bars() -> None:
    kinds = [type(block) for block in blocks_of(TEXT)]

    assert kinds == [Paragraph, Heading, Heading, Paragraph, Table, Paragraph]
    assert blocks_of(TEXT)[4] == Table(
        [["预警编号", "YJ202600001"], ["办理时限", "24小时"]], has_header=False
    )


def test_the_same_content_gives_the_same_bytes_and_no_moment_of_making() -> None:
    assert notice() == notice()
    assert {entry.date_time[0] for entry in zipfile.ZipFile(BytesIO(notice())).infolist()} == {2012}
    assert notice() != notice(number="云安办督〔2026〕2号")


def test_characters_no_document_may_hold_are_left_out() -> None:
    paper = gongwen("标题\x00", blocks_of("正文\x0b一\ufffe。"), number="", issuer="甲\x01")

    assert "正文一。" in [p.text for p in docx.Document(BytesIO(paper)).paragraphs]


def test_no_font_is_shipped_but_a_substitute_is_named() -> None:
    archive = zipfile.ZipFile(BytesIO(notice()))

    assert not [name for name in archive.namelist() if "font" in name.lower() and not name.endswith(".xml")]
    assert (
        '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>'
        in archive.read("word/fontTable.xml").decode()
    )


def test_a_letter_bears_the_name_alone_between_two_red_double_lines() -> None:
    document = docx.Document(BytesIO(notice(letter=True, red_head="云溪县应急管理局", mark="校验稿")))
    section, first = document.sections[0], document.paragraphs[0]
    assert section.different_first_page_header_footer and abs(section.header_distance - Mm(30)) < Mm(0.1)
    name, foot = section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs
    assert name.text == "云溪县应急管理局" and str(name.runs[0].font.color.rgb) == "FF0000"
    for paragraph, style in ((name, "thickThinSmallGap"), (foot[0], "thinThickSmallGap")):
        line = paragraph._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
        assert (line.get(qn("w:val")), line.get(qn("w:color"))) == (style, "FF0000")
        width = Mm(156) - paragraph.paragraph_format.left_indent - paragraph.paragraph_format.right_indent
        assert abs(width - Mm(170)) < Mm(0.1)
    assert (first.text, first.alignment) == ("云安办督〔2026〕1号", WD_ALIGN_PARAGRAPH.RIGHT)
    assert [one.text for one in foot] == ["", "校验稿"]  # no number on the first page
    assert "—" in section.footer.paragraphs[0].text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
@pytest.mark.proof
def test_libreoffice_opens_it_on_as_many_pages_as_counted(tmp_path: Path) -> None:
    lines = [Paragraph("字" * 26)] * 21 + [Signature(["甲方："], ["乙方："])]
    (tmp_path / "paper.docx").write_bytes(gongwen("题", lines))
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "paper.docx"],
        check=True,
        capture_output=True,
    )

    found = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "paper.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    first, second, _end = found.split("\f")
    assert first.count("字" * 26) == 20  # 22 lines: the title and the empty one below it take two
    assert ("—1—" in spaced(first), "—2—" in spaced(second)) == (True, True)


def test_a_chart_stands_in_the_file_with_its_numbers_and_no_picture() -> None:
    charts = [
        Chart("分乡镇隐患数", ("甲镇", "乙<&>镇"), (("本期", (12, 5)), ("同期", (10, 7)))),
        Chart("分行业事故起数", ("煤矿",), (("本期", (2,)),)),
    ]
    content = gongwen("通报", charts)
    assert content == gongwen("通报", charts)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        first, second = (archive.read(f"word/charts/chart{n}.xml").decode() for n in (1, 2))
        types = archive.read("[Content_Types].xml").decode()
        assert not [name for name in archive.namelist() if name.startswith("word/media")]
    assert types.count("drawingml.chart+xml") == 2
    root = ElementTree.fromstring(first)
    assert [one.text for one in root.iter(f"{{{CHARTS}}}v")] == [
        *("本期", "甲镇", "乙<&>镇", "12", "5"),
        *("同期", "甲镇", "乙<&>镇", "10", "7"),
    ]
    assert "legend" in first and "legend>" not in second


def test_the_sign_of_a_negative_number_stays_with_its_digits() -> None:
    body = docx.Document(BytesIO(gongwen("题", [Paragraph("下降 3 人（-50.0%），见 2026-11-05 和 A-1")])))
    [line] = [one for one in body.paragraphs if "下降" in one.text]
    assert line.text == "下降 3 人（-50.0%），见 2026-11-05 和 A-1"
    assert line._p.xml.count("w:noBreakHyphen") == 1


def test_an_annex_has_its_label_in_the_first_line_of_a_page_and_its_title_in_the_third() -> None:
    annexes = [Annex("附件1", "统计表"), Paragraph("a1b2", ragged=True)]
    lines = docx.Document(BytesIO(gongwen("题", [], annexes=annexes))).paragraphs
    label = next(n for n, one in enumerate(lines) if one.text == "附件1")
    assert lines[label].paragraph_format.page_break_before and not lines[label].paragraph_format.left_indent
    assert [one.text for one in lines[label : label + 3]] == ["附件1", "", "统计表"]
    assert lines[label + 2].alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert lines[-1].alignment == WD_ALIGN_PARAGRAPH.LEFT


def test_what_a_paper_says_is_its_words_and_signs_whatever_its_layout() -> None:
    told: dict[str, Any] = {"number": "测移〔2026〕1号", "issuer": "甲镇人民政府", "date": date(2026, 11, 1)}

    def letter(text: str) -> bytes:
        return gongwen("移送函", [Paragraph(text)], red_head="甲镇人民政府", letter=True, **told)

    before = gongwen("移送函", [Paragraph("温度-5度")], red_head="甲镇人民政府文件", **told)
    assert text_digest(before, headless=True) == text_digest(letter("温度-5度"))  # the head stood in the text
    assert text_digest(letter("温度-5度")) != text_digest(letter("温度5度"))
