"""What the page of a visit shows of its checks, answers that wait, hazards, files, papers and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from anwei.hazards.models import Answer, Check, State, Visit, VisitPaper
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.planning.reading import files_for
from anwei.org.models import Person
from anwei.standards.hazards.checklists import ChecklistItem, checklist_items


@dataclass
class Row:
    """An item of a checklist with the answer that stands."""

    item: ChecklistItem
    check: Check | None = None


@dataclass
class Difference:
    """What waits for a decision: the answer that stands, if any, and those that came beside it."""

    title: str
    standing: Check | None
    answers: list[Answer] = field(default_factory=list)


def parts(visit: Visit, person: Person, *, is_of_bodies: bool) -> dict[str, Any]:
    """Return the parts of a visit that a person sees; the enterprise sees no open question before its end."""
    checks = list(visit.checks.select_related("hazard", "by"))
    sees_waiting = is_of_bodies or visit.ended_at is not None
    waiting = _waiting(visit) if sees_waiting else []
    return {
        "checks": checks,
        "lists": _sheet(visit, checks) if is_of_bodies and visit.state == State.BEGUN else [],
        "results": Check.Result.choices,
        "differences": _differences(waiting, checks),
        "waiting": waiting,
        "late": [answer for answer in waiting if answer.late],
        "decided": _decided(visit) if is_of_bodies else [],
        "found": list(visit.found.select_related("hazard")),
        "files": list(files_for(visit, person).select_related("added_by").order_by("item", "pk")),
        "papers": latest(visit.papers.select_related("number").order_by("number", "version")),
        "numbers": _numbers(visit) if is_of_bodies else [],
    }


def latest(papers: Iterable[VisitPaper]) -> list[VisitPaper]:
    """Return the newest version of each paper, of papers in the order of their versions."""
    return list({paper.number_id: paper for paper in papers}.values())


def _sheet(visit: Visit, checks: list[Check]) -> list[tuple[str, list[Row]]]:
    standing = {check.item: check for check in checks}
    return [(one.label, [Row(item, standing.get(item.id)) for item in one.items]) for one in lists_of(visit)]


def _waiting(visit: Visit) -> list[Answer]:
    return list(visit.answers.filter(decided_at=None).select_related("by").order_by("kind", "item", "pk"))


def _decided(visit: Visit) -> list[Answer]:
    decided = visit.answers.filter(decided_at__isnull=False).select_related("by", "decided_by")
    return list(decided.order_by("decided_at"))


def _differences(waiting: list[Answer], checks: list[Check]) -> list[Difference]:
    standing, known = {check.item: check for check in checks}, checklist_items()
    found: dict[tuple[str, str], Difference] = {}
    for answer in waiting:
        title = known[answer.item].item if answer.item in known else str(answer.get_kind_display())
        fresh = Difference(title, standing.get(answer.item))
        found.setdefault((answer.kind, answer.item), fresh).answers.append(answer)
    return list(found.values())


def _numbers(visit: Visit) -> list[Any]:
    return list(visit.paper_numbers.select_related("person").order_by("template", "serial"))
