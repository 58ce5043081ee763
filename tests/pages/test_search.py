"""The search of the top bar, as people use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anwei.monitoring.models import Warning
from anwei.org.models import Person
from tests.kernel.county import County
from tests.monitoring.plant import Plant
from tests.support.commits import after_commit

SignIn = Callable[[Person], Client]


@pytest.fixture
def sign_in(sign_in: SignIn) -> SignIn:
    """Sign in after all that was written is committed."""

    def client_of(person: Person) -> Client:
        after_commit()
        return sign_in(person)

    return client_of


def page(client: Client, query: str) -> str:
    return client.get("/search/", {"q": query}).content.decode()


def test_results_lead_to_their_pages(county: County, plant: Plant, warning: Warning, sign_in: SignIn) -> None:
    officer = sign_in(county.officer)
    text = page(officer, "甲化")
    for address in (
        f"/enterprises/{county.enterprise.pk}/",
        f"/cases/{warning.pk}/",
        f"/devices/{plant.device.code}/",
    ):
        assert f'href="{address}"' in text
        assert officer.get(address).status_code == 200
    assert "全部" in text and "企业" in text
    narrowed = officer.get("/search/", {"q": "甲化", "in": "cases.case"})
    assert [entry.register for entry in narrowed.context["entries"]] == ["cases.case"]


def test_one_result_is_one_enter_away(county: County, warning: Warning, sign_in: SignIn) -> None:
    answer = sign_in(county.officer).get("/search/", {"q": warning.number})
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{warning.pk}/")


def test_every_result_can_be_opened(county: County, plant: Plant, warning: Warning, sign_in: SignIn) -> None:
    for person in (county.officer, county.worker, county.townsman, county.boss, county.regulator):
        client = sign_in(person)
        for query in ("甲化", "甲镇", "测试县", "安全", "煤矿"):
            answer = client.get("/search/", {"q": query}, follow=True)
            assert answer.status_code == 200
            for entry in (answer.context or {}).get("entries") or ():
                assert client.get(entry.url).status_code == 200, (person.username, entry.title)


def test_nobody_finds_what_is_not_theirs(
    county: County, plant: Plant, warning: Warning, sign_in: SignIn
) -> None:
    canaries = (county.enterprise.credit_code, warning.number, plant.device.code, "甲化工厂", "厂长")
    for person in (county.stranger, county.regulator):
        client = sign_in(person)
        for canary in canaries:
            text = page(client, canary)
            assert "没有找到" in text and warning.title not in text
            assert f"/cases/{warning.pk}/" not in text
            suggested = client.get("/search/suggest/", {"q": canary}).content.decode()
            assert "没有找到" in suggested and "option" not in suggested
    assert Client().get("/search/", {"q": "甲化"}).status_code == 302
    assert Client().get("/search/suggest/", {"q": "甲化"}, headers={"HX-Request": "true"}).status_code == 401


def test_suggestions_while_typing(county: County, warning: Warning, sign_in: SignIn) -> None:
    boss = sign_in(county.boss)
    text = boss.get("/search/suggest/", {"q": "甲化"}).content.decode()
    assert f'href="/enterprises/{county.enterprise.pk}/"' in text and "查看全部结果" in text
    assert boss.get("/search/suggest/", {"q": "甲"}).content.decode().strip() == ""


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "甲化&in=<b>", '"><b>'])
def test_what_is_typed_is_only_text(county: County, sign_in: SignIn, query: str) -> None:
    client = sign_in(county.officer)
    for address in ("/search/", "/search/suggest/"):
        text = client.get(address, {"q": query}).content.decode()
        assert "<script>alert" not in text and "<b>&" not in text and '"><b>' not in text


def test_too_short_and_nothing_found_say_so(county: County, sign_in: SignIn) -> None:
    client = sign_in(county.officer)
    assert "请写至少两个字" in page(client, "甲") and "请写至少两个字" in page(client, "")
    assert "没有找到" in page(client, "不存在的")
    assert client.get("/search/", {"q": "甲化", "page": "nonsense", "in": "nonsense"}).status_code == 200


def test_the_box_stands_on_every_page_of_who_is_in(county: County, sign_in: SignIn) -> None:
    assert "data-search" in sign_in(county.worker).get("/work/").content.decode()
    assert "data-search" not in Client().get("/accounts/login/").content.decode()
