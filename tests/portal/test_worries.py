"""The status page says first what leaves the county unprotected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from anwei.ledgers.services import change_setting
from anwei.monitoring.services.positions import (
    REGISTER,
    WORKED_OFF,
    bump_register,
    note_loss,
    position,
    set_position,
)
from anwei.org.models import Holding, Person
from anwei.portal.system import results
from anwei.portal.worries import worries
from tests.kernel.county import NOW, County

ENOUGH = {"full": False}


@pytest.fixture(autouse=True)
def a_fresh_drill() -> Iterator[None]:
    results.keep(
        settings.DATA, "drill", {"at": NOW.isoformat(), "ok": True, "steps": [], "seconds": 1, "backup": "b"}
    )
    yield
    (settings.DATA.folder("checks") / "drill.json").unlink(missing_ok=True)


def said() -> str:
    delivered = {"stream": ENOUGH | {"register_version": position(REGISTER)}}
    return "".join(worry.text for worry in worries(delivered, NOW))


def test_a_vacant_duty_post_is_said_on_the_page(
    county: County, office: Person, visit: Callable[[Person], Client]
) -> None:
    assert "值班岗" not in said()
    Holding.objects.filter(post__kind="duty").update(to_on=NOW.date().replace(day=1))
    assert "县级值班岗空缺" in said()
    assert "县级值班岗空缺" in visit(county.townsman).get("/status/").content.decode()


def test_without_any_duty_post_warnings_wait(db: None) -> None:
    assert "没有县级值班岗：预警暂存，设岗后补发" in said()


def test_next_years_calendar_is_asked_for_until_it_is_entered(county: County) -> None:
    assert "2027 年的放假安排还没有录入" in said()
    year = {
        "document": "通知",
        "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}],
        "workdays": [],
    }
    change_setting("calendar", {"2027": year}, default={}, actor=county.officer, now=NOW, reason="公布")
    assert "2027" not in said()


def test_a_full_disk_and_a_missing_drill_are_red(county: County) -> None:
    assert next(worries({"stream": {"full": True}}, NOW)).kind == "lost"
    assert "恢复演练" not in said()
    (settings.DATA.folder("checks") / "drill.json").unlink()
    assert "七天内没有成功的恢复演练" in said()


def test_a_register_that_did_not_reach_the_stream_is_said(county: County) -> None:
    """A revoked key goes on being good, and a new limit is not watched, until it does."""
    bump_register()
    version = position(REGISTER)
    late = [worry.text for worry in worries({"stream": ENOUGH | {"register_version": version - 1}}, NOW)]
    assert any(f"版本 {version}）还没有送到数据流" in text for text in late)
    assert "还没有送到数据流" not in said()


def test_a_lost_alarm_is_said_for_a_week(county: County) -> None:
    assert "报警记录" not in said()
    note_loss(NOW - timedelta(days=1))
    assert "2026-11-23 10:00 发现有报警或者早期预警没有记入记录" in said()
    note_loss(NOW - timedelta(days=8))
    assert "报警记录" not in said()


def test_an_early_warning_that_lies_behind_is_said_and_one_that_never_was_started_is_not(
    county: County,
) -> None:
    assert "早期预警" not in said()
    set_position(WORKED_OFF, int((NOW - timedelta(minutes=28)).timestamp() * 1000))
    assert "早期预警落后 28 分钟，算到 09:32：此后的走势还没有看" in said()
    set_position(WORKED_OFF, int((NOW - timedelta(minutes=2)).timestamp() * 1000))
    assert "早期预警" not in said()
