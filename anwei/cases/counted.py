"""What registers of counted rows share: the columns by which figures divide and links narrow them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from anwei.ledgers.columns import Label
from anwei.ledgers.declaration import Column
from anwei.org.models import Territory
from anwei.org.roster import TOWNSHIP_DIGITS


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
