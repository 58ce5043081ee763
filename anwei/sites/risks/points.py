"""Risk points are written here: the point, who keeps it in check at which level, when it is due again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anwei.ledgers.cells import folded
from anwei.ledgers.declaration import seen
from anwei.ledgers.saving import Edit, log_all, save_rows
from anwei.org.holdings import day_of
from anwei.org.models import Post
from anwei.sites.models import Assessment, RiskControl, RiskPoint
from anwei.sites.risks.scope import take_assessments_along
from anwei.sites.risks.words import accident_codes, accident_words, factor_code, factor_words, outdated
from anwei.standards.risk.control import control_rules

LEVELS: tuple[str, ...] = tuple(RiskControl.Level.values)  # the highest first
COLUMN = "control_{level}"
MEASURES = ("engineering", "management", "training", "protection", "emergency")
PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")


def points_seen(person: Any) -> QuerySet[RiskPoint]:
    """Return the risk points a person (None: the system) may see, with their controls."""
    rows: QuerySet[RiskPoint] = seen(RiskPoint, person)
    return rows.prefetch_related("controls")


def title_at(point: RiskPoint, level: str) -> str:
    """Return who keeps a point in check at a level, "" where nobody is named."""
    return next((control.title for control in point.controls.all() if control.level == level), "")


def highest(point: RiskPoint) -> tuple[str, str]:
    """Return the highest level at which somebody is named, and who; two empty texts where nobody is."""
    return next(((level, title) for level in LEVELS if (title := title_at(point, level))), ("", ""))


def lacks(point: RiskPoint) -> list[str]:
    """Return the labels of the levels of which the point's grade demands one more, [] where it is content."""
    named = {control.level for control in point.controls.all() if control.title}
    labels = dict(RiskControl.Level.choices)
    return [str(labels[level]) for level in control_rules().lacks(point.grade, named)]


def measures_of(point: RiskPoint) -> list[tuple[str, str]]:
    """Return the five kinds of measures with their labels."""
    fields = ((name, RiskPoint._meta.get_field(name)) for name in MEASURES)
    return [(str(getattr(field, "verbose_name", name)), getattr(point, name)) for name, field in fields]


def without_phones(text: str) -> str:
    """Return a text without telephone numbers: what stands on a sign is read by everybody."""
    return PHONE.sub("", text).strip(" 　（）()、,，:：")


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, the last of its month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@transaction.atomic
def save_risk_points(
    edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = ""
) -> list[RiskPoint]:
    """Register risk points or change them, with their controls.

    Raises ValueError for a type of accident of the old standard in a new value, or a grade typed over one
    that was assessed and confirmed.
    """
    assessed = _assessed(edits)
    before = [_controls_of(edit.row) for edit in edits]
    rows = save_rows(
        RiskPoint, [_of_model(edit, assessed, now) for edit in edits], actor=actor, now=now, reason=reason
    )
    if elsewhere := [edit.row.pk for edit in edits if edit.row is not None and "site" in edit.values]:
        take_assessments_along(Assessment.objects.filter(point__in=elsewhere))
    wanted = [_controls_wanted(edit, had) for edit, had in zip(edits, before, strict=True)]
    _write_controls(rows, before, wanted)
    changes = [
        (row, "update", {"changed": changed})
        for row, had, will in zip(rows, before, wanted, strict=True)
        if (
            changed := {
                COLUMN.format(level=level): [had.get(level, ""), title]
                for level, title in will.items()
                if had.get(level, "") != title
            }
        )
    ]
    log_all(changes, actor=actor, now=now, reason=reason)
    return rows


def _assessed(edits: Sequence[Edit]) -> set[int]:
    """Return the points among the edits whose grade a confirmed assessment gave."""
    keys = [edit.row.pk for edit in edits if edit.row is not None and "grade" in edit.values]
    confirmed = Assessment.objects.filter(point__in=keys, confirmed_at__isnull=False)
    return set(confirmed.values_list("point_id", flat=True)) if keys else set()


