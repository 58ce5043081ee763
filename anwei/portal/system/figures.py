"""The figures that a county may set for itself: each with its default, its source, and what replaced it.

One shape serves the list, the form, the check and the reset: a set of figures is kept as the value of one
`ledgers.Setting`, a figure as what its fields say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.services import change_setting, county_setting, locked_setting
from anwei.org.models import Person

Value = dict[str, Any]
UNITS = {
    "immediate": gettext_lazy("立即"),
    "minute": gettext_lazy("分钟"),
    "hour": gettext_lazy("小时"),
    "same_day": gettext_lazy("当日"),
    "natural": gettext_lazy("日"),
    "working": gettext_lazy("个工作日"),
    "month": gettext_lazy("个月"),
    "next_month": gettext_lazy("日（从下月起）"),
    "next_quarter": gettext_lazy("日（从下季度起）"),
    "next_year": gettext_lazy("日（从下年度起）"),
    "day": gettext_lazy("天"),
    "by_plan": gettext_lazy("由方案确定"),
}
WITHOUT_NUMBER = ("immediate", "same_day", "by_plan")


@dataclass(frozen=True)
class Field:
    """One input of a figure; with `choices` (value, label) a list to choose from."""

    name: str
    label: str
    value: str | int
    is_number: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One row: how it stands, what it would be by default, where that comes from, what may be entered."""

    name: str
    group: str
    label: str
    shown: str
    default: str
    citation: str
    confidence: str
    fields: tuple[Field, ...]
    is_own: bool
    note: str = ""


class FigureSet(Protocol):
    """Figures under one Setting; `own` is always that Setting's value."""

    code: str
    key: str
    label: Any
    hint: Any

    def figures(self, own: Value) -> list[Figure]:
        """Return all figures as they stand with the county's own."""

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Return `own` with one figure entered.

        Raises ValueError, as a sentence, where it does not hold.
        """

    def reset(self, own: Value, name: str) -> Value:
        """Return `own` without one figure."""


@runtime_checkable
class Followed(Protocol):
    """A set whose change has consequences for what was made by it."""

    def follow(self, now: datetime) -> None:
        """Draw them, in the transaction of the change."""


def length(limit: int | None, unit: str) -> str:
    """Return a limit in words: 10 分钟, 当日."""
    words = str(UNITS[unit])
    return words if limit is None or unit in WITHOUT_NUMBER else f"{limit} {words}"


def figure_of(figures: FigureSet, name: str) -> Figure | None:
    """Return one figure as it stands, None where the set has none of that name."""
    return next((row for row in figures.figures(county_setting(figures.key, {})) if row.name == name), None)


@transaction.atomic
def set_figure(
    figures: FigureSet, name: str, entered: Mapping[str, str], *, actor: Person, now: datetime, reason: str
) -> None:
    """Set one figure; raises ValueError, as a sentence, for one that does not hold or without a reason."""
    own = locked_setting(figures.key)
    value = figures.changed(own, name, entered)
    figures.figures(value)  # the room that reads it refuses what it could not use
    _keep(figures, value, actor=actor, now=now, reason=reason)


@transaction.atomic
def reset_figure(figures: FigureSet, name: str, *, actor: Person, now: datetime, reason: str) -> None:
    """Let the default hold again; raises ValueError without a reason."""
    value = figures.reset(locked_setting(figures.key), name)
    _keep(figures, value, actor=actor, now=now, reason=reason)


def _keep(figures: FigureSet, value: Value, *, actor: Person, now: datetime, reason: str) -> None:
    change_setting(figures.key, value, default={}, actor=actor, now=now, reason=reason)
    if isinstance(figures, Followed):
        figures.follow(now)


def whole(entered: Mapping[str, str], name: str) -> int:
    """Return an entered whole number, 0 where the field is empty.

    Raises ValueError, as a sentence, for anything else.
    """
    text = entered.get(name, "").strip()
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 5:
        raise ValueError(_("请填写整数。"))
    return int(text)


def differences(figures: FigureSet, before: Value, after: Value) -> list[tuple[str, str, str]]:
    """Return label, old and new words of each figure that differs; [] where no version of ours reads them."""
    try:
        old = {(row.group, row.name): row for row in figures.figures(before)}
        new = figures.figures(after)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return []  # kept by an earlier version
    return [
        (str(row.label), str(old[key].shown), str(row.shown))
        for row in new
        if (key := (row.group, row.name)) in old and old[key].shown != row.shown
    ]
