"""What the page of a visit shows of its checks, answers that wait, hazards, files, papers and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q

from anwei.hazards.models import Answer, Check, PaperNumber, PaperSigning, State, Visit, VisitPaper
from anwei.hazards.models.answers import ActKind
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.planning.reading import files_for
from anwei.hazards.visit_papers import is_to_be_signed, signing_of, takes_signature
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
    papers = paper_lines(visit)
    sees_waiting = is_of_bodies or visit.ended_at is not None
    waiting = _waiting(visit) if sees_waiting else []
    late = [answer for answer in waiting if answer.late]
    return {
        "checks": checks,
        "lists": _sheet(visit, checks) if is_of_bodies and visit.state == State.BEGUN else [],
        "results": Check.Result.choices,
        "differences": _differences(waiting, checks),
        "waiting": waiting,
        "late": late,
        "late_finding": _late_finding(visit, late),
        "decided": _decided(visit) if is_of_bodies else [],
        "found": list(visit.found.select_related("hazard")),
        "files": list(files_for(visit, person).select_related("added_by").order_by("item", "pk")),
        "papers": papers,
        "unsigned": [one.newest for one in papers if one.is_unsigned],
        "numbers": _numbers(visit, papers) if is_of_bodies else [],
        "printed": [one for one in _numbers(visit, papers) if one.stands],
    }


@dataclass
class PaperLine:
    """A paper as the page shows it: its newest version, how each was signed, the earlier ones."""

    newest: VisitPaper
    signing: PaperSigning | None
    earlier: list[tuple[VisitPaper, PaperSigning | None]]
    is_unsigned: bool
    """Whether it is another text than what was signed or given out, and not signed again."""

    @property
    def takes_signature(self) -> bool:
        """Whether the head of the place is asked to sign it at all."""
        return takes_signature(self.newest.number.template)

    @property
    def was_signed(self) -> bool:
        """Whether an earlier version was signed, or signing was refused."""
        return any(signing is not None for _version, signing in self.earlier)


@dataclass
class NumberLine:
    """A number that was taken along; `stands` is that of the paper where this one only was printed."""

    number: PaperNumber
    of: Visit
    stands: str = ""


def paper_lines(visit: Visit) -> list[PaperLine]:
    """Return the papers of a visit, each with its versions, the newest first."""
    rows = visit.papers.select_related("number", "signing", "visit").order_by("number", "-version")
    return [
        PaperLine(*versions[0], versions[1:], is_to_be_signed(versions[0][0]))
        for versions in (
            [(one, signing_of(one)) for one in group]
            for _number, group in groupby(rows, key=lambda one: one.number_id)
        )
    ]


def _sheet(visit: Visit, checks: list[Check]) -> list[tuple[str, list[Row]]]:
    standing = {check.item: check for check in checks}
    return [(one.label, [Row(item, standing.get(item.id)) for item in one.items]) for one in lists_of(visit)]


def _waiting(visit: Visit) -> list[Answer]:
    return list(visit.answers.filter(decided_at=None).select_related("by").order_by("kind", "item", "pk"))


def _late_finding(visit: Visit, late: list[Answer]) -> str:
    """Return the finding that stands once all late answers are taken, "" before the end of a visit."""
    ends = [answer.note for answer in late if answer.kind == ActKind.END]
    return ends[-1] if ends else visit.finding


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


def _numbers(visit: Visit, papers: list[PaperLine]) -> list[NumberLine]:
    """Return the numbers that were taken along to a visit and to those that were merged into it."""
    of_these = Q(visit=visit) | Q(visit__merged_into=visit)
    rows = PaperNumber._base_manager.filter(of_these).select_related("person", "visit")
    used = {one.newest.number_id for one in papers}
    standing = {one.newest.number.template: one.newest.number.number for one in papers}
    return [
        NumberLine(
            row,
            row.visit,
            standing.get(row.template, "") if row.used_at is not None and row.pk not in used else "",
        )
        for row in rows.order_by("template", "serial")
    ]
