"""The map's GeoJSON: scope, colours, places."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from anwei.org.models import Person, Territory
from anwei.sites.colour import colour_counts
from anwei.sites.models import Enterprise
from tests.kernel.county import OTHER_TOWN, TOWN, County
from tests.monitoring.plant import Plant, raised

Visit = Callable[[Person], Client]
SQUARE = {"type": "Polygon", "coordinates": [[[119.8, 38.6], [119.9, 38.6], [119.9, 38.7], [119.8, 38.6]]]}


def names(client: Client) -> set[str]:
    return {feature["properties"]["name"] for feature in client.get("/map/sites.geojson").json()["features"]}


def test_each_sees_the_sites_of_their_own_scope(county: County, office: Person, visit: Visit) -> None:
    assert names(visit(office)) == {"甲化工厂", "乙煤矿"}
    assert names(visit(county.townsman)) == {"甲化工厂"}
    assert names(visit(county.worker)) == {"甲化工厂"}
    assert names(visit(county.regulator)) == {"乙煤矿"}
    assert names(visit(county.stranger)) == {"乙煤矿"}


def test_a_site_tells_place_colour_and_door(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None]
) -> None:
    happen(raised(plant.hh), raised(plant.h))
    answer = visit(office).get("/map/sites.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    feature = next(f for f in answer.json()["features"] if f["properties"]["name"] == "甲化工厂")
    assert feature["geometry"] == {"type": "Point", "coordinates": [119.91235, 38.7]}
    assert feature["properties"]["colour"] == "red"
    assert feature["properties"]["n_alarms"] == 2
    assert visit(office).get(feature["properties"]["url"]).status_code == 200


def test_the_map_shows_as_many_of_each_colour_as_the_ledger(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None]
) -> None:
    happen(raised(plant.h))
    drawn = [f["properties"]["colour"] for f in visit(office).get("/map/sites.geojson").json()["features"]]
    counted = colour_counts(Enterprise.objects.visible_to(office))
    assert {colour: drawn.count(colour) for colour in counted} == counted


def test_a_site_without_a_place_is_not_drawn(county: County, office: Person, visit: Visit) -> None:
    Enterprise.objects.filter(pk=county.enterprise.pk).update(longitude=None, latitude=None)
    assert names(visit(office)) == {"乙煤矿"}


def test_a_township_has_the_gravest_colour_that_one_may_see(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None]
) -> None:
    Territory.objects.filter(code__in=[TOWN, OTHER_TOWN]).update(boundary=SQUARE)
    happen(raised(plant.hh))

    def tints(person: Person) -> dict[str, str]:
        features = visit(person).get("/map/territories.geojson").json()["features"]
        return {f["properties"]["name"]: f["properties"]["colour"] for f in features}

    assert tints(office) == {"甲镇": "red", "乙镇": "none"}
    assert tints(plant.county.stranger) == {"甲镇": "none", "乙镇": "none"}
