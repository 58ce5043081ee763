"""What of this room can be searched."""

from __future__ import annotations

from django.urls import reverse

from anwei.cases.kinds import kind_of
from anwei.cases.models import Case
from anwei.cases.official_papers import papers_seen
from anwei.ledgers.models import Paper
from anwei.ledgers.search import Words, register_search


def _case(row: Case) -> Words:
    where = "" if row.enterprise is None else row.enterprise.unit.name
    return Words(row.title, f"{kind_of(row).label} {row.number}", f"{where} {row.site or ''}")


def _paper(row: Paper) -> Words:
    return Words(row.title, row.number or row.get_state_display(), row.issuer.name)


register_search(
    Case,
    text=_case,
    url=lambda row: reverse("case", args=[row.pk]),
    related=("enterprise__unit", "site"),
    columns=("title", "number", "enterprise", "site"),
)
register_search(
    Paper,
    text=_paper,
    url=lambda row: reverse("paper", args=[row.pk]),
    visible=papers_seen,
    related=("issuer",),
    columns=("title", "number", "state"),
)