def _of_model(edit: Edit, assessed: set[int], now: datetime) -> Edit:
    """Return the edit with columns of the model only: words as codes, the day of the next review."""
    row: RiskPoint | None = edit.row
    names = {"control_level", "controller", *(COLUMN.format(level=level) for level in LEVELS)}
    values = {name: value for name, value in edit.values.items() if name not in names}
    if row is not None and row.pk in assessed and values.get("grade", row.grade) != row.grade:
        raise ValueError(_("“%(point)s”的风险等级由已确认的评估得出，请重新评估") % {"point": row})
    if "factor" in values:
        stands = row is not None and values["factor"] == factor_words(row.factor)
        values["factor"] = (
            row.factor if row and stands else factor_code(values["factor"] or "") if values["factor"] else ""
        )
    if "accidents" in values:
        stands = row is not None and values["accidents"] == accident_words(row.accidents)
        values["accidents"] = row.accidents if row and stands else _new_accidents(values["accidents"] or "")
    if "review_months" in values and (row is None or values["review_months"] != row.review_months):
        begins = row.review_on if row is not None and row.review_on else None
        begun = months_later(begins, -row.review_months) if row is not None and begins else day_of(now)
        values["review_on"] = months_later(begun, values["review_months"])
    return Edit(row, values)


def _new_accidents(words: str) -> str:
    codes = ",".join(accident_codes(words))
    if old := outdated(codes):
        raise ValueError(
            _("“%(old)s”是 GB 6441-1986 的代码，2026-07-01 起的记录请用 GB 6441-2025 的事故类型")
            % {"old": accident_words(",".join(old))}
        )
    return codes


def _controls_of(row: RiskPoint | None) -> dict[str, str]:
    return {} if row is None else {one.level: one.title for one in RiskControl.objects.filter(point=row)}


def _controls_wanted(edit: Edit, before: Mapping[str, str]) -> dict[str, str]:
    """Return who is to be named at which level; 管控层级 with 责任人 is one of them in other words."""
    values = edit.values
    titles = {level: values[name] or "" for level in LEVELS if (name := COLUMN.format(level=level)) in values}
    named: tuple[str, str] = (values.get("control_level") or "", values.get("controller") or "")
    stands = next(((level, before[level]) for level in LEVELS if before.get(level)), ("", ""))
    grade = values.get("grade") or (edit.row.grade if edit.row is not None else "")
    level = named[0] or usual_level(grade)
    elsewhere = not named[0] and named[1] in titles.values()
    if named[1] and not elsewhere and (named != stands or not titles.get(level, "-")):
        titles[level] = named[1]
    return titles


def usual_level(grade: str) -> str:
    """Return the level meant where a sheet names a person and no level."""
    control = control_rules().by_grade.get(grade)
    return LEVELS[-1] if control is None else control.usual


def _write_controls(
    rows: Sequence[RiskPoint], before: Sequence[Mapping[str, str]], wanted: Sequence[Mapping[str, str]]
) -> None:
    """Write what differs, in a few statements for all rows; a text that is a post of the unit links to it."""
    differ = [
        (row, level, title)
        for row, had, will in zip(rows, before, wanted, strict=True)
        for level, title in will.items()
        if had.get(level, "") != title
    ]
    if not differ:
        return
    gone = Q()
    for row, level, _title in differ:
        gone |= Q(point=row, level=level)
    RiskControl.objects.filter(gone).delete()
    posts = _posts_of({row.site_id: row for row, _level, _title in differ}.values())
    RiskControl.objects.bulk_create(
        RiskControl(
            point=row, level=level, title=title, post_id=posts.get(row.site.unit_id, {}).get(folded(title))
        )
        for row, level, title in differ
        if title
    )


def _posts_of(points: Any) -> dict[int, dict[str, int]]:
    """Return for each unit the posts in it and its parts by what people write for them, the clear ones."""
    units = {point.site.unit_id for point in points}
    rows = Post.objects.filter(Q(unit__in=units) | Q(unit__parent__in=units)).select_related("unit")
    found: dict[int, dict[str, int]] = {}
    doubled: set[tuple[int, str]] = set()
    for post in rows:
        unit = post.unit_id if post.unit_id in units else post.unit.parent_id
        for spelling in {post.title, f"{post.unit.name}{post.title}", f"{post.unit.short_name}{post.title}"}:
            own = found.setdefault(unit or 0, {})
            if own.setdefault(folded(spelling), post.pk) != post.pk:
                doubled.add((unit or 0, folded(spelling)))
    for unit, spelling in doubled:
        del found[unit][spelling]
    return found
