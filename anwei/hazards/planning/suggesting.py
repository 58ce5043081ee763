"""Whom to visit first, with every reason: live colour, open hazards, how long nobody came."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anwei.cases.lifecycle import Phase
from anwei.hazards.models import Grade, Hazard
from anwei.hazards.planning.capping import own_figures
from anwei.hazards.planning.coverage import Row
from anwei.hazards.queries import AGAIN
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.models import LiveColour
from anwei.standards.inspections.rules import weights
from anwei.standards.inspections.suggestion import MONTH, Reason, points_of, reasons_for
from anwei.standards.risk.grades import BY_KEY

COLOURS = ("red", "orange", "yellow")


@dataclass(frozen=True)
class Suggestion:
    """A row to visit, its points and the sentences that made them."""

    row: Row
    points: int
    sentences: tuple[str, ...]
    is_capped: bool


def suggestions(
    rows: Sequence[Row], person: Person, now: datetime, capped: Collection[int], most: int
) -> list[Suggestion]:
    """Return the enterprises among `rows` with the most points; those at the cap stand last and say so.

    Who was visited or is planned in the campaign already is left out.
    """
    facts = _facts(person, now)
    by_key, today, found = weights(own_figures()), day_of(now), []
    for row in rows:
        if row.is_covered or row.is_planned:
            continue
        told = dict(facts.get(row.key, {}))
        if row.last_on is None:
            told["never"] = 1
        else:
            told["month"] = (today - row.last_on).days // MONTH
        reasons = reasons_for(told, by_key)
        if reasons:
            found.append((row.key in capped, -points_of(reasons), row, reasons))
    found.sort(key=lambda one: (one[0], one[1], one[2].key))
    return [
        Suggestion(row, -points, tuple(sentence(reason) for reason in reasons), is_capped)
        for is_capped, points, row, reasons in found[:most]
    ]


def sentence(reason: Reason) -> str:
    """Return a reason in words, its points behind it."""
    n = reason.n
    words = {
        "major": ngettext("未销号重大隐患 %(n)d 件", "未销号重大隐患 %(n)d 件", n),
        "overdue": ngettext("超期隐患 %(n)d 件", "超期隐患 %(n)d 件", n),
        "repeat": ngettext("12个月内重复隐患 %(n)d 件", "12个月内重复隐患 %(n)d 件", n),
        "never": _("从未检查"),
        "month": ngettext("%(n)d 个月没有检查", "%(n)d 个月没有检查", n),
    }
    said = words[reason.key] % {"n": n} if reason.key in words else _colour(reason.key)
    return _("%(said)s（+%(points)d）") % {"said": said, "points": reason.points}


def _colour(key: str) -> str:
    return _("实时风险%(grade)s") % {"grade": _(BY_KEY[key].word)}


def _facts(person: Person, now: datetime) -> dict[int, dict[str, int]]:
    """Return colour and hazards of every enterprise a person sees, in four queries."""
    facts: dict[int, dict[str, int]] = defaultdict(dict)
    for enterprise, colour in LiveColour.objects.filter(colour__in=COLOURS).values_list(
        "enterprise", "colour"
    ):
        facts[enterprise][colour] = 1
    seen = Hazard.objects.visible_to(person).filter(enterprise__isnull=False).order_by()
    open_ones = seen.exclude(phase=Phase.CLOSED)
    for key, rows in (
        ("major", open_ones.filter(grade=Grade.MAJOR)),
        ("overdue", open_ones.filter(deadline__lt=now)),
        ("repeat", seen.filter(repeat_of__isnull=False, found_at__gte=now - AGAIN)),
    ):
        for enterprise, n in _counted(rows).items():
            facts[enterprise][key] = n
    return facts


def _counted(rows: QuerySet[Any]) -> Counter[int]:
    return Counter(rows.values_list("enterprise", flat=True))
