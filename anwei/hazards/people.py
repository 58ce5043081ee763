"""Whose names may stand in the words about a hazard: they are masked wherever everybody reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from anwei.cases.models import Entry
from anwei.hazards.models import Hazard
from anwei.hazards.services.finders import BETWEEN
from anwei.org.models import Person


def names_around(hazard: Hazard | None, units: Iterable[int | None], cases: Iterable[int]) -> set[str]:
    """Return the names of who works in these units or their parts, acted in these cases, found the hazard."""
    keys = [key for key in units if key is not None]
    acted = Q(pk__in=Entry.objects.filter(case__in=list(cases), actor__isnull=False).values("actor"))
    working = Q(holdings__post__unit__in=keys) | Q(holdings__post__unit__parent__in=keys)
    told = set(Person.objects.filter(acted | working).values_list("full_name", flat=True))
    if hazard is not None:
        told |= {hazard.responsible_name, hazard.finder}
        told |= set() if hazard.found_by is None else {hazard.found_by.full_name}
    return {name for each in told if each for name in (each, *BETWEEN.split(each)) if name}
