"""Signs on the wall (风险告知卡): issuing one, and what everybody may read behind its code.

The public part says nothing that helps an attacker or names a private number: no coordinates, no telephone
of a person, nothing of equipment. The code is random, so that signs cannot be counted through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.models import Person, Post
from anwei.sites.models import Assessment, Enterprise, RiskPoint, Sign
from anwei.sites.public_pages import new_code
from anwei.sites.risks.assessing import may_assess
from anwei.sites.risks.points import LEVELS, measures_of, title_at, without_phones
from anwei.sites.risks.queries import RANK, shown_grades, standing_points, valid_assessments
from anwei.sites.risks.words import accident_words

MOST_POINTS = 30  # that the sign of an enterprise lists
REPORTING = "12350"  # 安全生产举报投诉特服电话


@dataclass(frozen=True)
class PointLine:
    """A risk point as the sign of its enterprise lists it."""

    name: str
    place: str
    grade: str
    accidents: str


@dataclass(frozen=True)
class Card:
    """What a sign says to everybody; `grade` is "" where nothing was assessed."""

    name: str
    whose: str
    grade: str
    accidents: str
    description: str
    measures: Sequence[tuple[Any, str]]
    emergency: str
    responsible: Sequence[tuple[Any, str]]
    points: Sequence[PointLine]


@transaction.atomic
def issue_sign(thing: Enterprise | RiskPoint, *, actor: Person, now: datetime) -> Sign:
    """Return the sign of an enterprise or a risk point, made when it has none yet.

    Raises PermissionDenied for who may not assess there either.
    """
    if not may_assess(actor, thing, now):
        raise PermissionDenied(_("您现在的岗位不能制作这里的告知牌。"))
    whose = {"enterprise": thing} if isinstance(thing, Enterprise) else {"point": thing}
    sign, made = Sign.objects.get_or_create(**whose, defaults={"code": new_code(), "issued_at": now})
    if made:
        content = {"of": thing._meta.label_lower, "pk": thing.pk}
        record_change("sites.sign", sign.pk, actor=actor, now=now, verb="issue", content=content)
    return sign


def sign_of(thing: Enterprise | RiskPoint) -> Sign | None:
    """Return the sign of a thing, None while it has none."""
    whose = {"enterprise": thing} if isinstance(thing, Enterprise) else {"point": thing}
    return Sign.objects.filter(**whose).first()


def behind(code: str) -> Enterprise | RiskPoint | None:
    """Return what the sign with this code stands on; None without such a sign, or where it is gone."""
    points = standing_points(RiskPoint.objects.select_related("site__unit", "site__enterprise__unit"))
    enterprises = Enterprise.objects.select_related("unit").exclude(status=Enterprise.Status.CLOSED)
    return points.filter(sign__code=code).first() or enterprises.filter(sign__code=code).first()


def card_of(thing: Enterprise | RiskPoint) -> Card:
    """Return what the sign of an enterprise or a risk point says to everybody."""
    return _card_of_point(thing) if isinstance(thing, RiskPoint) else _card_of_enterprise(thing)


def _card_of_point(point: RiskPoint) -> Card:
    site = point.site
    controls = {str(control.level): control.get_level_display() for control in point.controls.all()}
    responsible = [(controls[level], title_at(point, level)) for level in LEVELS if level in controls]
    return Card(
        name=without_phones(point.name),
        whose=f"{site.enterprise or site.unit} {without_phones(site.name)}",  # never a private owner
        grade=point.grade,
        accidents=accident_words(point.accidents),
        description=without_phones(point.description),
        measures=[
            (label, text) for label, words in measures_of(point)[:-1] if (text := without_phones(words))
        ],
        emergency=without_phones(point.emergency),
        responsible=[(label, without_phones(title)) for label, title in responsible],
        points=(),
    )


def _card_of_enterprise(enterprise: Enterprise) -> Card:
    points = standing_points(RiskPoint.objects.filter(site__enterprise=enterprise)).select_related("site")
    gravest = sorted(points, key=lambda point: (RANK.get(point.grade, len(RANK)), point.pk))
    codes = dict.fromkeys(code for point in gravest for code in point.accidents.split(",") if code)
    posts = Post.objects.filter(unit=enterprise.unit_id, kind__in=(Post.Kind.PRINCIPAL, Post.Kind.SAFETY))
    return Card(
        name=str(enterprise.unit.name),
        whose="",
        grade=shown_grades(Enterprise.objects.filter(pk=enterprise.pk)).get(enterprise.pk, ""),
        accidents=accident_words(",".join(codes)),
        description=_major_hazards(enterprise),
        measures=(),
        emergency=_("发现险情先撤离、再报告，不要自行处置；外来人员听从现场人员指挥。"),
        responsible=[(post.get_kind_display(), without_phones(post.title)) for post in posts],
        points=[
            PointLine(
                without_phones(point.name),
                without_phones(point.site.name),
                point.grade,
                accident_words(point.accidents),
            )
            for point in gravest[:MOST_POINTS]
        ],
    )


def _major_hazards(enterprise: Enterprise) -> str:
    """Return the major hazard installations with their confirmed level, "" without any; never a quantity."""
    confirmed = Assessment.objects.filter(installation__enterprise=enterprise)
    named = [
        f"{without_phones(one.installation.name)}（{_(one.result['level_name'])}）"
        for one in valid_assessments(confirmed).select_related("installation").order_by("installation")
        if one.installation is not None and one.result["level"] is not None
    ]
    return _("重大危险源：%(units)s") % {"units": _("、").join(named)} if named else ""
