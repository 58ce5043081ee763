"""Who shares the conditions: every enterprise and place a person sees, with the rows that show it.

Nothing is guessed: a condition is met by a row of a register or by a hazard that was found before, and each
of these is told with its address. A chemical is the same by its name, another name of it in GB 18218, or CAS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.analytics.lessons.conditions import CHEMICAL, CLAUSE, EQUIPMENT, PROCESS, TYPE, Condition
from anwei.hazards.models import Hazard
from anwei.hazards.timing import NOT_A_HAZARD
from anwei.org.models import Person
from anwei.sites.models import (
    Chemical,
    DangerousWork,
    Enterprise,
    Equipment,
    Installation,
    Process,
    RiskPoint,
    Site,
)
from anwei.standards.major_hazard.matching import find
from anwei.standards.risk.accident_types import accident_type, successors

Subject = tuple[str, int]  # ("enterprise" | "site", key)
OF_ENTERPRISE, OF_SITE = "enterprise", "site"


@dataclass(frozen=True)
class Evidence:
    """One row that shows a condition: in words, and its page."""

    words: str
    address: str


@dataclass
class Match:
    """An enterprise, or a place of none, with the evidence of each condition that it shares."""

    subject: Enterprise | Site
    shown: dict[Condition, list[Evidence]] = field(default_factory=dict)

    @property
    def enterprise(self) -> Enterprise | None:
        """The enterprise, None for a place that belongs to none."""
        return self.subject if isinstance(self.subject, Enterprise) else None

    @property
    def address(self) -> str:
        """Its page."""
        name = "enterprise" if self.enterprise else "site"
        return reverse(name, args=[self.subject.pk])

    @property
    def n_evidence(self) -> int:
        """How many rows show it."""
        return sum(len(rows) for rows in self.shown.values())


def matches(conditions: Sequence[Condition], person: Person, but: int | None = None) -> list[Match]:
    """Return who shares at least one condition, those with most of them first, then by rows and name.

    `but` is the key of the hazard that asks: it is no evidence of itself.
    """
    found: dict[Subject, dict[Condition, list[Evidence]]] = defaultdict(dict)
    for one in conditions:
        for subject, evidence in _FINDERS[one.kind](one.value, person, but):
            found[subject].setdefault(one, []).append(evidence)
    enterprises = Enterprise.objects.visible_to(person).exclude(status=Enterprise.Status.CLOSED)
    sites = Site.objects.visible_to(person).filter(removed_on=None).select_related("unit")
    subjects: dict[Subject, Any] = {}
    for kind, rows in ((OF_ENTERPRISE, enterprises.select_related("unit")), (OF_SITE, sites)):
        keys = [key for of, key in found if of == kind]
        subjects |= {(kind, key): row for key, row in rows.in_bulk(keys).items()}
    known = [
        Match(subjects[subject], {one: shown[one] for one in conditions if one in shown})
        for subject, shown in found.items()
        if subject in subjects
    ]
    return sorted(known, key=lambda one: (-len(one.shown), -one.n_evidence, str(one.subject), one.subject.pk))


Found = Iterator[tuple[Subject, Evidence]]


def _row(code: str, key: int) -> str:
    return reverse("ledger_row", args=[code, key])


def _holders_of_chemical(name: str, person: Person, _but: int | None) -> Found:
    wanted = _numbers(name)
    rows = Chemical.objects.visible_to(person).select_related("installation")
    for row in rows:
        same = row.name == name or wanted & (_numbers(row.name) | _numbers(row.cas))
        if not same:
            continue
        words = [row.name]
        quantity = row.actual_t if row.actual_t is not None else row.design_t
        if quantity is not None:
            text = _("实际最大量 %(n)s 吨") if row.actual_t is not None else _("设计最大量 %(n)s 吨")
            words.append(text % {"n": f"{quantity.normalize():f}"})
        if row.installation is not None:
            words.append(_("单元“%(name)s”") % {"name": row.installation.name})
        yield (OF_ENTERPRISE, row.enterprise_id), Evidence(" ".join(words), _row("chemicals", row.pk))


def _holders_of_equipment(name: str, person: Person, _but: int | None) -> Found:
    equipment = Equipment.objects.visible_to(person).filter(in_use=True)
    for row in equipment.filter(Q(name__icontains=name) | Q(kind__icontains=name)):
        words = f"{row.code} {row.name}" + (f"（{row.kind}）" if row.kind else "")
        yield (OF_ENTERPRISE, row.enterprise_id), Evidence(words, _row("equipment", row.pk))
    for unit in Installation.objects.visible_to(person).filter(name__icontains=name):
        words = _("单元“%(name)s”") % {"name": unit.name}
        yield (
            (OF_ENTERPRISE, unit.enterprise_id),
            Evidence(words, reverse("risk_installation", args=[unit.pk])),
        )
    yield from _points(person, Q(name__icontains=name))


def _holders_of_process(name: str, person: Person, _but: int | None) -> Found:
    processes = Process.objects.visible_to(person)
    for row in processes.filter(Q(name__icontains=name) | Q(regulated__icontains=name)):
        words = _("工艺“%(name)s”") % {"name": row.name}
        yield (OF_ENTERPRISE, row.enterprise_id), Evidence(words, _row("processes", row.pk))
    works = DangerousWork.objects.visible_to(person).filter(name__icontains=name).select_related("site")
    for work in works:
        words = _("危大工程“%(name)s”") % {"name": work.name}
        yield _of(work.site), Evidence(words, _row("dangerous-works", work.pk))
    yield from _points(person, Q(name__icontains=name) | Q(description__icontains=name))


def _where_the_clause_failed(key: str, person: Person, but: int | None) -> Found:
    rows = Hazard.objects.visible_to(person).filter(criterion=key).exclude(outcome__in=NOT_A_HAZARD)
    for row in rows.exclude(pk=but).order_by("-found_at"):
        subject = (OF_ENTERPRISE, row.enterprise_id) if row.enterprise_id else (OF_SITE, row.site_id or 0)
        words = _("%(day)s 查出 %(number)s") % {"day": _day(row.found_at), "number": row.number}
        yield subject, Evidence(words, reverse("case", args=[row.pk]))


def _where_the_type_may_happen(code: str, person: Person, _but: int | None) -> Found:
    codes = {code, *accident_type(code).former, *(one.code for one in successors(code))}
    for subject, row, evidence in _risk_points(person, ~Q(accidents="")):
        if codes & {one.strip() for one in row.accidents.split(",")}:
            yield subject, evidence


def _points(person: Person, narrow: Q) -> Found:
    for subject, _row_of, evidence in _risk_points(person, narrow):
        yield subject, evidence


def _risk_points(person: Person, narrow: Q) -> Iterator[tuple[Subject, RiskPoint, Evidence]]:
    rows = RiskPoint.objects.visible_to(person).filter(narrow, removed_on=None).select_related("site")
    for row in rows:
        words = _("风险点“%(name)s”") % {"name": row.name}
        yield _of(row.site), row, Evidence(words, reverse("risk_point", args=[row.pk]))


def _of(site: Site) -> Subject:
    return (OF_ENTERPRISE, site.enterprise_id) if site.enterprise_id else (OF_SITE, site.pk)


def _numbers(words: str) -> set[int]:
    return {one.number for one in find(words)} if words else set()


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


_FINDERS: dict[str, Callable[[str, Person, int | None], Iterable[tuple[Subject, Evidence]]]] = {
    CHEMICAL: _holders_of_chemical,
    EQUIPMENT: _holders_of_equipment,
    PROCESS: _holders_of_process,
    CLAUSE: _where_the_clause_failed,
    TYPE: _where_the_type_may_happen,
}
