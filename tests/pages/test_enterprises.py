from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anwei.monitoring.models import Alarm
from anwei.monitoring.services import record_episodes
from anwei.org.models import Holding, Person
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW, County
from tests.monitoring.plant import Plant, cleared, raised

SignIn = Callable[[Person], Client]


def colour(client: Client, county: County) -> str:
    found: str = client.get(f"/enterprises/{county.enterprise.pk}/").context["enterprise"].colour
    return found


def test_the_colour_is_that_of_the_gravest_active_alarm(plant: Plant, sign_in: SignIn) -> None:
    client = sign_in(plant.county.officer)
    assert colour(client, plant.county) == "none"
    yellow, red = raised(plant.h, value=1.1), raised(plant.hh)
    record_episodes([(1, yellow)], now=NOW)
    assert colour(client, plant.county) == "yellow"
    record_episodes([(2, red)], now=NOW)
    assert colour(client, plant.county) == "red"
    record_episodes([(3, cleared(red, seconds=5)), (4, cleared(yellow, seconds=5))], now=NOW)
    assert colour(client, plant.county) == "none"


def test_the_list_counts_colours_and_puts_the_gravest_first(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    page = sign_in(county.officer).get("/enterprises/")
    assert [(code, n) for code, _word, n in page.context["colours"]] == [("red", 1), ("none", 1)]
    assert page.context["listing"].table.page[0].record == county.enterprise
    Enterprise.objects.filter(pk=county.other_enterprise.pk).update(status="closed")
    page = sign_in(county.officer).get("/enterprises/?counted=true&colour=red")
    assert [(code, n) for code, _word, n in page.context["colours"]] == [("red", 1)]  # of those counted
    assert 'href="?counted=true&amp;colour=red"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("colour=red", 1),
        ("colour=blue", 0),
        ("sector=chemical", 1),
        ("township=999001101", 1),
        ("township=999001102", 1),
        ("status=producing", 2),
        ("search=甲", 1),
        ("search=91000000000000001X", 1),
        ("search=丙", 0),
    ],
)
def test_the_bar_narrows_and_the_sheet_follows(
    query: str, n: int, county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    assert client.get(f"/enterprises/?{query}").context["listing"].count == n
    csv = client.get(f"/enterprises/?{query}&export=csv").content.decode("utf-8-sig").strip().splitlines()
    assert len(csv) == n + 2  # its heading, and who took it out


def test_one_page_holds_everything_about_an_enterprise(
    county: County, plant: Plant, alarms: list[Alarm], sign_in: SignIn
) -> None:
    text = sign_in(county.worker).get(f"/enterprises/{county.enterprise.pk}/").content.decode()
    for words in (
        "91000000000000001X",
        "甲镇",
        "测试县应急管理局",
        "厂长",
        "boss",
        "测试县应急管理局监管人员空缺",
        "一号罐区",
        "罐区分站",
        "甲烷",
        "1.62 %",
        "YJ2026",
    ):
        assert words in text
    for address in (
        f"/devices/{plant.device.code}/",
        f"/tags/{plant.tag.number}/",
        f"/cases/{alarms[0].warning_id}/",
    ):
        assert f'href="{address}"' in text  # one click further


def test_a_vacant_post_is_said_in_red(county: County, plant: Plant, sign_in: SignIn) -> None:
    Holding.objects.filter(post=county.principal).update(to_on=NOW.date() - timedelta(days=1))
    text = sign_in(county.officer).get(f"/enterprises/{county.enterprise.pk}/").content.decode()
    assert '<span class="urgent">空缺</span>' in text


def test_the_file_costs_a_bounded_number_of_queries(
    county: County,
    plant: Plant,
    alarms: list[Alarm],
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = sign_in(county.officer)
    with django_assert_max_num_queries(84):
        client.get(f"/enterprises/{county.enterprise.pk}/")
