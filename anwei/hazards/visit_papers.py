"""What the papers of a visit say: its records in words, with what is undecided and who signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from anwei.cases.official_papers import moment_in_words
from anwei.hazards.models import Answer, Attendance, Check, Order, Visit, VisitHazard
from anwei.hazards.models.answers import ActKind
from anwei.hazards.paper_words import PAPER_WORDS
from anwei.ledgers.papers.blocks import CELL
from anwei.ledgers.papers.layout import chinese_date
from anwei.org.responsibility import Matter, Vacant, posts_for
from anwei.standards.papers import PaperTemplate

NONE = "无。"
SOMEBODY = "有管辖权的部门"


def words_of(visit: Visit, now: datetime) -> Mapping[str, str]:
    """Return what fills the gaps of the templates of a visit's papers, in the language that is active."""
    checks = list(visit.checks.order_by("item"))
    found = list(visit.found.select_related("hazard").order_by("pk"))
    inspectors = [
        f"{one.person}（{one.certificate or without_certificate(one)}）"
        for one in visit.attendances.select_related("person__inspector", "visit")
    ]
    owner = visit.site or visit.enterprise
    return {
        "number": visit.number,
        "title": str(visit),
        "kind": "检查",
        "enterprise": visit.whom,
        "site": str(visit.site or ""),
        "issuer": visit.body.name,
        "today": chinese_date(timezone.localdate(now)),
        "place": "" if owner is None else owner.address,
        "bodies": "、".join(unit.name for unit in visit.bodies.order_by("pk")),
        "reason": visit.get_reason_display(),
        "basis": visit.citation,
        "begun": moment_in_words(visit.begun_at),
        "ended": moment_in_words(visit.ended_at),
        "inspectors": "、".join(inspectors),
        "finding": _lines(visit.finding),
        "counts": _counts(checks),
        "checks": _rows(_failed(checks)),
        "found": _rows(_hazards(found)),
        "orders": _rows(_hazards([one for one in found if one.order in (Order.DATED, Order.STOP)])),
        "measures": _rows(_measures(found)),
        "undecided": "\n".join(_undecided(visit)) or NONE,
        "files": _files(visit),
        "head": visit.head,
        "signature": _signed(visit),
        "receiver": receiver(visit, now),
    }


def without_certificate(one: Attendance) -> str:
    """Return why somebody at a visit has no certificate: there is none, or it was not valid on that day."""
    ended = one.ended_on
    return PAPER_WORDS["none_certified"] if ended is None else f"执法证已于{chinese_date(ended)}到期"


def without_open_question(template: PaperTemplate, words: Mapping[str, str]) -> PaperTemplate:
    """Return a template without its line 待定事项 where nothing is undecided; the phone does the same."""
    label = template.fields.get("undecided")
    if label is None or words["undecided"] != NONE:
        return template
    kept = [line for line in template.body.splitlines() if line.strip() != f"{label}：{{{label}}}"]
    return replace(template, body="\n".join(kept))


def _counts(checks: Sequence[Check]) -> str:
    n = Counter(check.result for check in checks)
    told = "，".join(f"{label}{n[value]}项" for value, label in Check.Result.choices)
    return f"共检查{len(checks)}项：{told}。"


def _failed(checks: Sequence[Check]) -> Iterator[tuple[str, str]]:
    for check in checks:
        if check.result != Check.Result.OK:
            basis = f"（{check.basis}）" if check.basis else ""
            note = f"：{check.note}" if check.note else ""
            yield str(check.get_result_display()), f"{check.item_text}{basis}{note}"


def _hazards(found: Sequence[VisitHazard]) -> Iterator[tuple[str, str]]:
    for one in found:
        hazard = one.hazard
        unjudged = "待判定" if hazard.proposed_reason else "待核实"
        grade = "重大" if one.is_major else hazard.get_grade_display() or unjudged
        yield "隐患", f"{hazard.number}　{hazard.description}"
        yield "位置", hazard.place or "（未填）"
        yield "等级", grade
        if one.clause:
            yield "判定依据" if one.is_major else "建议的判定依据", one.clause
        if hazard.proposed_reason:
            yield "提请判定为重大的理由", hazard.proposed_reason
        if one.order:
            due = "" if one.due_on is None else f"，{chinese_date(one.due_on)}前整改完毕"
            yield "整改方式和期限", f"{one.get_order_display()}{due}"
        if one.requirement:
            yield "整改要求", one.requirement


def _measures(found: Sequence[VisitHazard]) -> Iterator[tuple[str, str]]:
    for one in found:
        if not (one.measures or one.order == Order.STOP):
            continue
        yield "隐患", f"{one.hazard.number}　{one.hazard.description}"
        if one.clause:
            yield "依据", one.clause
        yield "处理措施", one.measures or f"{one.get_order_display()}：{one.requirement}"


def _undecided(visit: Visit) -> Iterator[str]:
    """Yield a sentence for each item with two answers, and for each late end, that nobody has decided."""
    waiting = visit.answers.filter(decided_at=None).select_related("by").order_by("kind", "item", "pk")
    standing = {check.item: check for check in visit.checks.select_related("by")}
    for (kind, item), answers in groupby(waiting, key=lambda one: (one.kind, one.item)):
        if kind != ActKind.CHECK:
            yield from (f"{one.by}另有“{one.get_kind_display()}”记录，待定。" for one in answers)
            continue
        check = standing.get(item)
        told = [*([] if check is None else [_answer(check)]), *map(_answer, answers)]
        yield f"检查项“{item if check is None else check.item_text}”有不同的回答，待定：{'；'.join(told)}。"


def _answer(one: Check | Answer) -> str:
    note = f"，{one.note}" if one.note else ""
    return _cell(f"{one.get_result_display()}{note}（{one.by}）")


def _files(visit: Visit) -> str:
    kinds = Counter(visit.files.order_by().values_list("kind", flat=True))
    if not kinds:
        return NONE
    labels = (("evidence", "照片、材料"), ("voice", "录音"), ("signature", "签名"))
    return "，".join(f"{label}{kinds[kind]}件" for kind, label in labels if kinds[kind]) + "。"


def _signed(visit: Visit) -> str:
    if visit.signature is not None:
        return f"{visit.head}（签名见文末）"
    if visit.refusal:
        return f"{visit.head}拒绝签字：{_cell(visit.refusal)}"
    return f"{visit.head}　　　　（未签字）"


def receiver(visit: Visit, now: datetime) -> str:
    """Return to whom hazards of a visit go: who supervises the place, where that is another body."""
    try:
        unit = posts_for(visit, now, matter=Matter.DAILY, held=False).supervisor.unit
    except Vacant:
        return SOMEBODY
    return SOMEBODY if unit.pk == visit.body_id else unit.name


def _rows(pairs: Iterator[tuple[str, str]]) -> str:
    """Return a table of two columns as templates write it."""
    return "\n".join(f"{CELL}{label}{CELL}{_cell(text)}{CELL}" for label, text in pairs) or NONE


def _cell(text: str) -> str:
    return "；".join(line.strip() for line in text.replace(CELL, "|").splitlines() if line.strip())


def _lines(text: str) -> str:
    return text.replace(CELL, "|")
