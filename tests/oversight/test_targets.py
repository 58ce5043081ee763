"""Targets of the year: what is used up, what should be by now, and what chance explains."""

from __future__ import annotations

from datetime import date

import pytest

from anwei.emergency.services.opening import save_opening
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.oversight.models import Target
from anwei.oversight.queries import progress
from tests.emergency.test_accidents import accident
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN
from tests.oversight.conftest import Governed
from tests.oversight.test_figures import browse

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def target(measure: str, most: int, territory: str = COUNTY, sector: str = "") -> Target:
    return Target.objects.create(year=2026, territory=territory, sector=sector, measure=measure, most=most)


def words(person: Person | None) -> list[str]:
    return [row.words for row in progress(person, NOW)]


def test_used_up_is_what_the_target_limits_by_place_and_sector(governed: Governed) -> None:
    for measure, most, territory, sector in (
        ("accidents", 5, COUNTY, ""),
        ("deaths", 2, COUNTY, ""),
        ("accidents", 2, TOWN, ""),
        ("accidents", 0, OTHER_TOWN, "coal"),
    ):
        target(measure, most, territory, sector)
    accident(happened_on=date(2026, 2, 2), deaths=1)
    accident(happened_on=date(2026, 11, 24), territory=OTHER_TOWN, sector="coal", deaths=2)
    accident(happened_on=date(2026, 3, 3), of_production=False, deaths=9)
    rows = {(row.target.territory, row.target.measure): row for row in progress(None, NOW)}
    assert [row.used for row in rows.values()] == [2, 3, 1, 1]
    assert rows[COUNTY, "deaths"].words == "已超过全年控制数" and rows[COUNTY, "deaths"].severity == "red"
    assert rows[OTHER_TOWN, "accidents"].words == "已超过全年控制数"
    assert rows[COUNTY, "accidents"].words == "在序时进度内"
    assert rows[COUNTY, "accidents"].of_days == pytest.approx(328 / 365)
    client = browse(governed.leader)
    for row in rows.values():
        assert client.get(row.links[0]).context["listing"].count == (
            2 if row.target.territory == COUNTY else 1
        )


def test_ahead_of_the_year_is_told_from_chance(governed: Governed) -> None:
    target("accidents", 12)
    for day in range(1, 13):
        accident(happened_on=date(2026, 1, day))
    assert words(None) == ["控制数已用完"]
    Target.objects.update(most=13)
    (row,) = progress(None, NOW)
    assert row.words == "快于序时进度，变化不显著" and row.severity == ""
    early = NOW.replace(month=2, day=1)
    (row,) = progress(None, early)
    assert row.words == "明显快于序时进度" and row.severity == "orange"


def test_the_season_of_two_years_is_the_other_measure(governed: Governed) -> None:
    target("accidents", 10)
    (row,) = progress(None, NOW)
    assert row.of_months is None
    for year in (2024, 2025):
        for month, n in ((1, 1), (6, 2), (11, 1), (12, 1)):
            told = {"year": year, "month": month, "territory": TOWN, "accidents": n}
            save_opening([Edit(None, told)], actor=None, now=NOW)
    (row,) = progress(None, NOW)
    assert row.of_months == pytest.approx((3 + 24 / 30) / 5)
    assert row.expected_by_season == pytest.approx(7.6)


def test_each_sees_the_own_targets(governed: Governed) -> None:
    county = governed.county
    empty = {one: browse(one).get("/targets/").content.decode() for one in (governed.leader, county.townsman)}
    assert ["去目标台账" in page for page in empty.values()] == [True, False]
    target("accidents", 5)
    target("accidents", 2, TOWN)
    target("accidents", 1, TOWN, "coal")
    assert len(progress(governed.leader, NOW)) == 3
    assert len(progress(county.townsman, NOW)) == 2
    assert len(progress(county.regulator, NOW)) == 1
    assert progress(county.worker, NOW) == []
    page = browse(governed.leader).get("/targets/").content.decode()
    assert "登记目标" in page and "甲镇" in page and "在序时进度内" in page
    own = browse(county.townsman).get("/targets/").content.decode()
    assert "登记目标" not in own and "甲镇" in own


def test_what_is_used_up_opens_all_its_rows(governed: Governed) -> None:
    """Opening figures count beside the ledger; where they alone count, they are what opens."""
    target("accidents", 9)
    target("accidents", 4, OTHER_TOWN)
    for month in (1, 2, 3):
        told = {"year": 2026, "month": month, "territory": OTHER_TOWN, "accidents": 1}
        save_opening([Edit(None, told)], actor=None, now=NOW)
    accident(happened_on=date(2026, 6, 2))
    client = browse(governed.leader)
    rows = progress(None, NOW)
    assert [(row.used, len(row.links)) for row in rows] == [(4, 2), (3, 1)]
    for row in rows:
        assert sum(client.get(link).context["listing"].count for link in row.links) == row.used
    page = client.get("/targets/").content.decode().replace("&amp;", "&")
    assert all(f'href="{link.replace("&amp;", "&")}"' in page for row in rows for link in row.links)


def test_a_target_has_one_colour_whoever_reads(governed: Governed) -> None:
    target("accidents", 2, TOWN)
    for sector in ("", "coal", "mine", "chemical", "fireworks", "construction", "road", "fire", "industry"):
        target("accidents", 50, COUNTY, sector)
    for day in (2, 3):
        accident(happened_on=date(2026, 1, day))
    early = NOW.replace(month=2, day=1)

    def colour(person: Person | None) -> tuple[str, str]:
        (row,) = (one for one in progress(person, early) if one.target.territory == TOWN)
        return row.severity, row.words

    assert {colour(one) for one in (None, governed.leader, governed.county.townsman)} == {
        ("", "控制数已用完")
    }
