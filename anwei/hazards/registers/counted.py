"""What both registers of hazards count by, and the links of figures narrow to (see `hazards.timing`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from anwei.hazards.overdue import BAND_LABELS
from anwei.hazards.timing import TIMINGS
from anwei.ledgers.columns import Label
from anwei.ledgers.declaration import Column

NARROWED_BY = tuple((name, name) for name in ("counted", "closed", "decided", "past_limit"))
"""Truths by which links narrow both registers; `=1` is true."""

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
