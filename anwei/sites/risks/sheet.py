"""What this room adds to an enterprise's file on graded risk: its grades and what they come from."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from anwei.org.models import Person
from anwei.sites.enterprise_file import Context, Sheet, contribute
from anwei.sites.models import Assessment, Enterprise, Grade, Installation, LiveColour, RiskPoint
from anwei.sites.risks.queries import (
    installation_levels,
    open_assessments,
    standing_points,
    static_grade,
)


def _risks_of(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    points = standing_points(RiskPoint.objects.visible_to(person).filter(site__enterprise=enterprise))
    counts = Counter(points.values_list("grade", flat=True))
    installations = list(Installation.objects.visible_to(person).filter(enterprise=enterprise))
    levels = installation_levels([one.pk for one in installations])
    seen = Assessment.objects.visible_to(person).filter(owner=enterprise)
    return {
        "static": static_grade(enterprise),
        "live": LiveColour.objects.filter(enterprise=enterprise).first(),
        "counts": [(grade, counts[grade]) for grade in (*Grade.values, "") if counts[grade]],
        "installations": [(one, levels.get(one.pk)) for one in installations],
        "n_waiting": open_assessments(seen).count(),
    }


contribute(Sheet("sites/risks/sheet.html", _risks_of, place=15))
