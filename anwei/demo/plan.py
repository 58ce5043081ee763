"""The plan of the fictional county: all that will stand in it, computed from the tables by a fixed seed.

No database and no clock here, so that the simulator can work from the plan alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from anwei.demo import boundaries
from anwei.demo.boundaries import Point
from anwei.demo.credit_code import credit_code
from anwei.demo.tables import table

SEED = "临渊"
APART_DEGREES = 0.018  # enterprises stand about 2 km apart
PLANT_DEGREES = 0.002  # a plant is some 200 m across
DIRECT = {"filling_station"}  # plants whose devices speak for themselves, without a gateway
UNWATCHED_STATUS = ["producing"] * 7 + ["stopped", "long_stopped", "building"]


@dataclass(frozen=True)
class TagPlan:
    """One measured quantity and the model that makes it."""

    code: str
    name: str
    measurand: str
    seed: int
    parameters: dict[str, float]

    @property
    def row(self) -> dict[str, Any]:
        """Return the row of measurands.toml."""
        found: dict[str, Any] = table("measurands")[self.measurand]
        return found


@dataclass(frozen=True)
class DevicePlan:
    """One device; `gateway` is the code of the device that speaks for it, or ""."""

    code: str
    name: str
    gateway: str
    period_s: float
    tags: tuple[TagPlan, ...]


@dataclass(frozen=True)
class SitePlan:
    """A key site with its one device."""

    code: str
    name: str
    kind: str
    place: Point
    device: DevicePlan


@dataclass(frozen=True)
class EnterprisePlan:
    """An enterprise; only monitored ones have sites with devices and (mostly) a gateway."""

    code: str
    name: str
    short_name: str
    credit_code: str
    sector: str
    plant: str
    township: str
    address: str
    place: Point
    workers: int
    status: str
    principal: str
    safety_officer: str
    gateway: DevicePlan | None
    sites: tuple[SitePlan, ...]

    @property
    def devices(self) -> tuple[DevicePlan, ...]:
        """Return the gateway, where there is one, and the devices of the sites."""
        return (*([self.gateway] if self.gateway else []), *(site.device for site in self.sites))


@dataclass(frozen=True)
class TownshipPlan:
    """A township with its boundary: a closed ring of longitude and latitude."""

    code: str
    name: str
    ring: tuple[Point, ...]
    lean: float


@cache
def townships() -> tuple[TownshipPlan, ...]:
    """Return the townships, which fit together without gap or overlap."""
    county, rows = table("county")["county"], table("county")["township"]
    width, height = county["width_km"], county["height_km"]
    centre = (county["longitude"], county["latitude"])
    seats = [
        ((row["place"][0] - 0.5) * width * 0.86, (row["place"][1] - 0.5) * height * 0.86) for row in rows
    ]
    rings = boundaries.cells(seats, boundaries.outline(width, height, SEED))
    serial = {"镇": 100, "乡": 200}  # as in the statistical division codes
    plans = []
    for row, ring in zip(rows, rings, strict=True):
        kind = row["name"][-1]
        line = [boundaries.degrees(point, centre) for point in boundaries.roughened(ring, SEED)]
        plans.append(
            TownshipPlan(f"{county['code']}{serial[kind]}", row["name"], (*line, line[0]), row["lean"])
        )
        serial[kind] += 1
    return tuple(plans)


@cache
def enterprises() -> tuple[EnterprisePlan, ...]:
    """Return the enterprises, the monitored ones of each group first."""
    return tuple(_Draw().all())


class _Draw:
    """Draws names and places one after the other, so that none is drawn twice."""

    def __init__(self) -> None:
        self.chance = random.Random(f"{SEED}:enterprises")  # noqa: S311  # an invented county, not a secret
        self.brands = table("county")["names"]["brands"].split()
        self.chance.shuffle(self.brands)
        self.taken: list[Point] = []
        self.number = 0
        self.of_sector: Counter[str] = Counter()

    def all(self) -> Iterator[EnterprisePlan]:
        for group in table("enterprises")["group"]:
            for index in range(group["count"]):
                yield self._enterprise(group, monitored=index < group["monitored"])

    def _enterprise(self, group: dict[str, Any], *, monitored: bool) -> EnterprisePlan:
        county, names, chance = table("county")["county"], table("county")["names"], self.chance
        self.of_sector[group["sector"]] += 1
        code = f"{group['sector']}-{self.of_sector[group['sector']]:02d}"
        brand = self.brands[self.number % len(self.brands)]
        self.number += 1
        township = chance.choices(townships(), [township.lean for township in townships()])[0]
        place = boundaries.somewhere(township.ring, chance, self.taken, APART_DEGREES)
        road = chance.choice(names["roads"].split())
        gateway = _gateway(code, brand) if monitored and group["plant"] not in DIRECT else None
        sites = table("plants")[group["plant"]] if monitored else []
        return EnterprisePlan(
            code=code,
            name=f"{county['name'].removesuffix('县')}{brand}{group['suffix']}",
            short_name=f"{brand}{group['suffix'].removesuffix('有限公司')}",
            credit_code=credit_code(county["code"], self.number),
            sector=group["sector"],
            plant=group["plant"],
            township=township.code,
            address=f"{county['name']}{township.name}{road}{chance.randint(1, 299)}号",
            place=place,
            workers=chance.randint(*group["workers"]),
            status="producing" if monitored else chance.choice(UNWATCHED_STATUS),
            principal=person_name(chance),
            safety_officer=person_name(chance),
            gateway=gateway,
            sites=tuple(_site(code, place, township, row, gateway, chance=chance) for row in sites),
        )


def _gateway(enterprise: str, brand: str) -> DevicePlan:
    code = f"{enterprise}-gw"
    voltage = _tag(code, ["supply", "网关供电电压", "supply_voltage"])
    return DevicePlan(code, f"{brand}监测网关", "", 60.0, (voltage,))


def _site(
    enterprise: str,
    place: Point,
    township: TownshipPlan,
    row: dict[str, Any],
    gateway: DevicePlan | None,
    *,
    chance: random.Random,
) -> SitePlan:
    device = row["device"]
    code = f"{enterprise}-{device['code']}"
    tags = tuple(_tag(code, tag) for tag in device["tags"])
    plan = DevicePlan(code, device["name"], gateway.code if gateway else "", float(device["period"]), tags)
    return SitePlan(code, row["site"], row["kind"], _near(place, township, chance), plan)


def _near(place: Point, township: TownshipPlan, chance: random.Random) -> Point:
    """Return a place in the same plant that does not lie across the township's border."""
    while True:
        at = (
            round(place[0] + chance.uniform(-PLANT_DEGREES, PLANT_DEGREES), 5),
            round(place[1] + chance.uniform(-PLANT_DEGREES, PLANT_DEGREES), 5),
        )
        if boundaries.inside(at, township.ring):
            return at


def _tag(device: str, row: list[str]) -> TagPlan:
    code, name, measurand = row
    chance = random.Random(f"{SEED}:{device}:{code}")  # noqa: S311
    seed = chance.getrandbits(32)
    parameters = {key: float(value) for key, value in table("measurands")[measurand]["parameters"].items()}
    return TagPlan(code, name, measurand, seed, parameters)


def person_name(chance: random.Random) -> str:
    """Return an invented name: a surname of the Hundred Family Surnames and a given name from old books."""
    names = table("county")["names"]
    surname: str = chance.choice(names["surnames"].split())
    given: str = chance.choice(names["given"].split())
    return surname + given
