"""What this room adds to an enterprise's file on graded risk: its grades and what they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.blocks import Block, Table
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Context, Sheet, contribute
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


def _printed(asked: Asked) -> Iterator[Block]:
    found = _risks_of(asked.enterprise, asked.person, asked.now)
    labels = {**dict(Grade.choices), "": _("未评估")}
    counts = _("、").join(f"{labels[grade]} {n}" for grade, n in found["counts"])
    lines = [(_("静态等级"), str(labels[found["static"]])), (_("风险点"), counts or _("未登记"))]
    for one, level in found["installations"]:
        grade = _("%(level)s级重大危险源") % {"level": _ROMAN[level]} if level else _("未构成或未分级")
        lines.append((one.name, grade))
    yield Table(lines, has_header=False)


_ROMAN = {1: "一", 2: "二", 3: "三", 4: "四"}

contribute(
    Sheet(
        "sites/risks/sheet.html",
        _risks_of,
        10,
        group="risks",
        title=gettext_lazy("风险分级"),
        printed=_printed,
    )
)
