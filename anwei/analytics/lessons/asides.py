"""The doors to 举一反三 beside an accident and a major hazard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from anwei.analytics.lessons.models import Lesson
from anwei.emergency.models import Accident
from anwei.hazards.models import Campaign, Hazard
from anwei.ledgers.beside import Aside, Context, contribute_aside
from anwei.org.models import Person
from anwei.org.scope import sees_as_official


def _of(row: Any, name: str, person: Person) -> Context:
    if not sees_as_official(person, row):
        return {}
    seen = Campaign.objects.visible_to(person).values("pk")
    drawn = Lesson.objects.filter(**{name: row}, campaign__in=seen).select_related("campaign")
    return {"url": reverse(f"lesson_{name}", args=[row.pk]), "drawn": drawn}


def _of_accident(row: Any, person: Person, now: datetime) -> Context:
    return _of(row, "accident", person)


def _of_hazard(row: Any, person: Person, now: datetime) -> Context:
    return _of(row, "hazard", person) if row.is_major else {}


contribute_aside(Aside("lessons/aside.html", _of_accident, [Accident], place=60))
contribute_aside(Aside("lessons/aside.html", _of_hazard, [Hazard], place=60))
