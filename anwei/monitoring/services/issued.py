"""Warnings that a person drafts for an enterprise, because of what its records say together."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.lifecycle import Phase
from anwei.cases.models import TITLE_LENGTH
from anwei.cases.services import open_case
from anwei.monitoring.models import Severity, Warning
from anwei.org.models import Person
from anwei.org.responsibility import Matter, posts_for
from anwei.sites.models import Enterprise


def open_for(enterprise: int) -> str:
    """Return the place that an open warning to an enterprise takes: there is one at a time."""
    return f"enterprise-{enterprise}"


def draft_warning(
    enterprise: Enterprise, *, actor: Person, now: datetime, level: str, basis: str, requirement: str
) -> Warning:
    """Draft a warning to an enterprise, which waits until the supervisor issues it (待发布).

    `basis` are the reasons in words. Raises NotYourTurn for who may not, CaseError without reasons or where
    one is open already, Vacant where a post that must answer does not exist.
    """
    basis, requirement = basis.strip(), requirement.strip()
    if level not in Severity.values or not basis:
        raise CaseError(_("请选择等级，写明理由。"))
    words = {"enterprise": enterprise, "level": Severity(level).label}
    posts = posts_for(enterprise, now, matter=Matter.DAILY, held=False)
    try:
        with transaction.atomic():
            return open_case(
                Warning,
                actor=actor,
                now=now,
                note=basis,
                title=(_("%(enterprise)s：%(level)s风险预警") % words)[:TITLE_LENGTH],
                territory=enterprise.unit.territory,
                sector=enterprise.sector,
                enterprise=enterprise,
                **posts._asdict(),
                level=level,
                basis=basis,
                requirement=requirement,
                open_for_site=open_for(enterprise.pk),
            )
    except IntegrityError as error:
        known = Warning.objects.filter(open_for_site=open_for(enterprise.pk)).exclude(phase=Phase.CLOSED)
        if (open_one := known.first()) is None:
            raise
        told = {"enterprise": enterprise, "number": open_one.number}
        raise CaseError(_("%(enterprise)s已有未解除的预警%(number)s。") % told) from error
