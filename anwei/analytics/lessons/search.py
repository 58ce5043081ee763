"""Who shares the conditions: every enterprise and place a person sees, with the rows that show it.

Nothing is guessed: a condition is met by a row of a register or by a hazard that was found before, and each
of these is told with its address. A chemical is the same by its name, another name of it in GB 18218, or CAS.
A former type that went up in a wider one (冒顶片帮 in 坍塌) is sought within the asked sector alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.analytics.lessons.conditions import (
    APPLIES,
    CHEMICAL,
    CLAUSE,
    EQUIPMENT,
    PROCESS,
    SAME_WORK,
    SECTOR,
    SHORTEST,
    TYPE,
    Condition,
)
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
from anwei.standards.hazards.criteria import criterion
from anwei.standards.major_hazard.matching import find
from anwei.standards.risk.accident_types import accident_type, successors
from anwei.standards.sectors import sectors

Subject = tuple[str, int]  # ("enterprise" | "site", key)
OF_ENTERPRISE, OF_SITE = "enterprise", "site"


@dataclass(frozen=True)
class Evidence:
    """One row that shows a condition: in words, and its page; `is_wide` where it may mean something else."""

    words: str
    address: str
    is_wide: bool = False


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
    def is_near(self) -> bool:
        """Whether more is shared than the sector or a type of accident that may happen to many."""
        return len(self.shown) > 1 or any(
            one.kind not in (SECTOR, TYPE) and not all(row.is_wide for row in rows)
            for one, rows in self.shown.items()
        )

    @property
    def n_evidence(self) -> int:
        """How many rows show it."""
        return sum(len(rows) for rows in self.shown.values())


def matches(conditions: Sequence[Condition], person: Person, but: int | None = None) -> list[Match]:
    """Return who shares at least one condition: with most of them first, the same sector, by rows and name.

    `but` is the key of the hazard that asks: it is no evidence of itself.
    """
    found: dict[Subject, dict[Condition, list[Evidence]]] = defaultdict(dict)
    for one in conditions:
        for subject, evidence in _FINDERS[one.kind](one.value, person, but):
            found[subject].setdefault(one, []).append(evidence)
    asked = [one for one in conditions if one.sectors]
    if asked:
        found = {subject: _within(shown, asked) for subject, shown in found.items()}
    enterprises = Enterprise.objects.visible_to(person).exclude(status=Enterprise.Status.CLOSED)
    sites = Site.objects.visible_to(person).filter(removed_on=None).select_related("unit")
    subjects: dict[Subject, Any] = {}
    for kind, rows in ((OF_ENTERPRISE, enterprises.select_related("unit")), (OF_SITE, sites)):
        keys = [key for (of, key), shown in found.items() if of == kind and shown]
        subjects |= {(kind, key): row for key, row in rows.in_bulk(keys).items()}
    known = [
        Match(subjects[subject], {one: shown[one] for one in conditions if one in shown})
        for subject, shown in found.items()
        if subject in subjects
    ]
    return sorted(
        known,
        key=lambda one: (
            *(-len(one.shown), not any(each in one.shown for each in asked)),
            *(-one.n_evidence, str(one.subject), one.subject.pk),
        ),
    )


def _within(
    shown: dict[Condition, list[Evidence]], asked: Sequence[Condition]
) -> dict[Condition, list[Evidence]]:
    """Return what shows a condition; outside the asked sectors without what may mean something else."""
    if any(one in shown for one in asked):
        return shown
    sure = {one: [row for row in rows if not row.is_wide] for one, rows in shown.items()}
    return {one: rows for one, rows in sure.items() if rows}


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
    if len(name) >= SHORTEST:
        yield from _called_so({name}, person)
        yield from _points(person, Q(name__icontains=name))


def _called_so(names: set[str], person: Person) -> Found:
    """Yield enterprises, installations and places whose own name holds one of `names`."""

    def holds(column: str) -> Q:
        return reduce(or_, (Q((f"{column}__icontains", one)) for one in sorted(names)))

    own = Enterprise.objects.visible_to(person).filter(holds("unit__name")).select_related("unit")
    for row in own:
        words = _("企业名称“%(name)s”") % {"name": row.unit.name}
        yield (OF_ENTERPRISE, row.pk), Evidence(words, reverse("enterprise", args=[row.pk]))
    for unit in Installation.objects.visible_to(person).filter(holds("name")):
        words = _("单元“%(name)s”") % {"name": unit.name}
        address = reverse("risk_installation", args=[unit.pk])
        yield (OF_ENTERPRISE, unit.enterprise_id), Evidence(words, address)
    for site in Site.objects.visible_to(person).filter(holds("name") | holds("kind"), removed_on=None):
        words = _("部位“%(name)s”") % {"name": site.name}
        yield _of(site), Evidence(words, reverse("site", args=[site.pk]))


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
    names = next((same for same in SAME_WORK if name in same), {name})
    for one in sorted(names):
        yield from _holders_of_work(one, person)
    if len(name) >= SHORTEST:
        yield from _called_so(names, person)


def _holders_of_work(name: str, person: Person) -> Found:
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
    asked = accident_type(code)
    wide = {one.code for one in successors(code) if one.name != asked.name and len(one.former) > 1}
    sure = {code, *asked.former, *(one.code for one in successors(code))} - wide
    for subject, row, evidence in _risk_points(person, ~Q(accidents="")):
        codes = {one.strip() for one in row.accidents.split(",")}
        if codes & (sure | wide):
            yield subject, replace(evidence, is_wide=not codes & sure)


def _of_the_sector(code: str, person: Person, _but: int | None) -> Found:
    yield from _in_sectors((code,), person)


def _where_the_clause_applies(key: str, person: Person, _but: int | None) -> Found:
    yield from _in_sectors(criterion(key).sectors, person, key)


def _in_sectors(codes: Sequence[str], person: Person, clause: str = "") -> Found:
    told = _("行业“%(name)s”，%(clause)s 适用") if clause else _("行业“%(name)s”")
    scope = criterion(clause).scope if clause else ""
    if scope:  # no register says which kind of mine one is
        told = _("行业“%(name)s”，%(clause)s 只适用于%(scope)s，请核对")
    own = Enterprise.objects.visible_to(person).filter(Q(sector__in=codes) | Q(second_sector__in=codes))
    for key, first, second in own.values_list("pk", "sector", "second_sector"):
        sector = sectors()[first if first in codes else second]
        words = told % {"name": _(sector.name), "clause": clause, "scope": scope}
        yield (OF_ENTERPRISE, key), Evidence(words, reverse("enterprise", args=[key]), is_wide=bool(scope))
    places = Site.objects.visible_to(person).filter(enterprise=None, sector__in=codes)
    for key, code in places.values_list("pk", "sector"):
        words = told % {"name": _(sectors()[code].name), "clause": clause, "scope": scope}
        yield (OF_SITE, key), Evidence(words, reverse("site", args=[key]), is_wide=bool(scope))


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
    SECTOR: _of_the_sector,
    APPLIES: _where_the_clause_applies,
}
