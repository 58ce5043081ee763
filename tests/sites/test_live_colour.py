"""The live colour at the doors: alarms and papers in, one colour with its reasons out; rules tried and set."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anwei.monitoring.services import record_episodes
from anwei.org.models import Designation, Holding, Person
from anwei.sites.colour import colour_counts
from anwei.sites.live.colouring import recolour_all
from anwei.sites.live.facts import MOST_TOLD, facts_of, sources
from anwei.sites.models import (
    Assessment,
    ColourChange,
    Enterprise,
    Equipment,
    Insurance,
    Licence,
    LiveColour,
)
from anwei.sites.risks.assessing import diagnose_enterprise
from anwei.sites.risks.form19 import answers_in
from tests.kernel.county import NOW, County
from tests.monitoring.plant import Plant, cleared, raised
from tests.monitoring.plant import build as build_plant
from tests.sites.coloured import DAY, colour, ended
from tests.sites.risks import chemical, confirmed, installation, no_to_all, place, point

Browse = Callable[[Person], Client]
RULES = "/risks/colour-rules/"


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)


def test_every_room_gives_its_facts() -> None:
    assert set(sources()) == {"papers", "seats", "risks", "monitoring", "cases", "hazards", "closure"}


def test_an_alarm_colours_its_enterprise_and_its_end_takes_the_colour_back(plant: Plant) -> None:
    yellow, red = raised(plant.h, value=1.1), raised(plant.hh)
    record_episodes([(1, yellow)], now=NOW)
    assert colour(plant.county) == "yellow"
    record_episodes([(2, red)], now=NOW + timedelta(seconds=1))
    row = LiveColour.objects.get(pk=plant.county.enterprise.pk)
    assert (row.colour, row.changed_at) == ("red", NOW + timedelta(seconds=1))
    record_episodes([(3, cleared(red, seconds=5)), (4, cleared(yellow, seconds=5))], now=NOW)
    assert colour(plant.county) == ""
    changes = ColourChange.objects.filter(enterprise=plant.county.enterprise).order_by("pk")
    assert [(one.before, one.after) for one in changes][-2:] == [("yellow", "red"), ("red", "")]
    assert changes[len(changes) - 2].reasons == ["alarms_red"]


def test_a_sensor_whose_clock_is_ahead_colours_at_once(plant: Plant) -> None:
    record_episodes([(1, raised(plant.hh, seconds=600))], now=NOW)
    assert colour(plant.county) == "red"


def test_an_alarm_keeps_what_the_other_rooms_said(plant: Plant) -> None:
    ended(plant.county)
    recolour_all(NOW)
    record_episodes([(1, raised(plant.h, value=1.1))], now=NOW)
    row = LiveColour.objects.get(pk=plant.county.enterprise.pk)
    assert row.colour == "orange"
    assert {"licences_expired", "alarms_yellow"} <= {fact["key"] for fact in row.facts}


def test_the_sweep_repeated_writes_nothing(county: County) -> None:
    ended(county)
    assert recolour_all(NOW) == Enterprise.objects.count()
    assert recolour_all(NOW + timedelta(minutes=1)) == 0
    assert ColourChange.objects.filter(after="orange").count() == 1


def test_the_sweep_asks_no_more_for_more_facts(county: County, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        ended(county, number=f"AX-{n}")
    with django_assert_max_num_queries(40):
        recolour_all(NOW)


def test_what_only_raises_by_steps_gives_no_colour_to_what_was_never_graded(county: County) -> None:
    Holding.objects.all().delete()
    recolour_all(NOW)
    row = LiveColour.objects.get(pk=county.enterprise.pk)
    assert "no_responsible_person" in {fact["key"] for fact in row.facts}
    assert (row.static, row.colour) == ("", "")
    point(place(county.enterprise), grade="yellow")
    recolour_all(NOW)
    row.refresh_from_db()
    assert (row.static, row.colour) == ("yellow", "orange")


def test_a_seat_is_empty_or_held_as_the_enterprise_itself_has_it(county: County) -> None:
    both = Enterprise.objects.filter(pk__in=(county.enterprise.pk, county.other_enterprise.pk))

    def without_head() -> set[int]:
        told = facts_of(both, NOW, ["seats"])["seats"]
        return {key for key, facts in told.items() if any("企业责任" in fact.sentence for fact in facts)}

    here, other = county.enterprise.pk, county.other_enterprise.pk
    assert without_head() == {other}  # somebody heads the one; the other has a safety post alone
    named = Designation.objects.create(
        unit=county.other_enterprise.unit, seat="enterprise", post=county.duty, from_on=NOW.date()
    )
    assert without_head() == set()
    Holding.objects.filter(post=county.duty).delete()
    assert without_head() == {other}  # the post it names stands empty
    Designation.objects.filter(pk=named.pk).update(unit=county.enterprise.unit)
    assert without_head() == {here, other}  # a designation comes before the head that is in office


def test_papers_are_facts_of_their_day(county: County) -> None:
    ended(county, days=5)
    day = (NOW - 5 * DAY).date()
    Insurance.objects.create(
        enterprise=county.enterprise, insurer="保", number="B-1", starts_on=day - 365 * DAY, expires_on=day
    )
    Equipment.objects.create(enterprise=county.enterprise, code="G-1", name="锅炉", inspection_due_on=day)

    def keys(days_ago: int) -> set[str]:
        told = facts_of(Enterprise.objects.all(), NOW - days_ago * DAY, ["papers"])["papers"]
        return {fact.key for fact in told.get(county.enterprise.pk, ())}

    assert keys(0) == {"licences_expired", "insurance_expired", "inspections_overdue"}
    assert keys(5) == set()  # the last day still counts
    Licence.objects.create(enterprise=county.enterprise, kind="safety", number="AX-2", expires_on=NOW + DAY)
    assert "licences_expired" not in keys(0)  # followed by a new one


def test_alarms_are_facts_of_their_time(plant: Plant) -> None:
    red = raised(plant.hh)
    record_episodes([(1, red)], now=NOW)
    record_episodes([(2, cleared(red, seconds=3600))], now=NOW + timedelta(hours=1))

    def n_red(minutes: int) -> int:
        told = facts_of(Enterprise.objects.all(), NOW + timedelta(minutes=minutes), ["monitoring"])
        return len(told["monitoring"].get(plant.county.enterprise.pk, ()))

    assert [n_red(minutes) for minutes in (-1, 30, 61)] == [0, 1, 0]


def test_a_flood_of_facts_is_counted_whole_and_told_in_part(county: County) -> None:
    for n in range(MOST_TOLD + 7):
        ended(county, number=f"AX-{n}")
    told = facts_of(Enterprise.objects.all(), NOW, ["papers"])["papers"][county.enterprise.pk]
    assert len(told) == MOST_TOLD + 1
    assert sum(fact.count for fact in told) == MOST_TOLD + 7


def test_the_page_names_every_fact_and_the_way_down(county: County, browse: Browse) -> None:
    ended(county)
    recolour_all(NOW)
    client = browse(county.officer)
    text = client.get(f"/enterprises/{county.enterprise.pk}/").content.decode()
    assert "安全生产许可证 AX-1，2" in text
    assert "办理延期或换证" in text
    listed = client.get("/enterprises/?colour=orange")
    assert listed.context["listing"].count == 1
    assert 'title="过期的许可证照 1' in listed.content.decode()
    assert colour_counts(Enterprise.objects.visible_to(county.officer))["orange"] == 1


def test_the_paper_says_the_way_down_too(county: County, browse: Browse) -> None:
    ended(county)
    recolour_all(NOW)
    answer = browse(county.officer).get(reverse("enterprise_export", args=[county.enterprise.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "怎样下降：以下各项都办到，降为" in text and "办理延期或换证" in text


def test_a_static_grade_says_what_gives_it(county: County, browse: Browse) -> None:
    address = f"/enterprises/{county.enterprise.pk}/"

    def told() -> str:
        recolour_all(NOW)
        return browse(county.officer).get(address).content.decode()

    assert "等级由来" not in told()
    for n in range(5):
        point(place(county.enterprise), f"FX-{n}", name=f"储罐{n}", grade="yellow")
    assert "5 个风险点（储罐0、储罐1、储罐2……）" in told()
    chemical(installation(county.enterprise, people=35), 500)
    confirmed(Assessment.objects.get(), county.officer)
    page = told()
    assert "氨罐区：一级重大危险源" in page.partition("<dt>颜色成因</dt>")[2].partition("</dd>")[0]
    assert "个风险点（" not in page and "没有再升高" in page
    answers = answers_in(no_to_all())
    made = diagnose_enterprise(county.enterprise, answers, actor=county.worker, now=NOW)
    confirmed(made, county.officer)
    page = told()
    assert reverse("risk_assessment", args=[made.pk]) in page.partition("等级由来")[2].partition("</dd>")[0]


def test_a_point_graver_than_the_diagnosis_is_named(county: County, browse: Browse) -> None:
    whole = diagnose_enterprise(county.enterprise, answers_in(no_to_all()), actor=county.worker, now=NOW)
    confirmed(whole, county.officer)
    page = f"/enterprises/{county.enterprise.pk}/"
    assert "更重" not in browse(county.officer).get(page).content.decode()
    point(place(county.enterprise), name="氯气瓶", grade="red")
    recolour_all(NOW)
    assert (
        "另有 1 个风险点（氯气瓶）更重，未计入：以评估诊断为准"
        in browse(county.officer).get(page).content.decode()
    )


def test_the_rules_say_that_a_missing_assessment_colours_nothing(county: County, browse: Browse) -> None:
    recolour_all(NOW)
    assert colour(county) == ""
    assert "只作提示，不单独定色" in browse(county.officer).get(RULES).content.decode()
