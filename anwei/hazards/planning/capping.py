"""The yearly cap of visits for each body and enterprise (国办发〔2024〕54号)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.hazards.models import Visit
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.org.models import Unit
from anwei.sites.models import Enterprise
from anwei.standards.inspections.rules import FIGURES, Reason, figure, reasons


def own_figures() -> dict[str, Any]:
    """Return what the county set of the figures of inspections."""
    own: dict[str, Any] = county_setting(FIGURES, {})
    return own


def yearly_cap() -> int:
    """Return how often a body may visit an enterprise in a year."""
    return figure("cap", own_figures())


def counted_in(year: int) -> QuerySet[Visit]:
    """Return the visits of a year that stand under the cap: by the year they began in, or by the plan."""
    in_year = Q(begun_at__year=year) | Q(begun_at=None, planned_on__year=year)
    return Visit._base_manager.filter(in_year, counted=True, cancelled_at=None)


def n_counted(body: Unit, enterprise: Enterprise, year: int) -> int:
    """Return how many visits of a body to an enterprise count in a year."""
    return counted_in(year).filter(enterprise=enterprise, bodies=body).count()


def n_counted_by_enterprise(body: Unit, year: int) -> dict[int, int]:
    """Return how many visits of a body count in a year, by the key of the enterprise."""
    rows = counted_in(year).filter(bodies=body, enterprise__isnull=False).order_by()
    return dict(rows.values_list("enterprise").annotate(n=Count("pk")))


def refusal(bodies: Iterable[Unit], enterprise: Enterprise, on: date, reason: Reason) -> str:
    """Return the sentence why one more visit is too many, "" where it is not."""
    if not reason.counted:
        return ""
    cap = yearly_cap()
    for body in bodies:
        n = n_counted(body, enterprise, on.year)
        if n >= cap:
            free = (_(other.label) for other in reasons().values() if not other.counted)
            words = {
                "body": body,
                "enterprise": enterprise,
                "year": on.year,
                "n": n,
                "cap": cap,
                "reasons": _("、").join(free),
            }
            return (
                _(
                    "%(body)s %(year)d 年对%(enterprise)s已安排 %(n)d 次计次检查，上限 %(cap)d 次"
                    "（国办发〔2024〕54号），不能再安排。不计次的事由：%(reasons)s。"
                )
                % words
            )
    return ""


def year_of(visit: Visit) -> int:
    """Return the year in which a visit counts: that of its beginning, until then that of the plan."""
    return visit.planned_on.year if visit.begun_at is None else day_of(visit.begun_at).year


def used_at(visit: Visit, units: Iterable[Unit]) -> list[tuple[Unit, int]]:
    """Return how often each of `units` is counted at the enterprise of a visit in the year of the visit.

    A merged visit counts once for each of its bodies (国办发〔2024〕54号; standards.inspections.rules `cap`).
    """
    return used_by(units, visit.enterprise, year_of(visit))


def used_by(units: Iterable[Unit], enterprise: Enterprise | None, year: int) -> list[tuple[Unit, int]]:
    """Return how often each of `units` is counted at an enterprise in a year; each once, in their order."""
    if enterprise is None:
        return []
    rows = counted_in(year).filter(enterprise=enterprise).order_by()
    counts = dict(rows.values_list("bodies").annotate(n=Count("pk")))
    return [(unit, counts.get(unit.pk, 0)) for unit in dict.fromkeys(units)]
