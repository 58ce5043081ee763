"""A small county with planted causes, by the points alone; the long proof is tests/proof/test_years.py."""

from __future__ import annotations

from random import Random

import pytest

from anwei.analytics.scoring import rules_in_force
from anwei.analytics.tables import table_at
from anwei.analytics.weekly import scored
from tests.proof import years

pytestmark = pytest.mark.django_db
N, SEED = 60, 5


def test_planted_causes_are_named_four_weeks_before() -> None:
    random = Random(SEED)
    stories = years.told(random, N)
    accidents = years.planted(stories, random, 2)
    plants = years.built(N)
    years.written(stories, plants)
    for number, day in accidents.items():
        n_weeks = (day - years.MONDAY.date()).days // 7 - 4
        at = years.MONDAY + n_weeks * years.WEEK
        listed = scored(table_at(at), rules_in_force(), None)
        points = {score.enterprise_id: score.points for score in listed}
        assert [points.get(plant.pk, 0) for plant in plants] == years.points(stories, at)
        own = next(score for score in listed if score.enterprise_id == plants[number].pk)
        assert own.place <= N // 10
        assert all(years.causes_named(own)), own.reasons
