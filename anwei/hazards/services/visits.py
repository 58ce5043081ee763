"""Planning a visit under the cap and moving it; and what every act on a visit needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.notices.services import tell
from anwei.cases.services import next_number
from anwei.hazards.models import Attendance, Campaign, State, Visit
from anwei.hazards.planning.bodies import bodies_of, certified_on
from anwei.hazards.planning.capping import refusal
from anwei.hazards.services.opening import Whereabouts
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import grants
from anwei.sites.models import Enterprise
from anwei.standards.inspections.rules import Reason, reasons

REGISTER = "hazards.visit"
PREFIX = "JC"
FAR = 400  # days: further ahead nobody plans


@transaction.atomic
def plan_visit(
    where: Whereabouts,
    *,
    actor: Person,
    now: datetime,
    body: Unit,
    planned_on: date,
    reason: str,
    reason_text: str = "",
    announced: bool = True,
    campaign: Campaign | None = None,
    others: Sequence[Unit] = (),
    inspectors: Sequence[Person] = (),
) -> Visit:
    """Plan a visit of `body` (and `others`) and tell the enterprise, unless it is unannounced.

    Raises NotYourTurn for who does not act for `body` or does not see the place, and CaseError with a
    sentence for an enterprise that is closed, a day that is over, a reason that does not fit, or one visit
    more than the year allows.
    """
    where = where.completed()
    if sentence := closed(where):
        raise CaseError(sentence)
    why = _reason(reason, reason_text, announced)
    bodies = list({unit.pk: unit for unit in (body, *others)}.values())
    if body not in bodies_of(actor, now):
        raise NotYourTurn(_("您只能以自己单位的名义安排检查。"))
    keep_in_sight(where, actor)
    _check_day(planned_on, now)
    if campaign is not None and campaign.closed_at is not None:
        raise CaseError(_("“%(campaign)s”已结束，不能再安排检查。") % {"campaign": campaign})
    if where.enterprise is not None:
        keep_under_cap(bodies, where.enterprise, planned_on, why)
    visit = Visit._base_manager.create(
        number=next_number(PREFIX, now),
        campaign=campaign,
        enterprise=where.enterprise,
        site=where.site,
        territory=where.territory,
        sector=where.sector,
        planned_on=planned_on,
        announced=announced,
        reason=why.code,
        reason_text=reason_text.strip(),
        citation=why.citation,
        counted=why.counted and where.enterprise is not None,
        body=body,
        planned_by=actor,
        planned_at=now,
    )
    visit.bodies.set(bodies)
    send(visit, inspectors, now)
    content = {
        "number": visit.number,
        "enterprise": visit.enterprise_id,
        "site": visit.site_id,
        "planned_on": planned_on.isoformat(),
        "announced": announced,
        "reason": why.code,
        "bodies": [unit.pk for unit in bodies],
    }
    remember(visit, "plan", content, actor=actor, now=now)
    if announced:
        tell_enterprise(visit, actor, now)
    return visit


def closed(where: Whereabouts) -> str:
    """Return why nobody is visited any more at an enterprise that is closed, "" elsewhere."""
    if where.enterprise is None or where.enterprise.status != Enterprise.Status.CLOSED:
        return ""
    words = {"enterprise": where.enterprise}
    return _("%(enterprise)s已关闭，不再安排检查；又开工的，请先在企业台账改回状态。") % words


def send(visit: Visit, inspectors: Sequence[Person], now: datetime) -> None:
    """Put inspectors on a visit, each with unit and the certificate number that is valid on its day.

    Who has no certificate goes along for that of the bodies at which they act, else for the leading one.
    """
    bodies = {*visit.bodies.all()}
    known = {one.person_id: one for one in certified_on(visit.planned_on).filter(person__in=inspectors)}
    for person in inspectors:
        if (certificate := known.get(person.pk)) is not None:
            told = {"unit": certificate.unit, "certificate": certificate.number}
        else:
            own = (unit for unit in bodies_of(person, now) if unit in bodies)
            told = {"unit": next(own, visit.body), "certificate": ""}
        Attendance._base_manager.get_or_create(visit=visit, person=person, defaults=told)


@transaction.atomic
def change_visit(
    visit: Visit, *, actor: Person, now: datetime, planned_on: date, inspectors: Sequence[Person]
) -> Visit:
    """Move a visit to another day and say anew who goes, while nobody came. Raises as `plan_visit`."""
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    require_planned(visit)
    if planned_on != visit.planned_on:
        _check_day(planned_on, now)
        if visit.enterprise is not None and visit.planned_on.year != planned_on.year:
            keep_under_cap(visit.bodies.all(), visit.enterprise, planned_on, reasons()[visit.reason])
    moved = planned_on != visit.planned_on
    visit.planned_on = planned_on
    visit.save(update_fields=["planned_on"])
    visit.attendances.all().delete()
    send(visit, inspectors, now)
    content = {"planned_on": planned_on.isoformat(), "inspectors": [one.pk for one in inspectors]}
    remember(visit, "change", content, actor=actor, now=now)
    if moved and visit.announced:
        tell_enterprise(visit, actor, now)
    return visit


def tell_enterprise(visit: Visit, actor: Person, now: datetime, *, text: str = "", of: str = "plan") -> None:
    """Tell head and safety staff of the visited enterprise; a place of nobody's has none to tell."""
    if visit.enterprise is None:
        return
    words = {
        "bodies": _("、").join(str(unit) for unit in visit.bodies.all()),
        "day": visit.planned_on,
        "reason": visit.get_reason_display(),
    }
    kinds = (Post.Kind.PRINCIPAL, Post.Kind.SAFETY)
    tell(
        to=list(Post.objects.filter(unit=visit.enterprise.unit_id, kind__in=kinds)),
        text=text or _("%(bodies)s定于 %(day)s 来检查：%(reason)s") % words,
        url=reverse("inspection", args=[visit.pk]),
        level="info",
        key=f"visit-{visit.pk}-{of}-{visit.planned_on}",
        now=now,
        actor=actor,
    )


