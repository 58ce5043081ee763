"""What both registers of hazards count by, and the links of figures narrow to (see `hazards.timing`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from anwei.hazards.overdue import BAND_LABELS
from anwei.hazards.timing import TIMINGS
from anwei.ledgers.columns import Label
from anwei.ledgers.declaration import Column
from anwei.org.models import Territory
from anwei.org.roster import TOWNSHIP_DIGITS

NARROWED_BY = tuple((name, name) for name in ("counted", "closed", "decided", "past_limit"))
"""Truths by which links narrow both registers; `=1` is true."""


def township_choices(person: Any) -> Iterable[tuple[str, str]]:
    """Return the county and its townships by code and name."""
    rows = Territory.objects.order_by("code").values_list("code", "name")
    return [(code, name) for code, name in rows if len(code) <= TOWNSHIP_DIGITS]


def told_true(name: str, label: Label) -> Column:
    """Return a column that says whether something reckoned holds, to filter by."""
    return Column(name, label=label, kind="boolean", path=name, editable=False, filtered=True, shown=False)


TOWNSHIP = Column(
    "township",
    label=gettext_lazy("按乡镇"),
    choices=township_choices,
    path="township",
    editable=False,
    filtered=True,
    shown=False,
)
OVERDUE = Column(
    "overdue",
    label=gettext_lazy("超期多久"),
    choices=lambda person: BAND_LABELS,
    path="overdue",
    editable=False,
    filtered=True,
    shown=False,
    sortable=False,
    explanation=gettext_lazy("整改时限已过而未整改完成"),
)


def timing_column(label: Label, *, shown: bool) -> Column:
    """Return the column that says whether a row is in time."""
    return Column(
        "timing",
        label=label,
        choices=lambda person: TIMINGS,
        path="timing",
        editable=False,
        filtered=True,
        shown=shown,
        sortable=False,
    )
