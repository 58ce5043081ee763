"""What pages say about a hazard: the criterion's row as it is today, and the photos before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anwei.cases.clocks import OPENED
from anwei.cases.models import Evidence
from anwei.hazards.models import Hazard
from anwei.standards.hazards.criteria import Criterion, criterion
from anwei.standards.law.register import SUPERSEDED

register = template.Library()


@dataclass(frozen=True)
class Photos:
    """The photos of what was found, and of what was done about it."""

    before: list[Evidence]
    after: list[Evidence]

    @property
    def sides(self) -> list[tuple[Promise, list[Evidence]]]:
        """Both with their headings."""
        return [(_("整改前"), self.before), (_("整改后"), self.after)]


@register.filter
def criterion_row(hazard: Hazard) -> Criterion | None:
    """Return the criterion as the register has it today; None without one, or where it has it no longer."""
    try:
        return criterion(hazard.criterion) if hazard.criterion else None
    except KeyError:
        return None


@register.filter
def replaced(hazard: Hazard) -> bool:
    """Say whether the standard by which somebody judged was replaced since."""
    row = criterion_row(hazard)
    return bool(hazard.criterion_text) and (row is None or row.status == SUPERSEDED)


@register.filter
def before_and_after(hazard: Hazard) -> Photos:
    """Return the photos side by side: of the finding, and of the last rectification."""
    rows = Evidence.objects.filter(case=hazard.pk, media_type__startswith="image/").select_related("entry")
    photos = list(rows.order_by("pk"))
    last = max((row.entry.number for row in photos if row.entry.verb == "fix"), default=0)
    before = [row for row in photos if row.entry.verb == OPENED]
    return Photos(before, [row for row in photos if row.entry.number == last and row.entry.verb == "fix"])
