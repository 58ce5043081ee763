"""Passing a hazard on: to another body that supervises it, to another post that puts it right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.hazards.models import Hazard
from anwei.hazards.services.finders import finders
from anwei.org.holdings import acts_for, day_of, holdings_on
from anwei.org.models import REGULATING, Person, Post
from anwei.org.scope import ADMINISTRATORS

NEVER = (*ADMINISTRATORS, Post.Kind.DISPLAY)


def check_hand_over(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why a post cannot supervise the hazard, None where it can: it is of a body that regulates."""
    post: Post = papers["handed_to"]
    if post.unit.kind not in REGULATING or post.kind in NEVER:
        return _("只能移送给监管部门、乡镇（街道）的业务岗位，不能移送给党委、企业或者系统管理岗位。")
    return None


def check_reassign(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why a post cannot put the hazard right, None where it can: of the same unit, held by another."""
    post: Post = papers["assigned_to"]
    unit = hazard.implementer.unit.whole if hazard.enterprise is None else hazard.enterprise.unit
    if post.unit.whole.pk != unit.pk or post.kind in NEVER:
        return _("只能改派给“%(unit)s”的岗位。") % {"unit": unit}
    if not _holders(post, now) - finders(hazard):
        return _("“%(post)s”没有发现人以外的人员在任，不能改派。") % {"post": post}
    return None


def stopped_by_its_finder(hazard: Hazard, person: Person, now: datetime) -> str:
    """Tell who puts right or supervises how it goes on where a finder would put it right; "" elsewhere."""
    if hazard.phase not in (Phase.ASSIGNED, Phase.ACTING):
        return ""
    found, post = finders(hazard), hazard.implementer
    implementing = acts_for(person, post.pk, now)
    alone = not _holders(post, now) - found and acts_for(person, hazard.supervisor.pk, now) is not None
    if not alone and (implementing is None or not implementing.people & found):
        return ""
    return _(
        "发现隐患的人不能自己提交整改：请由“%(post)s”的其他人员办理，或者由“%(supervisor)s”改派本单位其他岗位；"
        "要由主要负责人整改的，先移送监管部门再改派。本单位再无他人的，先在责任体系中任命一人。"
    ) % {"post": post, "supervisor": hazard.supervisor}


def _holders(post: Post, now: datetime) -> set[int]:
    return {*holdings_on(day_of(now)).filter(post=post).values_list("person", flat=True)}
