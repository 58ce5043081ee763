"""What others read of papers: those of a row, and one as a person may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anwei.ledgers.models import Paper, PaperVersion
from anwei.ledgers.papers.hands import has_a_part
from anwei.ledgers.papers.registers import Act, paper_register
from anwei.ledgers.papers.services import county_template
from anwei.standards.papers import PaperTemplate

RELATED = ("issuer", "valid", "drafted_by", "reviewed_by", "signed_by")


def papers_of(register: str, row: Any, *, unsigned: bool = False) -> QuerySet[Paper]:
    """Return the papers about a register row, newest first: what was issued, with `unsigned` drafts too."""
    found = Paper.objects.filter(register=register, row=str(getattr(row, "pk", row))).select_related(*RELATED)
    return found if unsigned else found.filter(state=Paper.State.SIGNED)


def papers_for(person: Any, register: str, row: Any, now: datetime) -> QuerySet[Paper]:
    """Return the papers about a row as a person may see them: drafts only for hands of the issuer."""
    return papers_of(register, row, unsigned=_has_a_hand(person, register, row, now))


def visible_paper(pk: int, person: Any, now: datetime) -> tuple[Paper, Any] | None:
    """Return a paper with its row, None where there is none or the person may not see it."""
    paper = Paper.objects.filter(pk=pk).select_related(*RELATED).first()
    if paper is None:
        return None
    row = paper_register(paper.register).row_for(person, paper.row)
    if row is None:
        return None
    issued = paper.state == Paper.State.SIGNED
    return (paper, row) if issued or is_inside(paper, person, row, now) else None


def is_inside(paper: Paper, person: Any, row: Any, now: datetime) -> bool:
    """Say whether a paper's drafts and its way are the person's: of the issuer, or one of its hands."""
    return _has_a_hand(person, paper.register, row, now) or has_a_part(paper, person)


def versions_for(paper: Paper, person: Any, row: Any, now: datetime) -> QuerySet[PaperVersion]:
    """Return the versions of a visible paper that a person may read: an outsider only the valid one."""
    versions = PaperVersion.objects.filter(paper=paper).select_related("added_by").order_by("-number")
    if is_inside(paper, person, row, now):
        return versions
    return versions.none() if paper.valid is None else versions.filter(pk=paper.valid.pk)


def draftable(person: Any, register: str, row: Any, now: datetime) -> list[PaperTemplate]:
    """Return the templates from which a person may draft a paper on a row now."""
    room = paper_register(register)
    if room.post_for(person, row, Act.DRAFT, now) is None:
        return []
    return [county_template(key) for key in room.templates(row)]


def _has_a_hand(person: Any, register: str, row: Any, now: datetime) -> bool:
    room = paper_register(register)
    return any(room.post_for(person, row, act, now) is not None for act in (Act.DRAFT, Act.SIGN))
