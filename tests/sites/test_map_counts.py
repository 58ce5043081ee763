"""The legend of the map counts what its layers show, and what has no place, in the reader's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.org.models import Person
from anwei.sites.map.layers import counted, layers
from anwei.sites.models import Site
from tests.kernel.county import TOWN, County, county_clerk
from tests.sites.mapped import fill_map

pytestmark = pytest.mark.db


def test_the_legend_counts_what_the_layers_show(county: County, browse: Callable[[Person], Client]) -> None:
    mapped = fill_map(county)
    unplaced = {"unit": county.duty.unit, "territory": TOWN, "sector": "fire"}
    Site.objects.create(category="nine_small", code="JX-1", name="面馆", **unplaced)
    mapped.road.pk, mapped.road.code, mapped.road.name = None, "LD-2", "陡坡"
    mapped.road.save()
    clerk = county_clerk()
    for person in (clerk, county.stranger):
        told = browse(person).get(reverse("map")).context["counted"]
        assert [one.layer for one in told] == layers()
        for one in told:
            shown = list(one.layer.points.features(person, None))
            drawn = Counter(feature.category for feature in shown if feature.longitude is not None)
            assert {category.code: n for category, n in one.categories if n} == dict(drawn)
            assert one.n_without_place == len(shown) - drawn.total()
    places = next(one for one in counted(clerk) if one.layer.code == "places")
    assert (places.n, places.n_without_place) == (3, 1)


def test_all_layers_are_counted_at_once(county: County) -> None:
    fill_map(county)
    clerk = county_clerk()
    list(counted(clerk))  # who the person is, is asked once
    with CaptureQueriesContext(connection) as queries:
        list(counted(clerk))
    assert sum("UNION" in one["sql"] for one in queries) == 1 and len(queries) == 1
