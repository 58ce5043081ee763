"""Whose a row is: the enterprises a person may name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anwei.sites.models import Enterprise


def enterprise_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the enterprises a person may name, by their full name."""
    rows = Enterprise.objects.all() if person is None else Enterprise.objects.visible_to(person)
    return rows.order_by("unit__name").values_list("pk", "unit__name")
