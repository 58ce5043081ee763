"""The state colour of an enterprise: declared here, computed by the room that knows the alarms.

`sites` must not know sensors; the room that does calls `declare_colour` once when it is made ready. Every
screen that colours an enterprise uses `coloured`, so that the numbers of two screens agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Case, Count, Expression, IntegerField, Model, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from anwei.sites.models import Enterprise

COLOUR_CHOICES = [
    ("red", _("红色")),
    ("orange", _("橙色")),
    ("yellow", _("黄色")),
    ("blue", _("蓝色")),
    ("offline", _("离线")),
    ("none", _("未接入")),
]
Rows = TypeVar("Rows", bound=QuerySet[Model])

_source: list[Callable[[], Expression]] = []


def declare_colour(source: Callable[[], Expression]) -> None:
    """Let `source` build the expression, on enterprises, that yields one of the codes of COLOUR_CHOICES."""
    _source[:] = [source]


def coloured(enterprises: Rows) -> Rows:
    """Return the enterprises with their state `colour`; "none" for all while no room watches them."""
    return enterprises.annotate(colour=_source[0]() if _source else Value("none"))


def gravity(column: str) -> Case:
    """Return the rank of a colour or severity in `column`, so that rows sort by it: 0 is the gravest."""
    ranks = [When(**{column: code}, then=Value(rank)) for rank, (code, _label) in enumerate(COLOUR_CHOICES)]
    return Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())


def colour_counts(enterprises: QuerySet[Enterprise]) -> dict[str, int]:
    """Return how many of the enterprises have each colour, in the order of severity, zeros included."""
    rows: QuerySet[Any] = coloured(enterprises)
    found = dict(rows.order_by().values("colour").annotate(n=Count("pk")).values_list("colour", "n"))
    return {code: found.get(code, 0) for code, _label in COLOUR_CHOICES}
