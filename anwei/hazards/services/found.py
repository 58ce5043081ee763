"""A hazard that is found at a visit: filed with its photos, judged and ordered on the spot where one may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.evidence import MAX_FILES, path_of
from anwei.cases.intake import Upload
from anwei.cases.services import advance
from anwei.hazards.case_papers import clause_in_words
from anwei.hazards.models import (
    Answer,
    Check,
    Grade,
    Hazard,
    Order,
    Origin,
    State,
    Visit,
    VisitFile,
    VisitHazard,
)
from anwei.hazards.models.answers import ActKind
from anwei.hazards.planning.manning import why_no_order
from anwei.hazards.planning.unfinished import going_on_since
from anwei.hazards.services.merging import told_alike
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.hazards.services.renewing import renew_papers
from anwei.hazards.services.verbs import criterion_refused
from anwei.hazards.services.visits import locked, remember, require_of_bodies
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.standards.hazards.criteria import criterion as criterion_of

BESIDE = "other-"


@dataclass(frozen=True)
class Finding:
    """What is told of a hazard on the spot; `is_major` that a person confirmed it, `reason` why so judged.

    `is_proposed`: it may be major by no criterion that is known here; the reason goes to who
    judges it (待判定).
    `files` are keys of files of the visit; without any, the photos of the item go with it. An item that
    begins with BESIDE is none of the checklist's: it only ties photos to a hazard found beside the list.
    """

    description: str
    item: str = ""
    place: str = ""
    criterion: str = ""
    is_major: bool = False
    is_proposed: bool = False
    reason: str = ""
    order: str = ""
    due_on: date | None = None
    requirement: str = ""
    measures: str = ""
    files: Sequence[str] = ()

    @property
    def checklist_item(self) -> str:
        """The item of the checklist, "" for what was found beside it."""
        return "" if self.item.startswith(BESIDE) else self.item


@transaction.atomic
def file_at_visit(
    visit: Visit, found: Finding, *, actor: Person, now: datetime, at: datetime, key: str
) -> tuple[Hazard, str]:
    """File what was found at a visit; return it, and in a sentence what becomes of it.

    Who acts for its supervising post also grades and orders it at once; else that post does later. Raises
    NotYourTurn for who does not take part, CaseError with a sentence where something does not fit: before the
    visit began, a criterion that was not in force when it was found, an order without its day.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    before = VisitHazard._base_manager.filter(hazard__key=key).select_related("hazard__supervisor").first()
    if before is not None and before.visit_id == visit.pk:
        return before.hazard, _("隐患%(number)s已登记过。") % {"number": before.hazard.number}
    if visit.state == State.PLANNED:
        raise CaseError(_("检查还没有开始，请先开始检查。"))
    if found.criterion and (why := criterion_refused(found.criterion, day_of(at))):
        raise CaseError(why)
    _require_fitting(found, day_of(at))
    _require_failed(visit, found)
    found, note = _judged(found)
    hazard = file_hazard(
        Whereabouts(visit.enterprise, visit.site, visit.territory, visit.sector),
        actor=actor,
        now=now,
        origin=Origin.INSPECTION,
        description=found.description,
        found_at=at,
        place=found.place,
        criterion=found.criterion,
        proposed_reason=found.reason if found.is_proposed else "",
        checklist_item=found.checklist_item,
        requirement=found.requirement,
        note=note,
        key=key,
        photos=_photos(visit, found, now),
        is_of_visit=True,
    )
    hazard, said = _ordered(hazard, found, actor, now)
    said += told_alike(hazard, actor)
    _remember(visit, hazard, found, actor, now)
    if visit.state == State.ENDED:
        renew_papers(visit, actor, now)
    return hazard, said


def running_visits(where: Whereabouts, person: Person, now: datetime) -> list[Visit]:
    """Return the visits at a place that go on and at which a person goes along, the latest first.

    One that began long ago and was never ended does not go on.
    """
    if where.enterprise is None and where.site is None:
        return []
    at = Q(enterprise=where.enterprise) if where.enterprise is not None else Q(site=where.site)
    going_on = {"begun_at__gte": going_on_since(now), "ended_at": None}
    rows = Visit._base_manager.filter(at, **going_on, attendances__person=person)
    return list(rows.order_by("-begun_at", "-pk"))


