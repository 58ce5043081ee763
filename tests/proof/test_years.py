"""Years of a county in which chains of causes end in accidents, and years in which nothing causes anything.

Four weeks before its accident a planted enterprise stands in the top tenth of the week's list as the product
makes it, learned model and all, and its reasons name the planted causes. In years without causes no more red
and orange warnings are suggested than points by chance give, no more years have a model that colours anybody
than the doubt a county allows (one in forty), and the lists catch a tenth of what happens. Lists there are
those of each first of a month; the points of the weeks between are reckoned from the story, which gives those
of every list made.
`python3 dev.py proof tests/proof/test_years.py` runs all twenty; `YEARS=2` two of each, `YEARS_FIRST=100` others.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from django.db import transaction
from scipy.stats import binom, nbinom, poisson

from anwei.analytics.learning import Learned
from anwei.analytics.models import WatchRun
from anwei.analytics.scoring import baseline, points_of, rules_in_force
from anwei.analytics.tables import harmed_rows, harms_between, month_table
from anwei.analytics.weekly import learned_now, list_of_the_week, placed
from anwei.hazards.statistics import start_of
from anwei.standards.watch import COLOURS, Level, watch_rules
from tests.proof import years
from tests.proof.years import DAY, MONDAY, N_WEEKS, WEEK, N, Story

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
FIRST, N_SEEDS = int(os.environ.get("YEARS_FIRST", "1")), int(os.environ.get("YEARS", "10"))
PLANTED, UNPLANTED = range(FIRST, FIRST + N_SEEDS), range(FIRST + 10, FIRST + 10 + N_SEEDS)
WEEKS_AHEAD = 4
TOP = N // 10
N_CHANCE = 20  # counties without causes, in memory: how often points come together by chance
GRAVE = 2  # colours: red and orange
SELDOM, RARE = 0.01, 0.001  # that what has no fault fails here: all years together, one of them


@pytest.mark.parametrize("seed", PLANTED)
def test_planted_causes_are_seen_four_weeks_before(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    began, random = time.process_time(), Random(seed)
    stories = years.told(random)
    accidents = years.planted(stories, random)
    plants = years.built()
    years.written(stories, plants)
    lines, missed = [], []
    for number, day in sorted(accidents.items(), key=lambda one: one[1]):
        at = MONDAY + ((day - MONDAY.date()).days // 7 - WEEKS_AHEAD) * WEEK
        run: WatchRun = list_of_the_week(at)
        own = run.scores.filter(enterprise=plants[number]).get()
        assert own.points == years.points(stories, at)[number]
        n_named = sum(years.causes_named(own))
        n_grave = run.scores.filter(level__in=COLOURS[:GRAVE]).count()
        lines.append(
            f"planted {seed}: {(day - at.date()).days} days before, place {own.place} of {N}, {own.points} points, "
            f"{own.level or 'no colour'}, probability {own.probability} of {run.base_rate}, {n_named} causes of 3; "
            f"list by {run.rules['method'] or 'points alone'}, {n_grave} red or orange"
        )
        if own.place > TOP or n_named < len(years.CAUSES):
            missed.append(lines[-1])
    with capsys.disabled():
        print("", *lines, f"{time.process_time() - began:.0f} s of processor time", sep="\n")
    assert not missed, missed


@dataclass
class Sums:
    """What the lists of a year without causes gave: how grave each enterprise is, 0 none to 4 red."""

    methods: Counter[str] = field(default_factory=Counter)  # of lists with a model
    by_model: int = 0  # enterprises of a list with a graver colour than their points give
    n_lists: int = 0
    hits: int = 0  # of the harmed, in the top tenth of lists whose weeks do not overlap
    n_harmed: int = 0
    begun: list[int] = field(default_factory=list)  # how often each colour or a graver began, blue first


def lived(stories: list[Story], levels: tuple[Level, ...]) -> Sums:
    """Write a year, make the list of each first of a month, each with a model of its own."""
    years.written(stories, years.built())
    rules, sums = rules_in_force(), Sums()
    month, last = MONDAY.date().replace(day=1), (MONDAY + N_WEEKS * WEEK).date()
    while (month := (month + 32 * DAY).replace(day=1)) < last:
        at = start_of(month)
        learned: Learned | None = learned_now(at, rules)[0]
        table = month_table(month, at)
        points = [points_of(reasons) for reasons in baseline(table, rules)]
        assert points == years.points(stories, at)
        listed = placed(table, points, rules, learned)
        alone = by_points([points], levels)[0]
        sums.by_model += sum(gravity(now) > by for now, by in zip(listed.levels, alone, strict=True))
        if learned is not None:
            sums.methods[learned.method] += 1
        if sums.n_lists % 2 == 0:
            until = at + rules.figures["weeks"] * WEEK
            harmed = harmed_rows(table, harms_between(at, until, until + 2 * DAY, rules.harms), until)
            sums.hits += sum(harmed[row] for row in listed.order[:TOP])
            sums.n_harmed += sum(harmed)
        sums.n_lists += 1
    return sums


def gravity(level: str) -> int:
    """Return 4 for red, 0 for no colour."""
    return len(COLOURS) - COLOURS.index(level) if level else 0


def by_points(points: list[list[int]], levels: tuple[Level, ...]) -> list[list[int]]:
    """Return how grave points alone make each enterprise, week by week."""
    return [[sum(one >= level.points for level in levels) for one in week] for week in points]


def begun(weeks: list[list[int]], least: int) -> int:
    """Return how often a colour so grave began: one week so, and not the week before."""
    return sum(
        now >= least > was
        for before, after in pairwise([[0] * len(weeks[0]), *weeks])
        for was, now in zip(before, after, strict=True)
    )


def begun_by_points(stories: list[Story], levels: tuple[Level, ...]) -> list[int]:
    """Return how often each colour or a graver began in a year of weekly lists, blue first."""
    weeks = by_points([years.points(stories, MONDAY + k * WEEK) for k in range(N_WEEKS)], levels)
    return [begun(weeks, least) for least in range(1, len(levels) + 1)]


def at_least(count: int, chance: list[int], n_years: int = 1) -> float:
    """Return how often so many years give at least `count`, by the counts of others (negative binomial).

    The colours of bursts begin several at once, so that years differ more than Poisson.
    """
    mean, variance = float(np.mean(chance)), float(np.var(chance, ddof=1))
    if variance <= mean:
        return float(poisson.sf(count - 1, n_years * mean))
    return float(nbinom.sf(count - 1, n_years * mean**2 / (variance - mean), mean / variance))


def test_years_without_causes_warn_no_more_than_chance(capsys: pytest.CaptureFixture[str]) -> None:
    levels = watch_rules({}).levels
    grave = len(COLOURS) - GRAVE
    others = [begun_by_points(years.told(Random(10_000 + seed)), levels) for seed in range(N_CHANCE)]
    expected, chance = np.mean(others, axis=0), [found[grave] for found in others]
    with capsys.disabled():
        print(f"\nbegan blue or more, yellow or more, orange or more, red, expected: {expected}; {chance}")
    found = []
    for seed in UNPLANTED:
        began, stories = time.process_time(), years.told(Random(seed))
        with transaction.atomic():
            sums = lived(stories, levels)
            transaction.set_rollback(True)
        sums.begun = begun_by_points(stories, levels)
        found.append(sums)
        with capsys.disabled():
            print(
                f"unplanted {seed}: began {sums.begun}; {sums.by_model} more by the model in {sums.n_lists} lists, "
                f"{dict(sums.methods)}; top tenth {sums.hits} of {sums.n_harmed} harmed; "
                f"{time.process_time() - began:.0f} s of processor time",
                flush=True,
            )
    begun_grave = [sums.begun[grave] for sums in found]
    assert min(at_least(count, chance) for count in begun_grave) > RARE
    assert at_least(sum(begun_grave), chance, len(found)) > SELDOM
    doubt = (1 - watch_rules({}).figures["sure"] / 100) / 2
    assert binom.sf(sum(sums.by_model > 0 for sums in found) - 1, len(found), doubt) > SELDOM
    assert binom.sf(sum(one.hits for one in found) - 1, sum(one.n_harmed for one in found), TOP / N) > SELDOM
