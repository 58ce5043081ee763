"""A county with accidents of three years, opening figures, hazards, orders and targets, drawn by a seed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from anwei.emergency.services.accidents import save_accidents
from anwei.emergency.services.opening import save_opening
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.saving import Edit
from anwei.oversight.models import Target
from anwei.standards.risk.accident_types import CHANGE
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN
from tests.oversight.conftest import Governed

SECTORS = ("coal", "mine", "chemical", "construction", "road", "road", "road", "fire", "industry", "")
TYPES = ("WSA10010", "WSA10001", "WSA10003")
FORMER_TYPES = ("09", "01", "02")  # of GB 6441-1986


def plant(governed: Governed, *, seed: int = 6, opening_of: tuple[int, ...] = (2024,)) -> None:
    """Write it; years in `opening_of` count by opening figures, the others by the ledger."""
    random = Random(seed)
    for year, n in ((2024, 14), (2025, 16), (2026, 12)):
        if year in opening_of:
            _opening(random, year)
        else:
            _ledger(random, year, n)
    _hazards(governed, random)
    Target.objects.create(year=2026, territory=COUNTY, measure="deaths", most=12)
    Target.objects.create(year=2026, territory=TOWN, measure="accidents", most=3)


def _opening(random: Random, year: int) -> None:
    edits = []
    for month in range(1, 13):
        for town in (TOWN, OTHER_TOWN):
            accidents = random.randrange(3)
            fatal = min(accidents, random.randrange(2))
            told = {
                "accidents": accidents,
                "fatal_accidents": fatal,
                "deaths": fatal and fatal + random.randrange(2),
            }
            more = {"injuries": random.randrange(3), "loss": random.randrange(50) / 2}
            place = {
                "year": year,
                "month": month,
                "territory": town,
                "sector": random.choice(("road", "coal", "")),
            }
            edits.append(Edit(None, {**place, **told, **more}))
    save_opening(edits, actor=None, now=NOW)


def _ledger(random: Random, year: int, n: int) -> None:
    last = (date(2026, 11, 24) if year == 2026 else date(year, 12, 31)) - date(year, 1, 1)
    for number in range(n):
        days = random.randrange(last.days + 1) if number else 4  # since January something is recorded
        day = date(year, 1, 1) + timedelta(days=days)
        row = {
            "happened_on": day,
            "unit_name": f"单位{number}",
            "place": "现场",
            "territory": random.choice((TOWN, OTHER_TOWN, COUNTY)),
            "sector": random.choice(SECTORS),
            "type": random.choice(TYPES if day >= CHANGE else FORMER_TYPES),
            "deaths": random.choice((0, 0, 1, 3)),
            "serious_injuries": random.randrange(3),
            "minor_injuries": random.randrange(2),
            "loss": random.randrange(400) / 4,
            "of_production": random.random() < 0.9,
        }
        save_accidents([Edit(None, row)], actor=None, now=NOW)


def _hazards(governed: Governed, random: Random) -> None:
    county = governed.county
    for number in range(9):
        at = datetime(2026, random.randrange(1, 11), 3, 2, tzinfo=UTC)
        file_hazard(
            Whereabouts(random.choice((county.enterprise, county.other_enterprise))),
            actor=governed.clerk,
            now=NOW,
            origin=random.choice(("inspection", "tip_off")),
            description=f"第{number}处护栏缺失",
            found_at=at,
        )
