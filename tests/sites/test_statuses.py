"""停产、复产、关闭: each change opens a period with its reason, and a denominator stays what it was that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anwei.org.models import Person
from anwei.portal.cockpit.views import state
from anwei.sites.models import Enterprise, LiveColour, Site, StatusPeriod
from anwei.sites.queries import standing_sites
from anwei.sites.statuses import counted_on
from tests.kernel.county import NOW, County
from tests.ledgers.sheets import write

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
TODAY = NOW.date()


def day(n_days: int) -> date:
    return TODAY + timedelta(days=n_days)


def change(client: Client, enterprise: Enterprise, reason: str = "市场原因", **typed: str) -> int:
    """Change an enterprise in its form."""
    address = reverse("ledger_edit", args=["enterprises", enterprise.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    return client.post(address, {**fields, "reason": reason, "confirmed": "1", **typed}).status_code


def counts(enterprise: Enterprise, *days: int) -> list[bool]:
    return [counted_on(day(n), Enterprise.objects.filter(pk=enterprise.pk)).exists() for n in days]


def periods(enterprise: Enterprise) -> list[tuple[str, date, date | None]]:
    rows = StatusPeriod.objects.filter(enterprise=enterprise).order_by("from_on")
    return [(row.status, row.from_on, row.to_on) for row in rows]


def test_a_long_stopped_plant_leaves_the_denominator_from_its_day_and_comes_back(
    county: County, browse: Browse
) -> None:
    client, plant = browse(county.officer), county.enterprise
    assert change(client, plant, status="长期停产", status_since=str(day(-10))) == 302
    assert counts(plant, -11, -10, 0, 400) == [True, False, False, False]
    with time_machine.travel(NOW + timedelta(days=20)):
        assert change(browse(county.officer), plant, "复产验收合格", status="生产", status_since="") == 302
        assert counts(plant, -11, -10, 19, 20) == [True, False, False, True]
        plant.refresh_from_db()
        assert plant.status_since == day(20)
    first = (date(1900, 1, 1), day(-11))
    assert periods(plant) == [
        ("producing", *first),
        ("long_stopped", day(-10), day(19)),
        ("producing", day(20), None),
    ]
    assert [row.reason for row in StatusPeriod.objects.order_by("from_on")] == [
        "",
        "市场原因",
        "复产验收合格",
    ]


def test_a_sheet_and_the_page_of_many_write_the_period_too(county: County, browse: Browse) -> None:
    rows = [
        ["企业名称", "统一社会信用代码", "行业", "属地", "状态", "停产日期"],
        ["甲化工厂", county.enterprise.credit_code, "危险化学品", "甲镇", "停产", str(day(-3))],
    ]
    write("enterprises", rows, actor=county.officer, reason="检修", doubtful=True)
    assert periods(county.enterprise)[-1] == ("stopped", day(-3), None)
    assert counts(county.enterprise, -3, 0) == [True, True]  # stopped is not long stopped
    chosen = {"set": "status=closed", "row": [str(county.other_enterprise.pk)], "reason": "关闭退出"}
    browse(county.officer).post(reverse("ledger_batch", args=["enterprises"]), chosen)
    assert periods(county.other_enterprise)[-1] == ("closed", TODAY, None)
    assert counts(county.other_enterprise, -1, 0) == [True, False]


def test_a_first_day_put_right_moves_the_end_of_the_period_before(county: County, browse: Browse) -> None:
    client, plant = browse(county.officer), county.enterprise
    change(client, plant, status="长期停产", status_since=str(day(-5)))
    change(client, plant, status_since=str(day(-2)))
    assert periods(plant)[1:] == [("long_stopped", day(-2), None)]
    assert counts(plant, -3, -2) == [True, False]
    change(client, plant, status_since=str(day(-30)))
    assert periods(plant)[1:] == [("long_stopped", day(-30), None)]
    assert counts(plant, -31, -30) == [True, False]


def test_a_status_dated_back_erases_no_period_unasked(county: County, browse: Browse) -> None:
    client, plant = browse(county.officer), county.enterprise
    assert change(client, plant, status="停产", status_since=str(day(-5)), confirmed="") == 302
    stopped = periods(plant)
    address = reverse("ledger_edit", args=["enterprises", plant.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    again = {**fields, "status": "生产", "status_since": str(day(-15)), "reason": "复产"}
    answer = client.post(address, again)
    assert answer.status_code == 422 and periods(plant) == stopped
    assert f"会抹去此后登记的：停产 {day(-5)} 起" in answer.content.decode()
    assert change(client, plant, status_since=str(day(-4)), confirmed="") == 302  # put right, nothing lost
    assert client.post(address, {**again, "confirmed": "1"}).status_code == 302
    assert periods(plant)[-1] == ("producing", day(-15), None)
    record = client.get(reverse("ledger_row", args=["enterprises", plant.pk])).content.decode()
    assert str(day(-4)) in record  # what was erased can still be read


def test_a_status_does_not_begin_tomorrow_nor_without_a_reason(county: County, browse: Browse) -> None:
    client, plant = browse(county.officer), county.enterprise
    assert change(client, plant, status="关闭", status_since=str(day(1))) == 422
    assert change(client, plant, "", status="关闭") == 422
    assert periods(plant) == []


def test_an_enterprise_whose_status_nobody_dated_is_taken_as_it_is(county: County) -> None:
    plant = county.enterprise
    Enterprise.objects.filter(pk=plant.pk).update(status="closed")
    assert counts(plant, -500, 0) == [False, False]
    Enterprise.objects.filter(pk=plant.pk).update(status_since=day(-7))
    assert counts(plant, -8, -7) == [True, False]


def test_the_colour_of_a_closed_one_asks_for_no_assessment(county: County, browse: Browse) -> None:
    client, address = browse(county.officer), reverse("enterprise", args=[county.enterprise.pk])
    for status, shown in (("producing", False), ("closed", True)):
        Enterprise.objects.filter(pk=county.enterprise.pk).update(status=status)
        LiveColour.objects.get_or_create(
            enterprise=county.enterprise, defaults={"colour": "", "changed_at": NOW, "computed_at": NOW}
        )
        page = client.get(address).content.decode()
        assert ("已关闭，不计" in page, "先完成风险评估" in page) == (shown, not shown)


def test_the_denominators_of_the_county_follow(county: County, browse: Browse) -> None:
    client, plant = browse(county.officer), county.enterprise
    Site.objects.create(enterprise=plant, code="GQ-1", name="罐区")

    def told() -> tuple[int, int, int]:
        shown = state(Person.objects.get(pk=county.officer.pk), timezone.now())
        n_counted = sum(shown["colours"].values())
        listed = client.get(reverse("enterprises"), {"counted": "true"}).context["listing"].count
        return n_counted, listed, standing_sites(Site.objects.all()).count()

    assert told() == (2, 2, 1)
    change(client, plant, status="长期停产")
    assert told() == (1, 1, 0)
    change(client, plant, status="生产")
    assert told() == (2, 2, 1)


def test_the_file_tells_the_periods_with_their_reasons(county: County, browse: Browse) -> None:
    client, plant = browse(county.officer), county.enterprise

    def sheet() -> list[list[str]]:
        groups = client.get(reverse("enterprise", args=[plant.pk])).context["groups"]
        parts = [parts for _key, _label, sheets in groups for _sheet, parts in sheets]
        [lines] = [one["lines"] for one in parts if one.get("title") == "生产状态"]
        return [[cell.text for cell in cells] for _address, cells in lines]

    assert sheet() == [["生产", "—", "—", "—"]]
    change(client, plant, "市场原因", status="长期停产", status_since=str(day(-9)))
    change(client, plant, "订单恢复", status="生产", status_since=str(day(-2)))
    assert sheet() == [
        ["生产", str(day(-2)), "—", "订单恢复"],
        ["长期停产", str(day(-9)), str(day(-3)), "市场原因"],
        ["生产", "—", str(day(-10)), "—"],
    ]
    page = client.get(reverse("enterprise", args=[plant.pk])).content.decode()
    assert "订单恢复" in page and "截止日期" in page
