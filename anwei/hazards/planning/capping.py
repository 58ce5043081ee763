"""The yearly cap of visits for each body and enterprise (国办发〔2024〕54号)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import bodies_at
from anwei.ledgers.services import county_setting
from anwei.org.models import Person, Unit
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


def used_by_own(enterprise: Enterprise | None, person: Person) -> list[tuple[Unit, int]]:
    """Return how often each body of a person is counted at an enterprise this year."""
    if enterprise is None:
        return []
    year = timezone.localdate().year
    return [(unit, n_counted(unit, enterprise, year)) for unit in bodies_at(person)]
