"""The counter of art. 113: an enterprise with a major hazard that was penalised again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.hazards.models import STANDS, Grade, Hazard, Penalty
from anwei.sites.models import Enterprise
from anwei.standards.hazards.penalties import WORK_SAFETY_ACT
from anwei.standards.hazards.rules import Window, closure


@dataclass(frozen=True)
class Reached:
    """An enterprise for which closing must be asked for: by which windows, filled by which penalties."""

    windows: tuple[Window, ...]
    penalised_on: tuple[date, ...]

    @property
    def sentence(self) -> str:
        """What to tell people, with the article."""
        words = {
            "windows": _("、").join(_(window.text) for window in self.windows),
            "days": _("、").join(day.isoformat() for day in self.penalised_on),
            "citation": closure().citation,
        }
        return _("存在重大隐患，且受处罚%(windows)s（%(days)s），应提请关闭（%(citation)s）") % words


def windows_reached(penalised_on: Collection[date], on: date) -> tuple[Window, ...]:
    """Return the windows of art. 113 that are filled on a day.

    A window that its last penalty filled stays filled for its own length after that penalty, so that the duty
    does not vanish the day after it arose.
    """
    days = [day for day in penalised_on if day <= on]
    return tuple(
        window
        for window in closure().windows
        if any(window.count(days, day) >= window.times and window.count([day], on) for day in days)
    )


def closure_of(enterprise: Enterprise, on: date) -> Reached | None:
    """Return what of art. 113 an enterprise has reached on a day, None where nothing."""
    return closures(Enterprise.objects.filter(pk=enterprise.pk), on).get(enterprise.pk)


def closures(enterprises: QuerySet[Enterprise] | None, on: date) -> dict[int, Reached]:
    """Return by enterprise what of art. 113 is reached on a day; of all where none are named.

    A major hazard exists while one that was judged 重大 is not closed off. What counts are penalties of the
    unit itself, not of its people, under the work safety act alone (生产经营单位…受到本法规定的行政处罚),
    that stand: a decision annulled by review or court was none, a varied one is.
    """
    rows = Penalty._base_manager.filter(law=WORK_SAFETY_ACT, decided_on__lte=on, enterprise__isnull=False)
    rows = rows.filter(person_name="").filter(STANDS | Q(annulled_on__gt=on))
    rows = rows.filter(enterprise__in=_with_major(on))
    if enterprises is not None:
        rows = rows.filter(enterprise__in=enterprises.order_by().values("pk"))
    days: dict[int, list[date]] = defaultdict(list)
    for key, day in rows.order_by("decided_on").values_list("enterprise", "decided_on"):
        days[key].append(day)
    found = ((key, _reached(told, on)) for key, told in days.items())
    return {key: reached for key, reached in found if reached is not None}


def _reached(days: Iterable[date], on: date) -> Reached | None:
    told = tuple(days)
    windows = windows_reached(told, on)
    return Reached(windows, told[-max(window.times for window in windows) :]) if windows else None


def _with_major(on: date) -> QuerySet[Hazard]:
    """Return the enterprises (keys) with a major hazard that was open on a day."""
    major = Hazard._base_manager.filter(grade=Grade.MAJOR, enterprise__isnull=False, found_at__date__lte=on)
    still = major.exclude(phase=Phase.CLOSED) | major.filter(closed_at__date__gt=on)
    return still.order_by().values("enterprise")  # type: ignore[return-value]
