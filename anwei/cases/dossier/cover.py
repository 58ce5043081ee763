"""Cover and timeline as a Word file as a printout: nobody issues or signs it."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anwei.ledgers.papers.blocks import Block, Heading, Paragraph, Table
from anwei.ledgers.papers.layout import printout

MINUTE = "%Y-%m-%d %H:%M"


def cover(context: dict[str, Any]) -> bytes:
    """Return the DOCX of what `archive` tells: facts, timeline and files of each case, what was verified."""
    case = context["case"]
    blocks: list[Block] = []
    for each, lines, clocks, pieces in context["files"]:
        blocks += [Heading(1, f"{each.number} {each.title}"), Table(_facts(each), (1, 3), has_header=False)]
        if clocks:
            head = [_("时限"), _("到期"), _("完成"), _("依据")]
            rows = [
                [c.name, _at(c.due_at), f"{_at(c.met_at)} {view.ending}".strip(), c.citation]
                for view in clocks
                for c in (view.clock,)
            ]
            blocks += [Heading(2, _("时限")), Table([head, *rows], (2, 2, 2, 3))]
        head = [_("序号"), _("时间"), _("经办"), _("办理情况")]
        rows = [[str(line.entry.number), _at(line.entry.at), _who(line), _what(line)] for line in lines]
        blocks += [Heading(2, _("办理经过")), Table([head, *rows], (1, 2, 3, 4))]
        if pieces:
            rows = [[piece.path, piece.sealed_sha256] for piece in pieces]
            head = [_("文件"), _("原件 SHA-256")]
            blocks += [Heading(2, _("材料目录")), Table([head, *rows], (3, 4))]
    blocks += [Heading(1, _("核验")), Paragraph(_sentence(context))]
    blocks.append(Paragraph(_("记录摘要（records.json 的 SM3）：%(sm3)s") % {"sm3": context["records_sm3"]}))
    title = _("一案一档\n%(case)s") % {"case": case.title}
    return printout(title, blocks, by=str(context["person"]), at=context["now"], number=case.number)


def _sentence(context: dict[str, Any]) -> str:
    if context["broken"]:
        return _("核验发现记录已被改动：%(where)s") % {"where": "；".join(map(str, context["broken"]))}
    return _("生成时已核验办理记录 %(n)d 条，未被改动。核验方法见“核验说明.txt”。") % {"n": context["n_rows"]}


def _facts(case: Any) -> list[list[str]]:
    return [
        [_("编号"), case.number],
        [_("企业"), str(case.enterprise or "—")],
        [_("责任岗位"), str(case.responsible)],
        [_("监督岗位"), str(case.supervisor)],
        [_("落实岗位"), str(case.implementer)],
        [_("立案"), _at(case.opened_at)],
        [_("办结"), _at(case.closed_at)],
    ]


def _at(at: Any) -> str:
    return "—" if at is None else localtime(at).strftime(MINUTE)


def _who(line: Any) -> str:
    entry = line.entry
    return f"{entry.post or ''} {entry.actor_name}".strip() if entry.actor else _("系统")


def _what(line: Any) -> str:
    words = [str(line.line), line.entry.note, *(f"{label}：{value}" for label, value in line.papers)]
    return "；".join(word for word in words if word)
