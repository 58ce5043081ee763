"""The contract of every indicator, found by discovery: words, source, and a number that its rows bear out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from anwei.cases.counted_rows import Rows
from anwei.cases.indicators import FEWEST, Indicator, Number, indicator, indicators
from anwei.cases.periods import Span, span_of
from anwei.hazards.penalties.recording import Decision, record_penalty
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.hazards.services.visits import plan_visit
from anwei.org.models import Person
from tests.emergency.filled import fill_accidents
from tests.emergency.test_accidents import accident
from tests.hazards.conftest import Safe, build_safe
from tests.kernel.county import NOW, OTHER_TOWN, TOWN
from tests.support.kept import once_a_module

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
every = pytest.mark.parametrize("one", [pytest.param(one, id=one.key) for one in indicators()])
YEARS = [span for key in ("2025", "2026") if (span := span_of(key))]


@every
def test_an_indicator_says_what_it_is_and_by_which_article(one: Indicator) -> None:
    assert str(one.label) and str(one.unit) and str(one.definition).endswith("。")
    assert one.cited and one.direction in (-1, 0, 1)


def test_rooms_contribute_by_discovery() -> None:
    assert {"acc_cnt", "acc_death", "acc_injury", "acc_loss", "fatal_cnt", "large_cnt"} <= {
        one.key for one in indicators()
    }
    assert {"hazards_found", "on_time_rate", "inspections_done", "penalties_decided"} <= {
        one.key for one in indicators()
    }


def build() -> Safe:
    """Build a county in which both enterprises have of everything that is counted."""
    safe = build_safe()
    county = safe.county
    for enterprise, mark, origin in (
        (county.enterprise, "储罐", "inspection"),
        (county.other_enterprise, "巷道", "tip_off"),
    ):
        fill_accidents(enterprise, mark, NOW)
        file_hazard(
            Whereabouts(enterprise),
            actor=None,
            now=NOW,
            origin=origin,
            description=f"{mark}开裂",
            found_at=NOW,
            finder="检查组",
        )
    accident(deaths=3, sector="chemical", enterprise=safe.county.enterprise.pk)
    accident(deaths=1, sector="", territory=OTHER_TOWN, of_production=False)
    accident(sector="", territory="999001", loss=3)
    accident(source="elsewhere", source_name="通报", territory="", sector="", deaths=74)
    decision = Decision("P097-5", "罚款", "罚1号", NOW.date())
    record_penalty(safe.county.enterprise, decision, actor=safe.inspector, now=NOW)
    for begun in (None, NOW):
        visit = plan_visit(
            Whereabouts(safe.county.enterprise),
            actor=safe.inspector,
            now=NOW,
            body=safe.supervising.unit,
            planned_on=NOW.date(),
            reason="asked",
            reason_text="来函",
        )
        if begun:
            type(visit).objects.filter(pk=visit.pk).update(begun_at=NOW, ended_at=NOW)
    return safe


filled_of_module = once_a_module(build, NOW, fixture="filled")


@pytest.fixture
def filled(filled_of_module: Callable[[], Safe], db: None) -> Safe:
    return filled_of_module()


def opened(client: Client, address: str, rows: Rows) -> Decimal:
    """Return what the page of an address shows: its rows, or the sum under the column that is counted."""
    page = client.get(address)
    assert page.status_code == 200, address
    if "listing" not in page.context:
        return Decimal(page.context["page"].paginator.count)
    listing = page.context["listing"]
    assert not listing.filterset.errors, address
    if not rows.total:
        return Decimal(listing.count)
    return sum((Decimal(getattr(row, rows.total)) for row in listing.rows), Decimal(0))


@every
@pytest.mark.parametrize("who", ["officer", "townsman", "worker"])
@pytest.mark.django_db
def test_a_number_is_the_count_of_the_rows_it_opens(
    one: Indicator, who: str, filled: Safe, browse: Browse
) -> None:
    person = getattr(filled, who, None) or getattr(filled.county, who)
    client = browse(person)
    divisions = [{}, {"township": TOWN}, {"sector": ""}]
    for span in YEARS if one.is_dated else [None]:
        values = one.values(person, NOW, span)
        for narrow in divisions:
            told = values.number(one, **narrow)
            assert told.n == sum(opened(client, part.link(span, narrow), part) for part in one.numerator)
            if told.of is not None:
                parts = [opened(client, part.link(span, narrow), part) for part in one.denominator]
                assert told.of == sum(parts)


@every
@pytest.mark.django_db
def test_something_of_it_was_there_to_be_counted(one: Indicator, filled: Safe) -> None:
    judged = ("hazards_major", "hazards_general", "hazards_stopped", "hazards_listed")
    if one.key in ("past_limit", "major_open", *judged):
        return  # nothing is judged yet
    values = one.values(None, NOW, span_of("2026") if one.is_dated else None)
    number = values.number(one)
    assert number.n or number.of is not None, "the contract above would hold for nothing at all"


@pytest.mark.django_db
def test_accidents_are_counted_by_month_township_and_sector(filled: Safe) -> None:
    span = Span(date(2025, 1, 1), date(2026, 12, 31))
    values = indicator("acc_cnt").values(None, NOW, span)
    of = indicator("acc_cnt")
    assert values.number(of, ["2025-03"]).n == 4  # opening figures of both
    assert values.number(of, ["2026-03"]).n == 2
    assert values.number(of, ["2026-11"], township=TOWN).n == 1
    assert values.number(of, ["2026-11"], sector="").n == 1
    assert values.number(of).n == 8
    assert indicator("acc_death").values(None, NOW, span).number(indicator("acc_death")).n == 5
    assert indicator("large_cnt").values(None, NOW, span).number(indicator("large_cnt")).n == 1
    assert of.first_day() == date(2025, 3, 1)


def test_a_share_of_few_says_nothing() -> None:
    few, enough = Number(Decimal(1), Decimal(FEWEST - 1)), Number(Decimal(1), Decimal(FEWEST))
    assert few.share is None and enough.share == Decimal("0.2")
    assert Number(Decimal(7)).share is None
