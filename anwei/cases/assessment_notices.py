"""Telling of risk assessments: who may confirm one that waits, then its assessor of the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.notices.services import tell
from anwei.cases.proposal_notices import deciders
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post
from anwei.sites.models import Assessment
from anwei.sites.risks.assessing import on_assessment
from anwei.sites.risks.confirming import may_confirm
from anwei.sites.risks.queries import THINGS, same_as


def tell_of_assessment(assessment: Assessment, actor: Any, now: datetime) -> None:
    """Tell those who may confirm of an assessment that waits, and its assessor of the answer."""
    words = {
        "thing": assessment.title,
        "method": assessment.get_method_display(),
        "reason": assessment.return_reason,
    }
    key = f"assessment:{assessment.pk}"
    to: list[Person] = [] if assessment.assessor is None else [assessment.assessor]
    if assessment.confirmed_at is not None:
        text, key = _("您的评估已复核确认：%(thing)s（%(method)s）。") % words, f"{key}:confirmed"
    elif assessment.returned_at is not None:
        text = _("您的评估被退回：%(thing)s（%(method)s）。退回理由：%(reason)s") % words
        key = f"{key}:returned"
    else:
        text, key = (
            _("风险评估待复核：%(thing)s（%(method)s）。") % words,
            f"assessment:{_run_of(assessment)}:waiting",
        )
        to = who_may_confirm(assessment, now)
    url = reverse("risk_assessment", args=[assessment.pk])
    tell(to=to, text=text, url=url, level="info", key=key, now=now, actor=actor)


def who_may_confirm(assessment: Assessment, now: datetime) -> list[Person]:
    """Return who supervises the thing and the clerks of its township, as far as they may confirm this one.

    Deputies are not asked: they may confirm no change of a register.
    """
    posts = [post for post in deciders(assessment.thing, now) if isinstance(post, Post)]
    people = Person.objects.filter(holdings__in=holdings_on(day_of(now)).filter(post__in=posts)).distinct()
    return [person for person in people if may_confirm(person, assessment)]


def _run_of(assessment: Assessment) -> str:
    """Return what assessments share of which each took the place of one that still waited: told of once."""
    answered = Q(confirmed_at__isnull=False) | Q(returned_at__isnull=False)
    since = same_as(assessment).filter(answered).values_list("pk", flat=True).first() or 0
    [thing] = [f"{name}-{key}" for name in THINGS if (key := getattr(assessment, f"{name}_id"))]
    return f"{assessment.method}:{thing}:{since}"


on_assessment(tell_of_assessment)
