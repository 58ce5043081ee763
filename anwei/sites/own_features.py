"""What this room tells of an enterprise at a moment: papers, posts, installations, grade, size, season."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from anwei.ledgers.columns import seen
from anwei.ledgers.past import THEN, as_they_were, looking_back
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post
from anwei.sites.features import (
    Feature,
    Ground,
    Rows,
    Values,
    contribute_features,
    counted,
    numbered,
    standing_on,
)
from anwei.sites.gaps import EVERY_ENTERPRISE_HAS
from anwei.sites.models import Enterprise, Equipment, Grade, Installation, Licence
from anwei.sites.papers import licences_to_renew, policies_to_renew
from anwei.sites.risks.queries import installation_levels, static_grades, static_grounds
from anwei.sites.then import any_recorded_by, enterprises_then, held_then
from anwei.standards.sectors import sectors

MANAGER = Licence.Kind.MANAGER
SPANS = {"expired": (None, -1), "30": (0, 30), "90": (31, 90)}  # days from the day: first and last
COLOURS = {Grade.RED: 4.0, Grade.ORANGE: 3.0, Grade.YELLOW: 2.0, Grade.BLUE: 1.0}
SCALES = {"large": 4.0, "medium": 3.0, "small": 2.0, "micro": 1.0}
STANDARDIZED = {"1": 3.0, "2": 2.0, "3": 1.0}
N_LEVELS = 4  # of major hazard installations, the first the gravest
LEVELS = (gettext_lazy("一级"), gettext_lazy("二级"), gettext_lazy("三级"), gettext_lazy("四级"))


def _ends(column: str, rows: QuerySet[Any], span: str, at: datetime) -> QuerySet[Any]:
    """Narrow rows with their end of then to those that end in a span of days from the day of a moment."""
    on, (first, last) = day_of(at), SPANS[span]
    then = THEN.format(column=column)
    rows = rows.filter(**{f"{then}__lte": on + timedelta(days=last)})
    return rows if first is None else rows.filter(**{f"{then}__gte": on + timedelta(days=first)})


def licences(span: str, *, managers: bool) -> Rows:
    """Return what gives the licences, or the certificates of managers, that end in a span."""

    def rows(at: datetime) -> QuerySet[Any]:
        ending = licences_to_renew(day_of(at), looking_back(at))
        ending = ending.filter(kind=MANAGER) if managers else ending.exclude(kind=MANAGER)
        return _ends("expires_on", ending, span, at)

    return rows


def policies_ended(at: datetime) -> QuerySet[Any]:
    """Return the policies that had ended and were not followed."""
    return _ends("expires_on", policies_to_renew(day_of(at), looking_back(at)), "expired", at)


def inspections_overdue(at: datetime) -> QuerySet[Any]:
    """Return the equipment in use whose inspection was overdue."""
    pieces = as_they_were(Equipment.objects.all(), looking_back(at), "in_use", "inspection_due_on")
    return _ends("inspection_due_on", pieces.filter(in_use_then=True), "expired", at)


def installed(at: datetime) -> QuerySet[Any]:
    """Return the installations that stood in the register."""
    return as_they_were(Installation.objects.all(), looking_back(at))


def _told(column: str, register: str) -> Callable[[Any, datetime], Ground]:
    def told(row: Any, at: datetime) -> Ground:
        day = getattr(row, THEN.format(column=column))
        words = _("%(what)s，%(day)s 到期") % {"what": row, "day": day}
        return Ground(day, words, reverse("ledger_row", args=[register, row.pk]))

    return told


def _told_installation(row: Any, at: datetime) -> Ground:
    return Ground(None, row.name, reverse("risk_installation", args=[row.pk]))


def _installation_grade(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    units = Installation.objects.filter(enterprise__in=enterprises.order_by().values("pk")).order_by()
    levels = installation_levels(units.values("pk"), at)
    owners = dict(units.filter(pk__in=levels).values_list("pk", "enterprise"))
    found: dict[int, float] = {}
    for key, level in levels.items():
        if level is not None and key in owners:
            owner = owners[key]
            found[owner] = max(found.get(owner, 0.0), float(N_LEVELS + 1 - level))
    return found


def _confirmed_colour(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    return {key: COLOURS[Grade(grade)] for key, grade in static_grades(enterprises, at).items() if grade}


def _what_was_graded(at: datetime, enterprise: Enterprise, person: Person) -> Iterable[Ground]:
    """Yield what gives the grade of then, as far as it stands now; else the page of all that was graded."""
    known = seen(Enterprise, person).filter(pk=enterprise.pk)
    for grade in static_grades(known, at).values():
        page = (_("风险分级"), reverse("risk_enterprise", args=[enterprise.pk]))
        for words, address in static_grounds(enterprise, grade) or [page]:
            yield Ground(None, words, address)


def _of_register(column: str, as_value: Callable[[Any], float | str | None]) -> Any:
    def values(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
        rows = enterprises_then(at, enterprises, column)
        told = ((key, as_value(row[column])) for key, row in rows.items())
        return {key: value for key, value in told if value is not None}

    return values


def _posts_of(enterprises: QuerySet[Enterprise]) -> QuerySet[Post]:
    return Post.objects.filter(unit__in=enterprises.order_by().values("unit"), kind__in=EVERY_ENTERPRISE_HAS)


def _vacant(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    """Return how many of the posts that the law asks for nobody held, or were not set up.

    Nothing of anybody at a moment by which no enterprise's posts were recorded: who held them nobody knew.
    """
    posts = _posts_of(enterprises)
    held = {post for post, is_held in held_then(at, posts).items() if is_held}
    if not held and not any_recorded_by(at, posts):
        return {}
    kinds = {(unit, kind) for pk, unit, kind in posts.values_list("pk", "unit", "kind") if pk in held}
    n_held = Counter(unit for unit, _kind in kinds)
    owners = enterprises.order_by().values_list("pk", "unit")
    return {key: float(len(EVERY_ENTERPRISE_HAS) - n_held[unit]) for key, unit in owners}


def _vacant_posts(at: datetime, enterprise: Enterprise, person: Person) -> Iterable[Ground]:
    posts = _posts_of(Enterprise.objects.filter(pk=enterprise.pk))
    held = held_then(at, posts)
    page = f"{reverse('responsibility')}?enterprise={enterprise.pk}"
    known = posts.filter(pk__in=held)
    for kind in EVERY_ENTERPRISE_HAS:
        of_kind = [post for post in known if post.kind == kind]
        if not of_kind:
            yield Ground(None, _("没有设%(post)s") % {"post": Post.Kind(kind).label}, page)
        elif not any(held[post.pk] for post in of_kind):
            yield from (Ground(None, _("%(post)s空缺") % {"post": post}, page) for post in of_kind)


def _month(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    return dict.fromkeys(enterprises.order_by().values_list("pk", flat=True), str(day_of(at).month))


def _sector_named(code: str) -> str:
    known = sectors().get(code)
    return _("行业：%(name)s") % {"name": _(known.name) if known else code}


PAPERS = (
    (
        "licences_expired",
        gettext_lazy("许可证照过期"),
        "expired",
        False,
        ngettext_lazy("许可证照过期未续 %(n)d 本", "许可证照过期未续 %(n)d 本", "n"),
    ),
    (
        "licences_expiring_30",
        gettext_lazy("许可证照30天内到期"),
        "30",
        False,
        ngettext_lazy("许可证照30天内到期 %(n)d 本", "许可证照30天内到期 %(n)d 本", "n"),
    ),
    (
        "licences_expiring_90",
        gettext_lazy("许可证照31至90天内到期"),
        "90",
        False,
        ngettext_lazy("许可证照31至90天内到期 %(n)d 本", "许可证照31至90天内到期 %(n)d 本", "n"),
    ),
    (
        "certificates_expired",
        gettext_lazy("安全管理人员证书过期"),
        "expired",
        True,
        ngettext_lazy("安全管理人员证书过期 %(n)d 本", "安全管理人员证书过期 %(n)d 本", "n"),
    ),
    (
        "certificates_expiring_30",
        gettext_lazy("安全管理人员证书30天内到期"),
        "30",
        True,
        ngettext_lazy("安全管理人员证书30天内到期 %(n)d 本", "安全管理人员证书30天内到期 %(n)d 本", "n"),
    ),
    (
        "certificates_expiring_90",
        gettext_lazy("安全管理人员证书31至90天内到期"),
        "90",
        True,
        ngettext_lazy(
            "安全管理人员证书31至90天内到期 %(n)d 本", "安全管理人员证书31至90天内到期 %(n)d 本", "n"
        ),
    ),
)

contribute_features(
    *(
        Feature(
            key,
            label,
            numbered(words),
            counted(licences(span, managers=managers)),
            grounds=standing_on(
                licences(span, managers=managers),
                _told("expires_on", "licences"),
                order=THEN.format(column="expires_on"),
            ),
        )
        for key, label, span, managers, words in PAPERS
    ),
    Feature(
        "insurance_expired",
        gettext_lazy("安责险过期"),
        numbered(ngettext_lazy("安责险过期未续 %(n)d 份", "安责险过期未续 %(n)d 份", "n")),
        counted(policies_ended),
        grounds=standing_on(policies_ended, _told("expires_on", "insurances")),
    ),
    Feature(
        "equipment_overdue",
        gettext_lazy("设备超期未检验"),
        numbered(ngettext_lazy("设备超期未检验 %(n)d 台", "设备超期未检验 %(n)d 台", "n")),
        counted(inspections_overdue),
        grounds=standing_on(inspections_overdue, _told("inspection_due_on", "equipment")),
    ),
    Feature(
        "posts_vacant",
        gettext_lazy("法定岗位空缺"),
        numbered(
            ngettext_lazy(
                "主要负责人、安全管理岗位空缺 %(n)d 个", "主要负责人、安全管理岗位空缺 %(n)d 个", "n"
            )
        ),
        _vacant,
        otherwise=None,
        grounds=_vacant_posts,
    ),
    Feature(
        "installations",
        gettext_lazy("重大危险源单元数"),
        numbered(ngettext_lazy("辨识单元 %(n)d 个", "辨识单元 %(n)d 个", "n")),
        counted(installed),
        grounds=standing_on(installed, _told_installation),
    ),
    Feature(
        "installation_grade",
        gettext_lazy("重大危险源等级"),
        lambda n: _("有%(level)s重大危险源") % {"level": LEVELS[N_LEVELS - int(n)]},
        _installation_grade,
        grounds=standing_on(installed, _told_installation),
    ),
    Feature(
        "risk_colour",
        gettext_lazy("已确认的风险等级"),
        lambda n: (
            _("已确认风险等级：%(grade)s") % {"grade": next(g.label for g, v in COLOURS.items() if v == n)}
        ),
        _confirmed_colour,
        grounds=_what_was_graded,
    ),
    Feature(
        "sector",
        gettext_lazy("行业"),
        _sector_named,
        _of_register("sector", lambda code: code or None),
        direction=0,
        otherwise=None,
        category=True,
    ),
    Feature(
        "scale",
        gettext_lazy("规模"),
        lambda n: (
            _("规模：%(scale)s")
            % {"scale": next(Enterprise.Scale(code).label for code, value in SCALES.items() if value == n)}
        ),
        _of_register("scale", SCALES.get),
        direction=0,
        otherwise=None,
    ),
    Feature(
        "workers",
        gettext_lazy("从业人数"),
        numbered(ngettext_lazy("从业人员 %(n)d 人", "从业人员 %(n)d 人", "n")),
        _of_register("workers", lambda n: None if n is None else float(n)),
        direction=0,
        otherwise=None,
    ),
    Feature(
        "standardization",
        gettext_lazy("标准化等级"),
        lambda n: _("标准化%(grade)s") % {"grade": Enterprise.Standardization(str(int(N_LEVELS - n))).label},
        _of_register("standardization", STANDARDIZED.get),
        direction=-1,
    ),
    Feature(
        "month",
        gettext_lazy("月份"),
        lambda month: _("季节：%(month)s 月") % {"month": month},
        _month,
        direction=0,
        otherwise=None,
        category=True,
    ),
)
