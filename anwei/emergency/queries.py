"""Questions to the ledger of accidents."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Left

from anwei.emergency.models import Accident, OpeningFigure
from anwei.emergency.services.months import COUNTED
from anwei.ledgers.declaration import seen
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.standards.accidents import AT_LEAST_LARGER

OPENED = ("accidents", "fatal_accidents", "larger_accidents", "deaths", "injuries", "loss")
"""Columns of opening figures, each a number of its own: most rows of a month have none of it."""


def accidents_seen(person: Any) -> QuerySet[Any]:
    """Return the accidents a person sees with what statistics ask of each.

    `counted`: the county's own and of production; `fatal`, `at_least_larger`; `injuries`: serious and minor.
    """
    rows: QuerySet[Any] = seen(Accident, person).annotate(
        township=Left("territory", TOWNSHIP_DIGITS),
        counted=_whether(COUNTED),
        fatal=_whether(Q(deaths__gt=0)),
        at_least_larger=_whether(Q(grade__in=AT_LEAST_LARGER)),
        injuries=F("serious_injuries") + F("minor_injuries"),
    )
    return rows


def opening_seen(person: Any) -> QuerySet[Any]:
    """Return the opening figures a person sees, each with its township and whether it has some of OPENED."""
    rows: QuerySet[Any] = seen(OpeningFigure, person).annotate(
        township=Left("territory", TOWNSHIP_DIGITS),
        **{f"with_{name}": _whether(Q(**{f"{name}__gt": 0})) for name in OPENED},
    )
    return rows


def _whether(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())
