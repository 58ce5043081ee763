"""Assessments are kept here: by which method, by whom, when due again; a second person then confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from anwei.language import gettext_noop
from anwei.ledgers.services import county_setting, record_change
from anwei.org.holdings import day_of, posts_of
from anwei.org.models import Person
from anwei.org.register_rules import FILE_KEEPERS, may_keep_registers
from anwei.org.scope import ensure_visible
from anwei.sites.models import Assessment, Enterprise, Installation, RiskPoint
from anwei.sites.risks.levels_answered import contradicted
from anwei.sites.risks.points import months_later
from anwei.sites.risks.queries import CHEMICAL
from anwei.standards.risk import methods
from anwei.standards.risk.diagnosis import Answer, diagnose, next_review
from anwei.standards.risk.methods import Method
from anwei.standards.risk.rating import Value, rate
from anwei.standards.risk.records import Record
from anwei.standards.sentences import Unassessable

REGISTER = "sites.assessment"  # under which the acts on an assessment are sealed
SETTING = "risk.{method}"  # key of the county's own bands
Thing = Enterprise | Installation | RiskPoint
Teller = Callable[[Assessment, Any, datetime], None]
_tellers: list[Teller] = []


def on_assessment(teller: Teller) -> None:
    """Let a room above hear of each act on an assessment: as it is now, by whom (None: the system), when."""
    _tellers.append(teller)


def remember(
    assessment: Assessment, verb: str, content: dict[str, Any], *, actor: Any, now: datetime, reason: str = ""
) -> None:
    """Seal an act on an assessment, and tell of it."""
    record_change(REGISTER, assessment.pk, actor=actor, now=now, verb=verb, content=content, reason=reason)
    for teller in _tellers:
        teller(assessment, actor, now)


def method_of(key: str) -> Method:
    """Return LEC or LS with the county's own bands. Raises KeyError for another key."""
    return {"lec": methods.lec, "ls": methods.ls}[key](county_setting(SETTING.format(method=key), None))


def years_later(now: datetime, years: int) -> date:
    """Return the county's day so many years later."""
    return months_later(day_of(now), 12 * years)


def owner_of(thing: Thing) -> Enterprise | None:
    """Return the enterprise that a thing is or belongs to."""
    if isinstance(thing, Enterprise):
        return thing
    return thing.enterprise if isinstance(thing, Installation) else thing.site.enterprise


def may_assess(person: Person, thing: Thing, now: datetime) -> bool:
    """Say whether a person may assess: officials who keep registers, the enterprise's own safety posts."""
    owner = owner_of(thing)
    own = posts_of(person, now).filter(kind__in=FILE_KEEPERS)
    return may_keep_registers(person) or (owner is not None and own.filter(unit=owner.unit_id).exists())


def is_chemical(enterprise: Enterprise) -> bool:
    """Say whether 应急〔2018〕19号, the guide for chemical enterprises, is for this one."""
    return CHEMICAL in (enterprise.sector, enterprise.second_sector)


@transaction.atomic
def rate_point(
    point: RiskPoint, key: str, values: Mapping[str, Value], *, actor: Person, now: datetime
) -> Assessment:
    """Assess a risk point by LEC or LS. Raises Unassessable for a value that is missing or in no table."""
    _require_assessor(actor, point, now)
    record = rate(method_of(key), values).to_json()
    review_on = months_later(day_of(now), point.review_months)
    return keep(record, point, actor=actor, now=now, review_on=review_on)


@transaction.atomic
def diagnose_enterprise(
    enterprise: Enterprise, answers: Mapping[str, Answer], *, actor: Person, now: datetime
) -> Assessment:
    """Assess an enterprise by 应急〔2018〕19号. Raises Unassessable while answers could change the colour."""
    _require_assessor(actor, enterprise, now)
    found = diagnose(answers)
    if not found.settled:
        message = gettext_noop("还有 {n} 项未回答，答完才能提交")
        raise Unassessable(message, n=str(len(found.missing)))
    record = found.to_json()
    record["confirm"] += [doubt.to_json() for doubt in contradicted(enterprise, answers)]
    return keep(record, enterprise, actor=actor, now=now, review_on=next_review(day_of(now)))


@transaction.atomic
def keep(
    record: Record, thing: Thing, *, actor: Any, now: datetime, review_on: date, assessor: Any = None
) -> Assessment:
    """Keep a finished assessment in the stored form of `standards.risk.records`, unconfirmed.

    `assessor` is who answers for what it rests on where that is not the actor. Raises PermissionDenied where
    the actor (None: the system) may not see what was assessed.
    """
    made = drawn_up(record, thing, assessor=assessor or actor, now=now, review_on=review_on)
    made.save(force_insert=True)
    remember(made, "assess", sealed(made), actor=actor, now=now)
    if actor is not None:
        ensure_visible(actor, made)
    return made


def drawn_up(record: Record, thing: Thing, *, assessor: Any, now: datetime, review_on: date) -> Assessment:
    """Return a finished assessment in the stored form of `standards.risk.records`, not yet written."""
    owner = owner_of(thing)
    lies = thing.site if isinstance(thing, RiskPoint) else None
    return Assessment(
        enterprise=thing if isinstance(thing, Enterprise) else None,
        installation=thing if isinstance(thing, Installation) else None,
        point=thing if isinstance(thing, RiskPoint) else None,
        owner=owner,
        territory=lies.territory if lies else owner.unit.territory if owner else "",
        sector=lies.sector if lies else owner.sector if owner else "",
        method=Assessment.Method.NO_19 if record["method"] == "diagnosis" else record["method"],
        version=record["version"],
        inputs=record["inputs"],
        result={**record["result"], **{part: record[part] for part in ("name", "steps", "confirm")}},
        grade=record["grade"] or "",
        assessor=assessor,
        assessed_at=now,
        review_on=review_on,
    )


def sealed(assessment: Assessment) -> dict[str, Any]:
    """Return what is sealed of an assessment when it is made."""
    content: dict[str, Any] = {"method": assessment.method, "version": assessment.version}
    content |= {"grade": assessment.grade, "of": str(assessment.thing), "assessor": assessment.assessor_id}
    return content


def _require_assessor(person: Person, thing: Thing, now: datetime) -> None:
    if not may_assess(person, thing, now):
        raise PermissionDenied(_("您现在的岗位不能评估这里的风险。"))
