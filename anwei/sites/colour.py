"""The colour of an enterprise, one on every screen: its live colour, and apart from it whether it is watched.

The colour is read from the row that `anwei.sites.live` keeps; whether sensors report is known to the room
that has them, which calls `declare_watch` once when it is made ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Case, Count, Expression, F, IntegerField, Model, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from anwei.sites.models import Enterprise, Grade

COLOUR_CHOICES = [
    ("red", _("红色")),
    ("orange", _("橙色")),
    ("yellow", _("黄色")),
    ("blue", _("蓝色")),
    ("none", _("未定级")),
]
WATCH_CHOICES = [("online", _("在线")), ("offline", _("离线")), ("none", _("未接入"))]
Rows = TypeVar("Rows", bound=QuerySet[Model])

_source: list[Callable[[], Expression]] = []


def declare_watch(source: Callable[[], Expression]) -> None:
    """Let `source` build the expression, on enterprises, that yields one of the codes of WATCH_CHOICES."""
    _source[:] = [source]


def coloured(enterprises: Rows) -> Rows:
    """Return the enterprises with their live `colour`, "none" where nothing gives one."""
    graded = When(live_colour__colour__in=Grade.values, then=F("live_colour__colour"))
    return enterprises.annotate(colour=Case(graded, default=Value("none")))


def watched(enterprises: Rows) -> Rows:
    """Return the enterprises with the state of their sensors, `watch`; "none" while no room has sensors."""
    return enterprises.annotate(watch=_source[0]() if _source else Value("none"))


def gravity(column: str) -> Case:
    """Return the rank of a colour or severity in `column`, so that rows sort by it: 0 is the gravest."""
    ranks = [When(**{column: code}, then=Value(rank)) for rank, (code, _label) in enumerate(COLOUR_CHOICES)]
    return Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())


def colour_counts(enterprises: QuerySet[Enterprise]) -> dict[str, int]:
    """Return how many of the enterprises have each colour, in the order of severity, zeros included."""
    rows: QuerySet[Any] = coloured(enterprises)
    found = dict(rows.order_by().values("colour").annotate(n=Count("pk")).values_list("colour", "n"))
    return {code: found.get(code, 0) for code, _label in COLOUR_CHOICES}


def n_offline(enterprises: QuerySet[Enterprise]) -> int:
    """Return of how many of the enterprises every sensor is silent."""
    rows: QuerySet[Any] = watched(enterprises)
    return rows.filter(watch="offline").count()
