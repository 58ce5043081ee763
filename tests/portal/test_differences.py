"""今天与往常有什么不同: sentences are said when the records carry them, and not otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from anwei.monitoring.models import Alarm, Warning
from anwei.org.models import Person, Unit
from anwei.portal.cockpit.differences import differences
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, cleared, raised
from tests.portal.conftest import LATER

Happen = Callable[..., None]
DAY = 86_400.0
WEEK = (6.3, 5.3, 4.3, 3.3, 2.3, 1.3, 0.3)  # days ago, each another date, today's the last


def past(happen: Happen, plant: Plant, days_ago: float) -> None:
    event = raised(plant.h, seconds=-days_ago * DAY)
    happen(event, cleared(event, seconds=-days_ago * DAY + 60))


def said(person: Person, size: int = 9) -> str:
    return "\n".join(sentence.text for sentence in differences(person, LATER, size))


def test_without_records_nothing_is_claimed(plant: Plant, office: Person) -> None:
    assert (
        said(office)
        == "今日截至 10:05 有 <b>0</b> 家企业新增报警 <b>0</b> 次，可比的日子不足 3 个，<b>暂不下结论</b>。"
    )


def test_a_standing_alarm_tells_its_history_and_the_last_cause(
    plant: Plant, office: Person, happen: Happen
) -> None:
    before = raised(plant.hh, seconds=-3 * DAY)
    happen(before)
    happen(cleared(before, seconds=-3 * DAY + 60))
    Warning.objects.update(cause="局扇停风", open_for_site="")
    happen(raised(plant.hh))
    assert (
        "甲化工厂 甲烷 自 10:00 起 ≥ 1.50 %，已 <b>5 分钟</b>；近 30 天第 <b>2</b> 次，上次是 11-21，原因：局扇停风。"
    ) in said(office)


def test_an_enterprise_that_alarms_more_than_usual_is_named(
    plant: Plant, office: Person, happen: Happen
) -> None:
    for days in (27, 20, 13, *WEEK):
        past(happen, plant, days)
    assert "明显增多" not in said(office)
    past(happen, plant, 34)
    assert "甲化工厂近 7 天有 <b>7</b> 天报警，共 7 次；此前 3 周平均每周 1.0 天，<b>明显增多</b>。" in said(
        office
    )


def test_a_busy_week_has_seven_dates_and_opens_what_it_counts(
    plant: Plant, office: Person, happen: Happen, visit: Callable[[Person], Client]
) -> None:
    for days in (34, 27, 20, 13, 6.6, *WEEK, 0.1):  # 6.6 days ago is the eighth date
        past(happen, plant, days)
    happen(raised(plant.hh, seconds=-30 * DAY))  # goes on since a month
    happen(raised(plant.silence, seconds=-2 * DAY, value=None))  # measured nothing
    (told,) = (one for one in differences(office, LATER, 9) if "明显增多" in one.text)
    assert "近 7 天有 <b>7</b> 天报警，共 8 次" in told.text
    assert len(set(re.findall(r'id="alarm-(\d+)"', visit(office).get(told.url).content.decode()))) == 8


def test_the_day_opens_what_it_counts(
    plant: Plant, office: Person, happen: Happen, visit: Callable[[Person], Client]
) -> None:
    for seconds in (-120, -60):
        event = raised(plant.h, seconds=seconds)
        happen(event, cleared(event, seconds=seconds + 30))
    happen(raised(plant.silence, seconds=-30, value=None))  # measured nothing
    happen(raised(plant.hh, seconds=-DAY))  # of yesterday
    *_rest, told = differences(office, LATER, 9)
    assert "<b>1</b> 家企业新增报警 <b>2</b> 次" in told.text
    assert visit(office).get(told.url).context["listing"].count == 2


def test_of_many_enterprises_one_is_not_named_by_chance(plant: Plant, office: Person, happen: Happen) -> None:
    """What one alone would hardly come to by chance, one of two hundred nearly always does."""
    for days in (34, 27, 20, *WEEK):
        past(happen, plant, days)
    assert "明显增多" in said(office)
    units = Unit.objects.bulk_create(
        Unit(kind="enterprise", name=f"第{number}工厂", territory=plant.tag.device.enterprise.unit.territory)
        for number in range(200)
    )
    others = Enterprise.objects.bulk_create(
        Enterprise(unit=unit, sector="industry", credit_code=f"many{number:014d}")
        for number, unit in enumerate(units)
    )
    one = Alarm.objects.filter(started_at__lt=LATER - timedelta(days=8)).first()
    assert one is not None
    for other in others:
        one.pk, one.enterprise, one.started_at = None, other, one.started_at - timedelta(seconds=1)
        one.save(force_insert=True)
    assert "明显增多" not in said(office)


def test_a_burst_of_alarms_is_no_busier_week(plant: Plant, office: Person, happen: Happen) -> None:
    for days in (34, 27, 20):
        past(happen, plant, days)
    for number in range(12):
        past(happen, plant, 1.5 + number / 1000)
    assert "明显增多" not in said(office)


def test_an_enterprise_that_alarms_as_always_is_not_named(
    plant: Plant, office: Person, happen: Happen
) -> None:
    for days in range(1, 36, 2):
        past(happen, plant, days)
    assert "明显增多" not in said(office)


def test_today_is_compared_with_the_same_weekday(plant: Plant, office: Person, happen: Happen) -> None:
    past(happen, plant, 35)
    for weeks in (1, 2, 3):
        past(happen, plant, weeks * 7 + 0.01)  # the same morning
        past(happen, plant, weeks * 7 - 0.2)  # that afternoon: not until this hour
    assert "新增报警 <b>0</b> 次，前 4 个同星期同时段为 1、1、1、0 家，<b>与往常无明显差别</b>。" in said(
        office
    )


def test_late_warnings_come_with_how_late(plant: Plant, office: Person, happen: Happen) -> None:
    happen(raised(plant.hh))
    Warning.objects.update(deadline=LATER - timedelta(hours=2))
    assert "<b>1</b> 件预警已超期，最久“甲化工厂 一号罐区 甲烷 高高限报警”已超 <b>2 小时 0 分</b>" in said(
        office
    )
    Warning.objects.update(deadline=LATER + timedelta(minutes=8))
    assert "<b>8 分钟</b>后到期" in said(office)


def test_silence_is_said_with_what_it_hides(plant: Plant, office: Person, happen: Happen) -> None:
    happen(raised(plant.silence, seconds=0, value=None))
    assert (
        "<b>1</b> 台设备离线，最久 甲化工厂 罐区分站 已 <b>5 分钟</b>；离线设备下 1 点此间不会报警。"
        in said(office)
    )


def test_names_cannot_carry_markup(plant: Plant, office: Person, happen: Happen) -> None:
    plant.tag.name = "<script>"
    plant.tag.save()
    happen(raised(plant.hh))
    assert "<script>" not in said(office)


def test_as_many_as_fit_and_the_day_unless_it_tells_no_difference(
    plant: Plant, office: Person, happen: Happen
) -> None:
    happen(raised(plant.hh), raised(plant.silence, value=None))
    Warning.objects.update(deadline=NOW)
    assert [len(differences(office, LATER, size)) for size in (2, 3, 4)] == [2, 3, 4]
    assert ["今日截至" in differences(office, LATER, size)[-1].text for size in (2, 3, 4)] == [
        False,
        False,
        True,
    ]


def test_the_gravest_is_said_first(plant: Plant, office: Person, happen: Happen) -> None:
    happen(raised(plant.silence, value=None), raised(plant.h))
    assert [sentence.severity for sentence in differences(office, LATER, 9)] == ["yellow", "offline", "blue"]


def test_others_are_not_told(plant: Plant, office: Person, happen: Happen) -> None:
    happen(raised(plant.hh), raised(plant.silence, value=None))
    assert "甲化工厂" not in said(plant.county.stranger)