def locked(visit: Visit) -> Visit:
    """Return the visit as it stands, locked until the transaction ends."""
    return Visit._base_manager.select_for_update().get(pk=visit.pk)


def require_of_bodies(visit: Visit, actor: Person, now: datetime) -> None:
    """Raise NotYourTurn unless the actor goes along or acts for a body that does."""
    own = {unit.pk for unit in bodies_of(actor, now)}
    goes = visit.attendances.filter(person=actor).exists()
    if not own or not (goes or own & {*visit.bodies.values_list("pk", flat=True)}):
        raise NotYourTurn(_("只有参加检查的单位可以办理。"))


def keep_under_cap(bodies: Iterable[Unit], enterprise: Enterprise, on: date, why: Reason) -> None:
    """Raise CaseError where one more visit in the year of `on` is too many for one of the bodies.

    The enterprise is locked: one after the other, so that two bodies at once do not pass the cap.
    """
    Enterprise._base_manager.select_for_update().get(pk=enterprise.pk)
    if sentence := refusal(bodies, enterprise, on, why):
        raise CaseError(sentence)


def keep_in_sight(where: Whereabouts, actor: Person) -> None:
    """Raise NotYourTurn where the actor does not see the place."""
    key = None if where.enterprise is None else where.enterprise.pk
    if not any(grant.covers(where.territory, where.sector, key) for grant in grants(actor)):
        raise NotYourTurn(_("您不能安排管辖范围以外的检查。"))


def remember(
    visit: Visit, verb: str, content: dict[str, Any], *, actor: Person, now: datetime, reason: str = ""
) -> None:
    """Enter an act on a visit in the sealed change log."""
    record_change(REGISTER, visit.pk, actor=actor, now=now, verb=verb, content=content, reason=reason[:200])


def _reason(code: str, text: str, announced: bool) -> Reason:
    try:
        why = reasons()[code]
    except KeyError as fault:
        raise CaseError(_("请选择检查事由。")) from fault
    words = {"reason": _(why.label)}
    if why.asks and not text.strip():
        raise CaseError(_("“%(reason)s”须写明线索或者文号。") % words)
    if not announced and not why.unannounced:
        raise CaseError(_("“%(reason)s”须事先告知企业。") % words)
    if announced and why.must_be_unannounced:
        raise CaseError(_("“%(reason)s”不事先告知企业。") % words)
    return why


def _check_day(day: date, now: datetime) -> None:
    if day < day_of(now):
        raise CaseError(_("检查日期不能早于今天。"))
    if (day - day_of(now)).days > FAR:
        raise CaseError(_("检查日期太远，请安排在 %(n)d 天以内。") % {"n": FAR})


def require_planned(visit: Visit) -> None:
    """Raise CaseError where a visit has begun or will not be."""
    if visit.state != State.PLANNED:
        raise CaseError(_("检查%(state)s，不能再改。") % {"state": visit.state.label})
