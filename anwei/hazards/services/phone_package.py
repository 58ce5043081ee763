"""What a person takes along for a day without signal: the visits, their checklists, criteria and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.hazards.case_papers import clause_in_words
from anwei.hazards.models import Check, Hazard, Visit, VisitPaper
from anwei.hazards.planning.checklists import lists_of, sectors_of
from anwei.hazards.planning.manning import too_few, why_no_order
from anwei.hazards.queries import hazards_at
from anwei.hazards.remedies import remedy_words
from anwei.hazards.services.paper_numbers import TEMPLATES, reserved
from anwei.hazards.visit_papers import changed_mark, standing_words, without_certificate
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.standards.hazards.criteria import UNUSABLE, Criterion, criteria_of
from anwei.standards.law.in_full import in_full

AHEAD = timedelta(days=1)
REMEMBERED = timedelta(days=90)  # that a phone is told of changes after a visit
MOST_VISITS, MOST_HAZARDS = 20, 50


def package(person: Person, now: datetime) -> dict[str, Any]:
    """Return all that the phone page needs, for JSON; numbers are reserved that are not yet.

    The visits are those at which the person goes along: begun, due by tomorrow, or ended today.
    """
    visits = list(_visits(person, now))
    sectors = dict.fromkeys(code for visit in visits for code in sectors_of(visit))
    leading = {visit.body_id: visit.body for visit in visits}
    remedies = {pk: remedy_words(unit) for pk, unit in leading.items()}
    return {
        "person": {"pk": person.pk, "name": str(person)},
        "at": now.isoformat(),
        "visits": [_visit(visit, person, now, remedies[visit.body_id]) for visit in visits],
        "criteria": _criteria(sectors, day_of(now)),
        "changed": _changed(person, now),
    }


def _changed(person: Person, now: datetime) -> dict[str, dict[str, str]]:
    """Return what was changed on papers since they were first made, by visit and kind: a sentence each.

    A phone may still hold the visit, and print what it holds.
    """
    lately = VisitPaper._base_manager.filter(
        visit__attendances__person=person, visit__ended_at__gte=now - REMEMBERED
    )
    rows = lately.select_related("number", "signing", "visit").order_by("number", "version")
    newest = {paper.number_id: paper for paper in rows}
    found: dict[str, dict[str, str]] = {}
    kinds = {template: kind for kind, template in TEMPLATES.items()}
    with translation.override("zh-hans"):
        for paper in newest.values():
            mark = changed_mark(paper.number, paper.version, paper.made_at, paper.signing)
            if mark:
                found.setdefault(str(paper.visit_id), {})[kinds[paper.number.template]] = mark
    return found


def _visits(person: Person, now: datetime) -> Iterable[Visit]:
    today = day_of(now)
    ended_today = Q(ended_at__gte=timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0))
    rows = Visit.objects.visible_to(person).filter(
        Q(ended_at=None) | ended_today,
        attendances__person=person,
        cancelled_at=None,
        planned_on__lte=today + AHEAD,
    )
    rows = rows.select_related("enterprise__unit", "site", "body", "campaign")
    rows = rows.prefetch_related("bodies", "attendances__person", "attendances__unit", "merged")
    return rows.order_by("-planned_on", "pk")[:MOST_VISITS]


def _visit(visit: Visit, person: Person, now: datetime, remedies: Mapping[str, str]) -> dict[str, Any]:
    place, address = _place(visit)
    refused = why_no_order(visit, visit.body)
    return {
        "pk": visit.pk,
        "number": visit.number,
        "whom": visit.whom,
        "address": address,
        "place": place,
        "planned_on": visit.planned_on.isoformat(),
        "begun_at": _moment(visit.begun_at),
        "ended_at": _moment(visit.ended_at),
        "announced": visit.announced,
        "reason": _("、").join(visit.reasons),
        "citation": visit.citation,
        "bodies": [str(unit) for unit in visit.bodies.all()],
        "inspectors": [
            {
                "pk": one.person_id,
                "name": str(one.person),
                "unit": str(one.unit),
                "certificate": one.certificate,
                "without": "" if one.certificate else without_certificate(one),
            }
            for one in visit.attendances.all()
        ],
        "delegated": not refused,
        "why_not": refused,
        "too_few": too_few(visit) if visit.begun_at is None else "",
        "sectors": sectors_of(visit),
        "lists": [
            {
                "code": one.code,
                "label": one.label,
                "items": [
                    {
                        "code": item.id,
                        "text": item.item,
                        "basis": item.legal_basis,
                        "cited": in_full(item.legal_basis),  # as papers print it
                        "criteria": list(item.major_hazard_ids),
                    }
                    for item in one.items
                ],
            }
            for one in lists_of(visit)
        ],
        "checks": [_check(check) for check in visit.checks.select_related("by", "hazard")],
        "open_hazards": [_hazard(hazard, day_of(now)) for hazard in _open(visit, person)],
        "numbers": reserved(visit, person, now) if visit.ended_at is None else {},
        "words": {**_words(visit, now), **remedies},
    }


def _words(visit: Visit, now: datetime) -> dict[str, str]:
    """Return what the papers of the visit say before it begins, in Chinese whatever language one reads."""
    with translation.override("zh-hans"):
        return standing_words(visit, now)


def _place(visit: Visit) -> tuple[list[float] | None, str]:
    """Return latitude and longitude (degrees WGS84) of what is visited, where known, and its address."""
    owners = [owner for owner in (visit.site, visit.enterprise) if owner is not None]
    address = next((owner.address for owner in owners if owner.address), "")
    for owner in owners:
        if owner.latitude is not None and owner.longitude is not None:
            return [owner.latitude, owner.longitude], address
    return None, address


def _check(check: Check) -> dict[str, Any]:
    return {
        "item": check.item,
        "result": check.result,
        "note": check.note,
        "change": check.change,
        "by": str(check.by or ""),
        "at": check.at.isoformat(),
        "hazard": check.hazard_id,
        "hazard_number": "" if check.hazard is None else check.hazard.number,
    }


def _open(visit: Visit, person: Person) -> Iterable[Hazard]:
    at_place = hazards_at(visit.enterprise, visit.site).values("pk")
    rows = Hazard.objects.visible_to(person).filter(pk__in=at_place).exclude(phase=Phase.CLOSED)
    return rows.order_by("due_on", "pk")[:MOST_HAZARDS]


def _hazard(hazard: Hazard, today: date) -> dict[str, Any]:
    return {
        "number": hazard.number,
        "description": hazard.description,
        "due_on": None if hazard.due_on is None else hazard.due_on.isoformat(),
        "overdue": hazard.due_on is not None and hazard.due_on < today,
    }


def _criteria(sectors: Iterable[str], today: date) -> list[dict[str, Any]]:
    """Return the criteria offered to some sectors; those that carry no new decision say why."""
    offered = dict.fromkeys(row for code in sectors for row in criteria_of(code))
    return [_criterion(row, today) for row in offered]


def _criterion(row: Criterion, today: date) -> dict[str, Any]:
    why = row.unusable_because(today)
    return {
        "code": row.id,
        "text": row.text,
        "source": row.source,
        "industry": _(row.industry),
        "sectors": list(row.sectors),
        "in_force": None if row.effective_from is None else row.effective_from.isoformat(),
        "version": row.version,
        "clause": clause_in_words(row),
        "usable": not why,
        "why_not": _(UNUSABLE[why]) if why else "",
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
