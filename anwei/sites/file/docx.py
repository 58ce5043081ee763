"""The whole file of an enterprise as one DOCX, in the content and order of its page."""

from __future__ import annotations

from django.utils.translation import override

from anwei.ledgers.papers.blocks import Block, Heading, Paragraph, Table
from anwei.ledgers.papers.layout import printout
from anwei.ledgers.release import Leaving, release
from anwei.sites.enterprise_file import GROUPS, Asked, sheets

WHAT = "enterprise_file"  # under which its leaving is remembered
SOURCE_LANGUAGE = "zh-hans"
ORDINALS = "一二三四五六七八九十"


def file_docx(asked: Asked, *, reason: str = "") -> bytes:
    """Return the file of an enterprise and remember that it left; telephone numbers masked unless `full`.

    Raises NeedsReason where it is asked for in full without one.
    """
    with override(SOURCE_LANGUAGE):  # a paper of the county, whatever its reader's screen speaks
        blocks = _blocks(asked)
    leaving = Leaving(
        WHAT,
        _n_rows(blocks),
        asked.person,
        asked.now,
        personal=asked.full,
        full=asked.full,
        query=asked.enterprise.unit.name,
        reason=reason,
    )
    release(leaving, "file")
    with override(SOURCE_LANGUAGE):
        return printout(
            f"企业安全生产档案\n{asked.enterprise.unit.name}",
            [Paragraph(leaving.watermark, indented=False), *blocks],
            by=str(asked.person),
            at=asked.now,
            number=asked.enterprise.credit_code,
        )


def _blocks(asked: Asked) -> list[Block]:
    """Return the sheets under the headings of their parts: 一、 and （一）."""
    blocks: list[Block] = []
    n_groups = n_sheets = 0
    group = ""
    for sheet in sheets():
        told = [] if sheet.printed is None else list(sheet.printed(asked))
        if not told:
            continue
        if sheet.group != group:
            group, n_sheets = sheet.group, 0
            blocks.append(Heading(1, f"{ORDINALS[n_groups]}、{GROUPS[group]}"))
            n_groups += 1
        blocks.append(Heading(2, f"（{_ordinal(n_sheets)}）{sheet.title}"))
        n_sheets += 1
        blocks += told
    return blocks


def _ordinal(place: int) -> str:
    return ORDINALS[place] if place < len(ORDINALS) else f"十{ORDINALS[place - len(ORDINALS)]}"


def _n_rows(blocks: list[Block]) -> int:
    return sum(len(block.rows) - block.has_header for block in blocks if isinstance(block, Table))
