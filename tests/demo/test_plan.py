"""The county on paper: invented, complete, and consistent with itself."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from anwei.demo.boundaries import inside
from anwei.demo.credit_code import credit_code
from anwei.demo.plan import enterprises, townships
from anwei.demo.simulator.models import MODELS
from anwei.demo.tables import table
from anwei.standards.identifiers import CREDIT_LETTERS, credit_check, organisation_check
from anwei.standards.sectors import sectors
from anwei.standards.setpoints import setpoint

DIVISION = Path(__file__).resolve().parents[3] / "shared" / "data" / "division"
DEVICES = [device for plan in enterprises() for device in plan.devices]
Segment = tuple[tuple[float, float], tuple[float, float]]


def borders(ring: tuple[tuple[float, float], ...]) -> list[Segment]:
    return [(min(a, b), max(a, b)) for a, b in pairwise(ring)]


def cross(first: Segment, second: Segment) -> bool:
    """Say whether two segments cross at a point inside both."""

    def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = first, second
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_it_has_the_size_of_a_county() -> None:
    assert len(townships()) == 10
    assert len(table("county")["department"]) >= 15
    assert len(enterprises()) == 120
    assert 550 <= sum(len(device.tags) for device in DEVICES) <= 650
    assert 180 <= len(DEVICES) <= 260


def test_every_sector_has_a_leading_department_enterprises_sites_and_a_feed() -> None:
    led = {sector for row in table("county")["department"] for sector in row.get("lead", [])}
    for sector in sectors():
        watched = [plan for plan in enterprises() if plan.sector == sector and plan.sites]
        assert sector in led
        assert len(watched) >= 2, sector
        assert all(site.device.tags for plan in watched for site in plan.sites)


def test_every_boundary_is_closed_and_does_not_cross_itself_or_another() -> None:
    lines = [(index, line) for index, township in enumerate(townships()) for line in borders(township.ring)]
    assert all(township.ring[0] == township.ring[-1] for township in townships())
    unique = {line for _, line in lines}
    boxes = sorted(unique)
    for position, first in enumerate(boxes):
        for second in boxes[position + 1 :]:
            if second[0][0] > first[1][0]:
                break
            assert not cross(first, second), (first, second)


def test_townships_share_their_borders_and_do_not_overlap() -> None:
    owners: dict[Segment, list[str]] = defaultdict(list)
    for township in townships():
        for line in borders(township.ring):
            owners[line].append(township.name)
    assert max(len(names) for names in owners.values()) == 2
    neighbours = {frozenset(names) for names in owners.values() if len(names) == 2}
    assert len(neighbours) >= len(townships()) - 1
    for one, other in combinations(townships(), 2):
        middle = (
            sum(p[0] for p in one.ring[1:]) / (len(one.ring) - 1),
            sum(p[1] for p in one.ring[1:]) / (len(one.ring) - 1),
        )
        assert inside(middle, one.ring) and not inside(middle, other.ring)


def test_every_enterprise_and_site_lies_in_its_township_and_no_two_on_one_spot() -> None:
    rings = {township.code: township.ring for township in townships()}
    for plan in enterprises():
        for place in (plan.place, *(site.place for site in plan.sites)):
            containing = [code for code, ring in rings.items() if inside(place, ring)]
            assert containing == [plan.township], plan.code
    assert len({plan.place for plan in enterprises()}) == len(enterprises())


def test_codes_and_names_are_unique() -> None:
    for values in (
        [plan.name for plan in enterprises()],
        [plan.short_name for plan in enterprises()],
        [plan.credit_code for plan in enterprises()],
        [device.code for device in DEVICES],
        [site.code for plan in enterprises() for site in plan.sites],
    ):
        assert not [value for value, count in Counter(values).items() if count > 1]
    assert all(len({tag.code for tag in device.tags}) == len(device.tags) for device in DEVICES)


def test_the_credit_code_has_valid_check_digits() -> None:
    assert credit_check("91350100M000100Y4") == "3"  # the worked example of GB 32100-2015
    for plan in enterprises():
        code = plan.credit_code
        assert len(code) == 18 and set(code) <= set(CREDIT_LETTERS)
        assert code[17] == credit_check(code[:17]) and code[16] == organisation_check(code[8:16])
    assert credit_code("990101", 1) != credit_code("990101", 2)


@pytest.mark.skipif(not DIVISION.exists(), reason="../shared/data/division is not here")
def test_no_code_or_name_is_that_of_a_real_division() -> None:
    codes, names = set(), set()
    for file_name in ("provinces.csv", "cities.csv", "areas.csv", "streets.csv"):
        with (DIVISION / file_name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                codes.add(row["code"])
                names.add(row["name"])
    county = table("county")["county"]
    assert county["code"][:2] not in codes  # not even the province
    assert not {county["code"], *(township.code for township in townships())} & codes
    assert not {county["name"], county["city"], *(township.name for township in townships())} & names
    assert all(plan.credit_code[2:4] not in codes for plan in enterprises())


def test_every_measurand_has_a_model_and_limits_in_its_own_unit() -> None:
    for name, row in table("measurands").items():
        assert row["model"] in MODELS, name
        low, high = row["range"]
        limits = {}
        for rule in row["rules"]:
            point = setpoint(rule["setpoint"])
            assert point.unit == row["unit"] and point.value is not None, (name, point.id)
            assert low < point.value < high, (name, point.id)
            limits[rule["kind"]] = point.value
        ascending = [limits[kind] for kind in ("ll", "l", "h", "hh") if kind in limits]
        assert ascending == sorted(set(ascending)), name
    assert {tag.measurand for device in DEVICES for tag in device.tags} == set(table("measurands"))


def test_the_script_names_devices_and_tags_that_exist() -> None:
    script, plants = table("script"), table("plants")
    for row in (*script["upset"], *script["grave"], *script["concealed"]):
        tags = {
            tag[0]
            for site in plants[row["plant"]]
            if site["device"]["code"] == row["device"]
            for tag in site["device"]["tags"]
        }
        assert set(row["tags"]) <= tags, row
    for scene in script["opening"]:
        opening = next(device for device in DEVICES if device.code == scene["device"])
        assert set(scene["tags"]) <= {tag.code for tag in opening.tags}
