"""The week's list: every enterprise scored as of now, the reasons frozen with it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from anwei.analytics.colours import Colours, in_order
from anwei.analytics.learning import Learned, Training, learn, training
from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.scoring import Reason, baseline, points_of, rules_in_force
from anwei.analytics.tables import Table, month_table, months_before, table_at
from anwei.org.holdings import day_of
from anwei.standards.watch import WatchRules

MOST_REASONS, MOST_OTHERS = 8, 3  # that are kept of a row: with points, and of the model alone
TELLING = 0.05  # of the log odds: a smaller share is no reason


def monday(now: datetime) -> date:
    """Return the Monday of the county's week."""
    day = day_of(now)
    return day - timedelta(days=day.weekday())


def list_of_the_week(now: datetime) -> WatchRun:
    """Return this week's list; computed where it is not there yet, and never again."""
    week = monday(now)
    kept = WatchRun.objects.filter(week=week)
    try:
        return kept.first() or _computed(week, now)
    except IntegrityError:  # somebody else's came first
        return kept.get()


def learned_now(now: datetime, rules: WatchRules) -> tuple[Learned | None, Training]:
    """Return the model of all months that are over, and what it learned from."""
    tables = [month_table(month, now) for month in months_before(now, rules.figures["months"])]
    rows = training(tables, rules, now)
    return learn(rows, rules), rows


def _computed(week: date, now: datetime) -> WatchRun:
    began, rules = time.monotonic(), rules_in_force()
    learned, rows = learned_now(now, rules)
    table = table_at(now)
    scores = scored(table, rules, learned)
    with transaction.atomic():
        run = WatchRun.objects.create(
            week=week,
            as_of=now,
            computed_at=now,
            seconds=round(time.monotonic() - began, 2),
            n_enterprises=len(table.keys),
            rules={
                "points": [asdict(rule) for rule in rules.points],
                "figures": dict(rules.figures),
                "harms": list(rules.harms),
                "levels": _colours(rules, learned).kept(),
                "method": "" if learned is None else learned.method,
            },
            learned=learned is not None,
            n_events=rows.n_events,
            base_rate=None if learned is None else learned.base,
        )
        for score in scores:
            score.run = run
        RiskScore.objects.bulk_create(scores, batch_size=2000)
    return run


@dataclass(frozen=True)
class Placed:
    """The order of a list, and of each row of the table its probability (None: no model) and colour."""

    order: list[int]
    probabilities: list[float] | None
    levels: list[str]


def placed(table: Table, points: Sequence[int], rules: WatchRules, learned: Learned | None) -> Placed:
    """Return who stands where and in which colour."""
    probabilities = None if learned is None else learned.probabilities(table)
    said = [None] * len(points) if probabilities is None else probabilities
    colours = _colours(rules, learned)
    levels = [colours.of(*told) for told in zip(points, said, strict=True)]
    return Placed(in_order(points, probabilities, levels), probabilities, levels)


def scored(table: Table, rules: WatchRules, learned: Learned | None) -> list[RiskScore]:
    """Return the rows of a list, unsaved and in order; who has no points and no model says of is left out."""
    reasons = baseline(table, rules)
    points = [points_of(found) for found in reasons]
    listed = placed(table, points, rules, learned)
    told = [row for row in listed.order if points[row] or listed.probabilities is not None]
    shares = {} if learned is None else dict(zip(told, learned.shares(table, told), strict=True))
    found = []
    for place, row in enumerate(told, 1):
        why = _together(table, row, reasons[row], shares.get(row, {}))
        chance = None if listed.probabilities is None else round(listed.probabilities[row], 4)
        found.append(
            RiskScore(
                enterprise_id=table.keys[row],
                place=place,
                points=points[row],
                probability=chance,
                level=listed.levels[row],
                reasons=[one.kept() for one in weightiest(why)],
            )
        )
    return found


def _colours(rules: WatchRules, learned: Learned | None) -> Colours:
    return Colours(rules.levels) if learned is None else learned.colours


def weightiest(reasons: Sequence[Reason]) -> list[Reason]:
    """Return what is kept of reasons, in their order: the most points, and the model's largest shares beside.

    What the model makes little of is kept for its points: a colour may stand on it, and people check it.
    """
    with_points = sorted((one for one in reasons if one.points), key=lambda one: (-one.points, one.feature))
    others = sorted((one for one in reasons if not one.points), key=lambda one: (-one.share, one.feature))
    chosen = {one.feature for one in (*with_points[:MOST_REASONS], *others[:MOST_OTHERS])}
    return [one for one in reasons if one.feature in chosen]


def _together(table: Table, row: int, reasons: list[Reason], shares: dict[str, float]) -> list[Reason]:
    """Return the reasons of points with their share, and what else raises the probability."""
    found = [Reason(one.feature, one.value, one.points, shares.get(one.feature, 0.0)) for one in reasons]
    named = {one.feature for one in reasons}
    for name, share in shares.items():
        value = table.columns[name][row]
        if name not in named and share >= TELLING and value not in (None, 0.0):
            found.append(Reason(name, value if value is not None else 0.0, 0, share))
    if not shares:
        return found
    return sorted(found, key=lambda one: (-one.share, -one.points, one.feature))
