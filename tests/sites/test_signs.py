"""Signs: a code nobody guesses, a sheet to print, a page for everybody that tells nothing private."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import segno
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Assessment, Enterprise, LiveColour, RiskPoint, Sign, Site
from tests.kernel.county import NOW, TOWN, County
from tests.sites.risks import chemical, confirmed, installation, place, point

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def grave(county: County) -> RiskPoint:
    return point(
        place(county.enterprise),
        grade="red",
        accidents="中毒",
        description="液氨泄漏，联系 13812345678",
        engineering="围堰",
        emergency="向上风撤离，电话 0355-1234567",
        control_enterprise="厂长",
    )


def made(client: Client, name: str, pk: int) -> Sign:
    assert client.post(reverse(name, args=[pk])).status_code == 302
    return Sign.objects.latest("pk")


def test_a_sign_is_made_once_and_printed_with_all_it_must_say(
    county: County, browse: Browse, grave: RiskPoint
) -> None:
    client, address = browse(county.worker), reverse("risk_sign_point", args=[grave.pk])
    assert "data:image/svg" not in client.get(address).content.decode()
    sign = made(client, "risk_sign_point", grave.pk)
    assert made(client, "risk_sign_point", grave.pk) == sign and re.fullmatch("[2-9a-z]{10}", sign.code)
    page = client.get(address).content.decode()
    for words in (
        segno.make(f"http://testserver/s/{sign.code}", error="m")
        .svg_data_uri(scale=4, border=2)
        .replace("'", "&#x27;"),
        f"testserver/s/{sign.code}",
        "12350",
        "不要用单位的电话",
        "severity-red",
        "重大",
        "中毒",
        "围堰",
        "撤离",
        "厂长",
    ):
        assert words in page, words


def test_everybody_reads_the_public_part_and_nothing_private(
    county: County, browse: Browse, grave: RiskPoint
) -> None:
    Enterprise.objects.filter(pk=county.enterprise.pk).update(longitude=113.0812, latitude=36.1923)
    sign = made(browse(county.officer), "risk_sign_point", grave.pk)
    answer = Client().get(f"/s/{sign.code}")
    page = answer.content.decode()
    assert answer.status_code == 200 and "noindex" in answer["X-Robots-Tag"] and "noindex" in page
    for words in ("氨储罐", "重大·红", "中毒", "围堰", "向上风撤离", "厂长", "12350"):
        assert words in page, words
    for words in ("13812345678", "1234567", "113.08", "36.19", "boss", "worker"):
        assert words not in page, words


def test_a_number_within_a_name_stays_private(county: County, browse: Browse, grave: RiskPoint) -> None:
    RiskPoint.objects.update(name="氨储罐（张工13812345678）")
    Site.objects.update(name="罐区 0355-1234567")
    Post.objects.filter(unit=county.enterprise.unit, kind="principal").update(title="厂长 13912345678")
    for of, pk in (("risk_sign_point", grave.pk), ("risk_sign_enterprise", county.enterprise.pk)):
        page = Client().get(f"/s/{made(browse(county.officer), of, pk).code}").content.decode()
        assert "氨储罐" in page and "罐区" in page and "厂长" in page
        for number in ("13812345678", "1234567", "13912345678"):
            assert number not in page, of


def test_the_colour_of_an_enterprise_is_the_live_one_else_the_static(
    county: County, browse: Browse, grave: RiskPoint
) -> None:
    RiskPoint.objects.update(grade="yellow")
    sign = made(browse(county.officer), "risk_sign_enterprise", county.enterprise.pk)

    def head() -> str:
        page = Client().get(f"/s/{sign.code}").content.decode()
        return page.partition("<header")[2].partition("</header>")[0]

    assert "一般·黄" in head()
    LiveColour.objects.create(
        enterprise=county.enterprise, static="yellow", colour="orange", computed_at=NOW, changed_at=NOW
    )
    assert "较大·橙" in head()


def test_what_is_gone_and_what_never_was_look_alike(county: County, browse: Browse, grave: RiskPoint) -> None:
    sign = made(browse(county.officer), "risk_sign_point", grave.pk)
    RiskPoint.objects.update(removed_on="2026-11-01")
    gone, never = Client().get(f"/s/{sign.code}"), Client().get("/s/2222222222")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.content == never.content


def test_who_guesses_is_soon_answered_no_more_and_others_still_are(
    county: County, browse: Browse, grave: RiskPoint
) -> None:
    sign = made(browse(county.officer), "risk_sign_point", grave.pk)
    guesser, other = Client(REMOTE_ADDR="203.0.113.5"), Client(REMOTE_ADDR="203.0.113.6")
    answers = [guesser.get(f"/s/guess{n}").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert guesser.get(f"/s/{sign.code}").status_code == 429
    assert other.get(f"/s/{sign.code}").status_code == 200


def test_nobody_visits_more_than_two_times_a_second(county: County, browse: Browse, grave: RiskPoint) -> None:
    sign = made(browse(county.officer), "risk_sign_point", grave.pk)
    answers = [Client().get(f"/s/{sign.code}").status_code for _visit in range(121)]
    assert answers == [200] * 120 + [429]


def test_only_who_assesses_there_makes_a_sign(county: County, browse: Browse, grave: RiskPoint) -> None:
    address = reverse("risk_sign_point", args=[grave.pk])
    assert browse(county.stranger).post(address).status_code == 404
    assert not Sign.objects.exists()
    assert browse(county.townsman).post(address).status_code == 302


def test_a_shop_does_not_tell_the_name_of_its_owner(county: County, browse: Browse) -> None:
    township = Unit.objects.get(name="甲镇人民政府")
    shop = Site.objects.create(
        category="nine_small",
        unit=township,
        code="JX-1",
        name="老王饭店",
        owner="王某某",
        owner_phone="13900001111",
        territory=TOWN,
        sector="commerce",
    )
    row = point(shop, grade="yellow", accidents="火灾")
    sign = made(browse(county.townsman), "risk_sign_point", row.pk)
    page = Client().get(f"/s/{sign.code}").content.decode()
    assert "老王饭店" in page and "甲镇人民政府" in page
    assert "王某某" not in page and "13900001111" not in page


def test_the_sign_of_an_enterprise_names_its_major_hazards(county: County, browse: Browse) -> None:
    chemical(installation(county.enterprise), 80)
    sign = made(browse(county.worker), "risk_sign_enterprise", county.enterprise.pk)
    page = reverse("sign", args=[sign.code])
    assert "重大危险源：" not in Client().get(page).content.decode()  # not confirmed yet
    confirmed(Assessment.objects.get(), county.officer)
    shown = Client().get(page).content.decode()
    assert "重大危险源：氨罐区（三级）" in shown and "80" not in shown.partition("重大危险源：")[2][:40]


def test_an_address_that_only_this_machine_reaches_is_warned_of(
    county: County, browse: Browse, grave: RiskPoint, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client, address = browse(county.worker), reverse("risk_sign_point", args=[grave.pk])
    made(client, "risk_sign_point", grave.pk)
    assert "只有本机打得开" in client.get(address, headers={"host": "127.0.0.1:8740"}).content.decode()
    assert "只有本机打得开" not in client.get(address, headers={"host": "anwei.example"}).content.decode()
