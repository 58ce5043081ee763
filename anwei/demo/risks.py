"""The graded risk of the fictional county: a risk point at each key site, and a cold store's ammonia.

Every colour rests on an assessment, made by the plant's safety post and confirmed by its township.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from anwei.demo.tables import table
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit
from anwei.ledgers.services import record_changes
from anwei.org.holdings import day_of
from anwei.org.models import Holding, Person, Post, Unit
from anwei.sites.models import Assessment, Enterprise, Installation, RiskControl, RiskPoint, Site
from anwei.sites.risks.assessing import REGISTER, drawn_up, method_of, sealed
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.inventory import save_chemicals, save_installations
from anwei.sites.risks.points import months_later
from anwei.standards.risk.rating import rate

LEC = "lec"
STAGGER_DAYS, OLDEST_DAYS = 9, 380  # so that a few reviews are due and most are not
CONFIRMED_AFTER = timedelta(days=1)
ANSWERS = {
    RiskControl.Level.ENTERPRISE: Post.Kind.PRINCIPAL,
    RiskControl.Level.DEPARTMENT: Post.Kind.SAFETY,
}
QUANTITIES = ("design_t", "actual_t")
OTHER = ("kinds", "lec", "name")  # what a row of risks.toml says beside the columns of a risk point


def create_risk_points(sites: Mapping[str, Site], now: datetime) -> int:
    """Give every key site of a known kind its assessed risk point with the two levels that answer.

    Returns how many.
    """
    by_kind = {kind: row for row in table("risks")["risk"] for kind in row["kinds"]}
    posts = {(post.unit_id, post.kind): post for post in Post.objects.filter(unit__kind="enterprise")}
    points = RiskPoint.objects.bulk_create(
        RiskPoint(
            site=site,
            code=f"FX-{site.code}",
            **{name: value for name, value in row.items() if name not in OTHER},
            name=f"{site.name}{row['name']}",
        )
        for site in sites.values()
        if (row := by_kind.get(site.kind)) is not None
    )
    RiskControl.objects.bulk_create(
        RiskControl(point=point, level=level, post=post, title=post.title)
        for point in points
        for level, kind in ANSWERS.items()
        if (post := posts.get((point.site.unit_id, kind))) is not None
    )
    _assess([(point, by_kind[point.site.kind]["lec"]) for point in points], now)
    return len(points)


def create_installations(owners: Mapping[str, Enterprise], sites: Mapping[str, Site], now: datetime) -> int:
    """Register the units of GB 18218 by enterprises' codes in the plan, through the doors of everybody.

    The enterprise's safety post writes what they hold, its township confirms the level. Returns how many.
    """
    rows = table("risks")["installation"]
    for row in rows:
        owner, place = owners[row["enterprise"]], sites[row["site"]]
        assessor, official = _safety_officers([owner.unit_id])[owner.unit_id], _officials()[place.territory]
        belongs = {"enterprise": owner.pk, "site": place.pk}
        columns = {name: row[name] for name in ("code", "name", "kind", "people_exposed")}
        (unit,) = save_installations([Edit(None, {**columns, **belongs})], actor=assessor, now=now)
        held = [
            {**one, **belongs, "installation": unit.pk, **{name: Decimal(one[name]) for name in QUANTITIES}}
            for one in row["chemical"]
        ]
        save_chemicals([Edit(None, one) for one in held], actor=assessor, now=now)
        _confirm(unit, official, now)
    return len(rows)


def _confirm(unit: Installation, official: Person, now: datetime) -> None:
    newest = Assessment.objects.filter(installation=unit).latest("pk")
    confirm(newest, range(len(newest.result["confirm"])), actor=official, now=now)


def _assess(points: Collection[tuple[RiskPoint, Mapping[str, Any]]], now: datetime) -> None:
    """Write the confirmed assessment of each point by LEC, and the grade and the next review it gives."""
    method = method_of(LEC)
    assessors = _safety_officers({point.site.unit_id for point, _values in points})
    officials = _officials()
    made = []
    for n, (point, values) in enumerate(points):
        at = now - timedelta(days=n * STAGGER_DAYS % OLDEST_DAYS)
        review_on = months_later(day_of(at), point.review_months)
        record = rate(method, values).to_json()
        assessor = assessors[point.site.unit_id]
        one = drawn_up(record, point, assessor=assessor, now=at, review_on=review_on)
        one.confirmed_by = officials[point.site.territory]
        one.confirmed_at = min(at + CONFIRMED_AFTER, now)
        point.grade, point.review_on = one.grade, one.review_on
        made.append(one)
    RiskPoint.objects.bulk_update([point for point, _values in points], ["grade", "review_on"])
    record_changes([act for one in Assessment.objects.bulk_create(made) for act in _acts(one)])


def _acts(one: Assessment) -> list[Change]:
    """Return the two acts of an assessment as they are sealed: made, and confirmed by another."""
    assert one.confirmed_at is not None  # noqa: S101 - all of the demo's are
    confirmed = {"confirmed": [point["text"] for point in one.result["confirm"]], "grade": one.grade}
    acts = (
        ("assess", one.assessor, one.assessed_at, sealed(one)),
        ("confirm", one.confirmed_by, one.confirmed_at, confirmed),
    )
    return [
        Change(register=REGISTER, row=str(one.pk), verb=verb, actor=actor, at=at, content=content)
        for verb, actor, at, content in acts
    ]


def _safety_officers(units: Collection[int]) -> dict[int, Person]:
    """Return who holds the safety post of each enterprise, by its unit."""
    held = Holding.objects.filter(post__unit__in=units, post__kind=Post.Kind.SAFETY)
    return {one.post.unit_id: one.person for one in held.select_related("post", "person")}


def _officials() -> dict[str, Person]:
    """Return the officer of each township, by its code."""
    held = Holding.objects.filter(post__unit__kind=Unit.Kind.TOWNSHIP, post__kind=Post.Kind.OFFICER)
    return {one.post.unit.territory: one.person for one in held.select_related("post__unit", "person")}
