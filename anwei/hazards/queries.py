"""Questions about hazards: which is like another, which came back, which of them are open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from anwei.cases.lifecycle import Phase
from anwei.hazards.models import Hazard
from anwei.org.models import Person
from anwei.sites.models import Enterprise, Site
from anwei.standards.hazards.likeness import Finding, suspects

AGAIN = timedelta(days=365)  # what recurs within twelve months is a repeat hazard
COMPARED = 300  # the newest of one enterprise: a plant with more in a year has its clerk look by hand


def hazards_at(enterprise: Enterprise | None, site: Site | None) -> QuerySet[Hazard]:
    """Return the hazards of an enterprise, or of a place of nobody's; none of an unknown place."""
    rows = Hazard._base_manager.all()
    if enterprise is not None:
        return rows.filter(enterprise=enterprise)
    return rows.filter(site=site) if site is not None else rows.none()


def recurrence_of(
    enterprise: Enterprise | None,
    site: Site | None,
    text: str,
    found_at: datetime,
    *,
    criterion: str = "",
    item: str = "",
) -> Hazard | None:
    """Return the closed hazard that this finding repeats, the likest first; None where it is new.

    A repeat is the same place, the same clause where both name one, and like words, closed off within the
    twelve months before it was found again.
    """
    closed = hazards_at(enterprise, site).filter(
        phase=Phase.CLOSED,
        outcome="rectified",
        closed_at__gte=found_at - AGAIN,
        closed_at__lte=found_at,
    )
    alike = _alike(closed.order_by("-closed_at"), site, text, criterion, item)
    return next((row for row, _likeness in alike), None)


def duplicates_of(
    person: Person, enterprise: Enterprise | None, site: Site | None, text: str, *, but: Hazard | None = None
) -> list[Hazard]:
    """Return the open hazards that a person sees and that may be the same one, the likest first.

    `but` is the one that they are compared with, where it is filed already.
    """
    return [row for row, _likeness in likenesses_of(person, enterprise, site, text, but=but)]


def likenesses_of(
    person: Person, enterprise: Enterprise | None, site: Site | None, text: str, *, but: Hazard | None = None
) -> list[tuple[Hazard, float]]:
    """Return what `duplicates_of` does, each with how alike the words are (0 to 1)."""
    seen = Hazard.objects.visible_to(person).filter(pk__in=hazards_at(enterprise, site).values("pk"))
    seen = seen if but is None else seen.exclude(pk=but.pk)
    return _alike(seen.exclude(phase=Phase.CLOSED).order_by("-found_at"), site, text)


def _alike(
    rows: QuerySet[Hazard], site: Site | None, text: str, criterion: str = "", item: str = ""
) -> list[tuple[Hazard, float]]:
    known = [row for row in rows[:COMPARED] if _same_clause(row, criterion, item)]
    findings = [Finding(str(row.site_id or ""), "", row.description) for row in known]
    asked = Finding(str("" if site is None else site.pk), "", text)
    return [(known[place], likeness) for place, likeness in suspects(asked, findings)]


def _same_clause(hazard: Hazard, criterion: str, item: str) -> bool:
    """Say whether a hazard names the same criterion or item of a checklist, or neither can be compared.

    Who judges adds a criterion to what was found by an item: like is compared with like.
    """
    both = ((hazard.criterion, criterion), (hazard.checklist_item, item))
    compared = [one == other for one, other in both if one and other]
    return any(compared) or not compared
