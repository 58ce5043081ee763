"""What this room adds to an enterprise's file: its cases, open and past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from anwei.cases.desk import with_own_rows
from anwei.cases.filters import OPEN
from anwei.cases.models import Case
from anwei.org.models import Person
from anwei.sites.enterprise_file import Sheet, contribute
from anwei.sites.models import Enterprise

N_PAST = 5


def cases_of(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the open cases, the most urgent first, and the last closed ones."""
    rows = with_own_rows(Case.objects.visible_to(person).filter(enterprise=enterprise))
    past = rows.exclude(OPEN)
    return {
        "open_cases": list(rows.filter(OPEN).order_by(F("deadline").asc(nulls_last=True), "pk")),
        "past_cases": list(past.order_by("-closed_at", "-pk")[:N_PAST]),
        "n_past": past.count(),
    }


contribute(Sheet("cases/enterprise_cases.html", cases_of, place=10))
