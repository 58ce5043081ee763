"""What hazards and visits tell of an enterprise at a moment, and the harm that a score shall foretell.

How hazards stood then says `standing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from anwei.cases.models import Entry
from anwei.hazards import standing
from anwei.hazards.models import Hazard, Origin, Visit
from anwei.hazards.services.visits import REGISTER as VISITS
from anwei.ledgers.models import Change
from anwei.sites.features import (
    Feature,
    Ground,
    Harm,
    HarmKind,
    Rows,
    Values,
    contribute_features,
    contribute_harms,
    counted,
    gathered,
    mean,
    numbered,
    of,
    standing_on,
)
from anwei.sites.models import Enterprise

DAY, MONTH = timedelta(days=1), 30.0
QUARTER, YEAR = timedelta(days=90), timedelta(days=365)
RECTIFIED = "rectified"


def known(at: datetime) -> QuerySet[Any]:
    """Return the hazards of enterprises that were known at a moment."""
    return _at_enterprises(standing.known(at))


def overdue_then(at: datetime) -> QuerySet[Any]:
    """Return those of enterprises whose limit was past at a moment, with it as `due_then`."""
    return _at_enterprises(standing.overdue_then(at))


def _at_enterprises(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(enterprise__isnull=False)


def put_right(at: datetime) -> QuerySet[Any]:
    """Return the hazards closed off as rectified in the year before a moment."""
    closed = Hazard._base_manager.filter(outcome=RECTIFIED, closed_at__lte=at, closed_at__gt=at - YEAR)
    return closed.filter(enterprise__isnull=False, opened_at__lte=at)


def found_within(span: timedelta) -> Rows:
    """Return what gives the hazards found in a span before a moment."""
    return lambda at: known(at).filter(found_at__gt=at - span)


def _told(row: Any, at: datetime) -> Ground:
    return Ground(row.found_at, f"{row.number} {row.title}", reverse("case", args=[row.pk]))


def _told_late(row: Any, at: datetime) -> Ground:
    words = {"what": f"{row.number} {row.title}", "day": f"{timezone.localtime(row.due_then):%Y-%m-%d}"}
    return Ground(None, _("%(what)s，应于 %(day)s 前整改") % words, reverse("case", args=[row.pk]))


def _begun(at: datetime) -> QuerySet[Any]:
    """Return the visits that were known to have begun by a moment: a phone without signal tells it later."""
    told = Change.objects.filter(register=VISITS, row=Cast(OuterRef("pk"), CharField()), verb="begin")
    return Visit._base_manager.filter(~Exists(told.filter(at__gt=at)), begun_at__lte=at)


def _months_since(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    """Return the months since anybody came, of those to whom somebody has come."""
    rows = of(_begun(at), enterprises)
    newest = rows.values("enterprise").annotate(last=Max("begun_at")).values_list("enterprise", "last")
    return {key: (at - last) / DAY / MONTH for key, last in newest}


def _never(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    """Return who was never visited: nothing of anybody before the first visit was recorded here."""
    visited = set(_begun(at).order_by().values_list("enterprise", flat=True))
    if not visited:
        return {}
    return {key: float(key not in visited) for key in enterprises.order_by().values_list("pk", flat=True)}


def _told_visit(row: Any, at: datetime) -> Ground:
    return Ground(row.begun_at, str(row), reverse("inspection", args=[row.pk]))


def _major_within(at: datetime) -> QuerySet[Any]:
    return standing.judged_major(found_within(YEAR)(at), at)


def _major_open(at: datetime) -> QuerySet[Any]:
    return _at_enterprises(standing.major_open_then(at))


def _repeated(at: datetime) -> QuerySet[Any]:
    return found_within(YEAR)(at).filter(repeat_of__isnull=False)


def _tip_offs(at: datetime) -> QuerySet[Any]:
    return found_within(YEAR)(at).filter(origin=Origin.TIP_OFF)


COUNTS = (
    (
        "hazards_found_90",
        gettext_lazy("近90天发现隐患"),
        found_within(QUARTER),
        numbered(ngettext_lazy("近90天发现隐患 %(n)d 件", "近90天发现隐患 %(n)d 件", "n")),
        0,
    ),
    (
        "hazards_found_365",
        gettext_lazy("近一年发现隐患"),
        found_within(YEAR),
        numbered(ngettext_lazy("近一年发现隐患 %(n)d 件", "近一年发现隐患 %(n)d 件", "n")),
        0,
    ),
    (
        "hazards_major_365",
        gettext_lazy("近一年重大隐患"),
        _major_within,
        numbered(ngettext_lazy("近一年判定重大隐患 %(n)d 件", "近一年判定重大隐患 %(n)d 件", "n")),
        1,
    ),
    (
        "hazards_major_open",
        gettext_lazy("重大隐患未销号"),
        _major_open,
        numbered(ngettext_lazy("重大隐患未销号 %(n)d 件", "重大隐患未销号 %(n)d 件", "n")),
        1,
    ),
    (
        "hazards_repeat_365",
        gettext_lazy("近一年重复隐患"),
        _repeated,
        numbered(ngettext_lazy("近一年重复隐患 %(n)d 件", "近一年重复隐患 %(n)d 件", "n")),
        1,
    ),
    (
        "tip_offs_365",
        gettext_lazy("近一年群众举报查出的隐患"),
        _tip_offs,
        numbered(ngettext_lazy("近一年群众举报查出隐患 %(n)d 件", "近一年群众举报查出隐患 %(n)d 件", "n")),
        1,
    ),
)

contribute_features(
    *(
        Feature(
            key,
            label,
            sentence,
            counted(rows),
            direction,
            grounds=standing_on(rows, _told, order="-found_at"),
        )
        for key, label, rows, sentence, direction in COUNTS
    ),
    Feature(
        "hazards_overdue",
        gettext_lazy("超期未整改隐患"),
        numbered(ngettext_lazy("隐患超期未整改 %(n)d 件", "隐患超期未整改 %(n)d 件", "n")),
        counted(overdue_then),
        grounds=standing_on(overdue_then, _told_late, order="due_then"),
    ),
    Feature(
        "hazards_days_overdue",
        gettext_lazy("隐患最长超期天数"),
        numbered(ngettext_lazy("隐患最长超期 %(n)d 天", "隐患最长超期 %(n)d 天", "n")),
        gathered(overdue_then, ("due_then",), lambda at, due: (at - due) / DAY, max),
        grounds=standing_on(overdue_then, _told_late, order="due_then"),
    ),
    Feature(
        "rectification_days",
        gettext_lazy("近一年平均整改天数"),
        numbered(ngettext_lazy("近一年隐患平均 %(n)d 天才销号", "近一年隐患平均 %(n)d 天才销号", "n")),
        gathered(
            put_right,
            ("found_at", "closed_at"),
            lambda at, found, closed: (closed - found) / DAY,
            mean,
        ),
        otherwise=None,
        grounds=standing_on(put_right, _told, order="-closed_at"),
    ),
    Feature(
        "months_unvisited",
        gettext_lazy("距上次检查的月数"),
        numbered(ngettext_lazy("%(n)d 个月没有检查", "%(n)d 个月没有检查", "n")),
        _months_since,
        otherwise=None,
        grounds=standing_on(_begun, _told_visit, order="-begun_at"),
    ),
    Feature(
        "never_visited", gettext_lazy("从未检查"), lambda n: _("本系统中从未检查"), _never, otherwise=None
    ),
)


def major_hazards(first: datetime, last: datetime, by: datetime) -> Iterator[Harm]:
    """Yield the major hazards found in a span by others than the enterprise itself, judged by a moment.

    What an enterprise finds itself and reports is what it shall do, no harm.
    """
    rows = standing.judged_major(known(by).filter(found_at__gt=first, found_at__lte=last), by)
    rows = rows.exclude(origin=Origin.SELF_CHECK)
    judged = Entry.objects.filter(case=OuterRef("pk"), verb="order").order_by("number")
    told = rows.annotate(judged_at=Subquery(judged.values("at")[:1]))
    for row in told.order_by("found_at", "pk"):
        words = f"{row.number} {row.title}"
        yield Harm(row.enterprise_id, row.found_at, row.judged_at, words, reverse("case", args=[row.pk]))


contribute_harms(
    HarmKind("major_hazard", gettext_lazy("查出重大隐患（不含企业自查）"), major_hazards, sought=True)
)