@transaction.atomic
def tie_to_visit(visit: Visit, hazard: Hazard, *, actor: Person, now: datetime) -> None:
    """Tie a hazard that was filed by itself to the visit at which it was found: its papers print it.

    Raises NotYourTurn for who does not take part, CaseError where the visit does not go on, or elsewhere.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    if visit.state != State.BEGUN:
        raise CaseError(_("检查%(state)s，不能再登记为本次检查发现。") % {"state": visit.state.label})
    if (visit.enterprise_id, visit.territory) != (hazard.enterprise_id, hazard.territory):
        raise CaseError(_("检查%(number)s不在这个地点。") % {"number": visit.number})
    if VisitHazard._base_manager.filter(hazard=hazard).exists():
        return  # the same form sent twice
    found = Finding(hazard.description, criterion=hazard.proposed, requirement=hazard.requirement)
    _remember(visit, hazard, found, actor, now)


def _require_failed(visit: Visit, found: Finding) -> None:
    """Raise CaseError where the item stands otherwise than failed: what was to be a hazard was withdrawn."""
    standing = Check._base_manager.filter(visit=visit, item=found.checklist_item).first()
    if standing is not None and standing.result != Check.Result.FAILED:
        waiting = Answer._base_manager.filter(
            visit=visit, kind=ActKind.CHECK, item=found.checklist_item, decided_at=None
        )
        if waiting.filter(result=Check.Result.FAILED).exists():
            raise CaseError(
                _(
                    "此项有两种回答（“%(result)s”和“不合格”），待决定：请参加检查的人员先在检查页面决定采用哪个，再登记隐患。"
                )
                % {"result": standing.get_result_display()}
            )
        raise CaseError(
            _("检查项现在是“%(result)s”，不能据以登记隐患；确有隐患的，请先改为不合格。")
            % {"result": standing.get_result_display()}
        )


def _require_fitting(found: Finding, on: date) -> None:
    """Raise CaseError where what was decided on a day does not hold together, whoever may order it."""
    if found.order and found.order not in Order.values:
        raise CaseError(_("没有这种整改方式。"))
    if found.order in (Order.DATED, Order.STOP) and found.due_on is None:
        raise CaseError(_("限期整改和停产停业整改须写明整改期限。"))
    if found.order in (Order.DATED, Order.STOP) and found.due_on is not None and found.due_on < on:
        raise CaseError(_("整改期限不能早于检查当天。"))
    if found.is_proposed and (found.is_major or found.criterion):
        raise CaseError(_("已选定条款的，不用另行提请判定。"))
    if found.is_proposed and not found.reason:
        raise CaseError(_("提请判定为重大的，须写明理由。"))
    if (found.is_major or found.is_proposed) and found.order == Order.IMMEDIATE:
        raise CaseError(_("重大隐患须限期或者停产停业整改，不能立查立改。"))
    if found.is_major and not (found.criterion or found.reason):
        raise CaseError(_("定为重大隐患须写判定条款编号；没有条款的，写明定级说明。"))


def _judged(found: Finding) -> tuple[Finding, str]:
    """Return what is decided on the spot, and what the judging post is told beside it.

    Whether it is major decides what may be ordered: what is proposed (待判定) is ordered with the judgement,
    which starts its clocks; so no paper of the visit names a day for it.
    """
    if not found.is_proposed or not found.order:
        return found, found.reason
    words = {"reason": found.reason, "order": Order(found.order).label, "day": found.due_on or ""}
    note = _("%(reason)s（现场建议：%(order)s %(day)s）") % words
    return replace(found, order="", due_on=None), note


def _ordered(hazard: Hazard, found: Finding, actor: Person, now: datetime) -> tuple[Hazard, str]:
    """Grade and order the hazard where the actor may; say what became of it."""
    words = {"number": hazard.number, "post": hazard.supervisor}
    waits = _("隐患%(number)s已登记，由“%(post)s”核实定级。") % words
    if found.is_proposed:
        return hazard, _("隐患%(number)s已登记，待判定：是否重大由“%(post)s”核实定级。") % words
    if not found.order:
        return hazard, waits
    if found.due_on is not None and found.due_on < day_of(now):  # told only when there was a signal again
        over = _("隐患%(number)s已登记；现场责令的期限已过，请“%(post)s”核实定级并定下一步。")
        return hazard, over % words
    try:
        with transaction.atomic():
            moved = advance(
                hazard,
                "order",
                actor=actor,
                now=now,
                grade=Grade.MAJOR if found.is_major else Grade.GENERAL,
                criterion=found.criterion,
                grade_reason=found.reason,
                order=found.order,
                due_on=found.due_on if found.order != Order.IMMEDIATE else None,
                requirement=found.requirement or _("按检查表要求整改"),
            )
    except NotYourTurn:
        return hazard, waits
    return Hazard._base_manager.get(pk=moved.pk), _("隐患%(number)s已登记，已定级并责令整改。") % words


def _remember(visit: Visit, hazard: Hazard, found: Finding, actor: Person, now: datetime) -> None:
    """Keep what was decided on the spot, and tie the hazard to its failed item."""
    may_order = not why_no_order(visit, visit.body)
    VisitHazard._base_manager.create(
        visit=visit,
        hazard=hazard,
        item=found.checklist_item,
        clause=clause_in_words(criterion_of(found.criterion)) if found.criterion else "",
        is_major=found.is_major,
        order=found.order if may_order else "",
        due_on=found.due_on if may_order and found.order != Order.IMMEDIATE else None,
        requirement=found.requirement.strip(),
        measures=found.measures.strip() if may_order else "",
    )
    checks = Check._base_manager.filter(visit=visit, item=found.item, result=Check.Result.FAILED, hazard=None)
    checks.update(hazard=hazard)
    content = {"hazard": hazard.number, "item": found.item, "is_major": found.is_major, "order": found.order}
    remember(visit, "hazard", content, actor=actor, now=now)


def _photos(visit: Visit, found: Finding, now: datetime) -> list[Upload]:
    """Return the photos that show it, as evidence of the hazard."""
    files = VisitFile._base_manager.filter(visit=visit, kind="evidence")
    chosen = (
        files.filter(key__in=found.files) if found.files else files.filter(item=found.item).exclude(item="")
    )
    return [
        Upload(
            file.name,
            path_of(file.stored_as).read_bytes(),
            taken_at=None if file.taken_at is None else min(file.taken_at, now),
            place=file.place or found.place,
            finding=_examined_before(file),
        )
        for file in chosen.order_by("pk")[:MAX_FILES]
        if path_of(file.stored_as).exists()  # `anwei verify` tells of one that is gone
    ]


def _examined_before(file: VisitFile) -> dict[str, Any]:
    """Return what was found in a file when it came: it need not be examined twice, and keeps its place."""
    return {
        "media_type": file.media_type,
        "taken_at": file.taken_at.isoformat() if file.by_camera and file.taken_at is not None else "",
        "latitude": file.latitude,
        "longitude": file.longitude,
        "seconds": file.seconds,
    }
