"""The transparent baseline: points of known facts by a table that a county may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.analytics.tables import Table
from anwei.ledgers.services import county_setting
from anwei.sites.features import Value, feature
from anwei.standards.watch import WATCH, PointRule, WatchRules, watch_rules


@dataclass(frozen=True)
class Reason:
    """One fact behind a score: its feature and value, its points, its share of the model's log odds."""

    feature: str
    value: Value
    points: int = 0
    share: float = 0.0

    def kept(self) -> list[Value]:
        """Return it as the row of a score keeps it."""
        value = round(self.value, 2) if isinstance(self.value, float) else self.value
        return [self.feature, value, self.points, round(self.share, 3)]


def rules_in_force() -> WatchRules:
    """Return the rules as this county set them."""
    return watch_rules(county_setting(WATCH, {}))


def reasons_of(values: Mapping[str, Value | None], rules: Iterable[PointRule]) -> list[Reason]:
    """Return what gives points, the most first."""
    found = []
    for rule in rules:
        value = values.get(rule.feature)
        if isinstance(value, float | int) and (points := rule.of(float(value))):
            found.append(Reason(rule.feature, float(value), points))
    return sorted(found, key=lambda one: (-one.points, one.feature))


def points_of(reasons: Iterable[Reason]) -> int:
    """Return the sum of the points."""
    return sum(one.points for one in reasons)


def baseline(table: Table, rules: WatchRules) -> list[list[Reason]]:
    """Return the reasons of every row of a table."""
    return [reasons_of(table.values_of(row), rules.points) for row in range(len(table.keys))]


def sentence(reason: Reason) -> str:
    """Return a fact in words, "" where no room knows its feature any more."""
    known = feature(reason.feature)
    if known is None:
        return _("%(feature)s：%(value)s") % {"feature": reason.feature, "value": reason.value}
    return known.sentence(reason.value)
