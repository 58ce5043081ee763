"""A briefing as an official paper: drafted, reviewed and signed by three hands, with its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.official_papers import hand_of, principal_of
from anwei.ledgers.models import Paper
from anwei.ledgers.papers.registers import Act, Body, PaperRegister
from anwei.org.models import Person, Post, Unit
from anwei.oversight.briefing import paper
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.document import Correction, Difference, Written, document, title_of
from anwei.oversight.briefing.parts import Document
from anwei.oversight.briefing.queries import REGISTER, briefings, briefings_seen, newest_version
from anwei.oversight.briefing.since import changed_since, why_outdated
from anwei.oversight.models import Briefing
from anwei.standards.briefing import addressee
from anwei.standards.papers import PaperTemplate

TEMPLATE = "briefing"
ANNEXES = ("事故统计表", "隐患统计表", "督办进度表", "年度控制指标进度表")


def document_of(briefing: Briefing) -> Document:
    """Return the whole text of a briefing, with the lines that anchor its snapshot."""
    written = Written(briefing.causes, briefing.problems, briefing.next_steps)
    return document(
        briefing.snapshot, briefing.layout, written, correction=_correction(briefing), foot=anchors(briefing)
    )


def anchors(briefing: Briefing) -> tuple[str, ...]:
    """Return what is printed at the end: the digest of the snapshot and the head of the sealed chain."""
    return (
        f"本通报数据已冻结，校验值（SHA-256）：{_grouped(briefing.digest)}。",
        f"生成时全部记录的封存校验值（第{briefing.head_number}号）：{_grouped(briefing.head_digest)}。",
    )


def _grouped(digest: str) -> str:
    """Return a digest as people read it aloud."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def body(briefing: Briefing) -> Body:
    """Return the paper's body, its attachments and their pages."""
    told = document_of(briefing)
    return Body(paper.blocks(told), ANNEXES, paper.annexes(told), paper.broken_title(told.title))


def _correction(briefing: Briefing) -> Correction | None:
    if briefing.corrects is None:
        return None
    former = briefings().get(pk=briefing.corrects.pk)
    title = title_of(Book(former.snapshot), former.corrects_id is not None)
    number = f"（{former.number}）" if former.number else ""
    changed = tuple(Difference(**row) for row in briefing.differences)
    return Correction(f"《{title}》{number}", briefing.reason, changed)


def _row_for(person: Person, key: str) -> Briefing | None:
    rows = briefings_seen(person).filter(pk=key).select_related("post__unit", "corrects")
    found: Briefing | None = rows.first()
    return found


def _barred(briefing: Briefing, key: str) -> str:
    if key != TEMPLATE:
        return ""
    if not briefing.next_steps:
        return _("第八部分“下步要求”还没有人写，写好后再拟公文。")
    if briefing.version != newest_version(briefing):
        return _("这份通报有更新的版本，请用最新的版本拟公文。")
    papers = Paper.objects.filter(register=REGISTER, row=str(briefing.pk))
    if papers.exclude(state=Paper.State.WITHDRAWN).exists():
        return _("这份通报已经拟了公文。")
    return ""


def _templates(briefing: Briefing) -> Sequence[str]:
    return () if _barred(briefing, TEMPLATE) else (TEMPLATE,)


def _issuer(briefing: Briefing, template: PaperTemplate) -> Unit:
    return briefing.post.unit


def _post_for(person: Person, briefing: Briefing, act: Act, now: datetime) -> Post | None:
    return hand_of(person, briefing.post, act, now)


def _words(briefing: Briefing, template: PaperTemplate, now: datetime) -> Mapping[str, str]:
    title = title_of(Book(briefing.snapshot), briefing.corrects is not None)
    return {"briefing": title, "to": addressee()}


def _body(key: str, template: str) -> Body | None:
    rows = Briefing.objects.select_related("corrects")
    return body(rows.get(pk=key)) if template == TEMPLATE else None


def _outdated(key: str, template: str, now: datetime) -> str:
    row = Briefing.objects.get(pk=key)
    return why_outdated(row, changed_since(row, now))


PAPERS = PaperRegister(
    label=REGISTER,
    row_for=_row_for,
    url=lambda key: reverse("briefing", args=[key]),
    templates=_templates,
    issuer=_issuer,
    post_for=_post_for,
    words=_words,
    answering=(Briefing, "post"),
    principal_of=principal_of,
    barred=_barred,
    body=_body,
    outdated=_outdated,
)
