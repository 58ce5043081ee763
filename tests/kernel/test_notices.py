"""Who is told, once, by which channel, and when not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from anwei.cases.models import Delivery, Notice, Preference
from anwei.cases.models.notices import TEXT_LENGTH, Level
from anwei.cases.notices import services
from anwei.cases.notices.preferences import quiet_until
from anwei.cases.until import until
from anwei.ledgers.services import change_setting
from anwei.org.models import Post
from anwei.org.services import appoint
from anwei.standards.calendar import COUNTY_TIME
from tests.kernel.county import NOW, County


def tell(county: County, **changes: object) -> list[Notice]:
    arguments = {
        "to": [county.safety],
        "text": "请签收 YJ202600001。",
        "url": "/cases/1/",
        "level": "urgent",
        "key": "case-1-1",
        "now": NOW,
    }
    return services.tell(**(arguments | changes))  # type: ignore[arg-type]


@pytest.fixture
def channels(county: County) -> None:
    """Open SMS, mail and the chat, and give the worker a phone and a mailbox."""
    for channel in ("sms", "mail", "chat"):
        setup = {"adapter": "file"}
        change_setting(f"notices.{channel}", setup, default={}, actor=county.boss, now=NOW, reason="开通")
    county.worker.phone, county.worker.email = "13900000001", "worker@example.cn"
    county.worker.save()


def ways() -> list[str]:
    return sorted(Delivery.objects.values_list("channel", flat=True))


def test_each_person_is_told_once(county: County) -> None:
    appoint(county.boss, county.safety, actor=None, now=NOW)
    first = tell(county, to=[county.safety, county.principal, county.worker])
    assert {notice.person for notice in first} == {county.worker, county.boss}
    assert tell(county) == []
    assert [notice.person for notice in tell(county, to=[county.safety, county.townsman])] == [
        county.townsman
    ]
    assert len(tell(county, key="another")) == 2


def test_a_vacant_post_tells_nobody(county: County) -> None:
    vacant = Post.objects.create(unit=county.enterprise.unit, kind="safety", title="安全员")
    county.worker.is_active = False
    county.worker.save()
    assert tell(county, to=[vacant, county.safety]) == []


def test_channels_follow_level_and_preference(county: County, channels: None) -> None:
    tell(county, level="info")
    assert ways() == []
    tell(county, key="2")
    assert ways() == ["chat", "sms"]  # urgent: SMS by default, mail only when asked for
    Preference.objects.create(person=county.worker, sms_from="", mail_from="info")
    Delivery.objects.all().delete()
    tell(county, key="3", level="info")
    assert ways() == ["mail"]
    tell(county, key="4", level="red")
    assert ways() == ["chat", "mail", "mail", "sms"]  # red goes by all that reach the person


def test_a_closed_channel_gets_nothing(county: County) -> None:
    county.worker.phone = "13900000001"
    county.worker.save()
    assert len(tell(county, level="red")) == 1 and ways() == []


def test_quiet_hours_hold_back_all_but_red(county: County, channels: None) -> None:
    Preference.objects.create(person=county.worker, quiet_from=time(9), quiet_to=time(11, 30))
    tell(county)
    assert Delivery.objects.get(channel="sms").due_at == datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    tell(county, key="2", level="red")
    assert Delivery.objects.get(channel="sms", notice__key="2").due_at == NOW


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        ("22:00-07:00", "24T22:00", "25T07:00"),
        ("22:00-07:00", "25T06:59", "25T07:00"),
        ("22:00-07:00", "25T07:00", ""),
        ("22:00-07:00", "24T21:59", ""),
        ("12:00-14:00", "24T12:00", "24T14:00"),
        ("12:00-14:00", "24T14:00", ""),
        ("12:00-12:00", "24T12:00", ""),
    ],
)
def test_when_quiet_hours_end(quiet: str, at: str, until: str) -> None:
    start, end = (time.fromisoformat(clock) for clock in quiet.split("-"))
    ends = quiet_until(Preference(quiet_from=start, quiet_to=end), in_the_county(at))
    assert ends == (in_the_county(until) if until else None)


def in_the_county(at: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{at}:00+08:00")


def test_a_long_text_is_cut(county: County) -> None:
    [notice] = tell(county, text="险" * 500)
    assert len(notice.text) == TEXT_LENGTH and notice.text.endswith("…")
    assert Notice.objects.get().level == Level.URGENT


def test_the_end_of_a_day_is_its_24_00_and_no_other_moment(db: None) -> None:
    told = {
        hour: until(datetime(2026, 12, 2, *hour, tzinfo=COUNTY_TIME)) for hour in ((0, 0), (0, 1), (17, 30))
    }
    assert told == {
        (0, 0): (date(2026, 12, 1), "24:00"),
        (0, 1): (date(2026, 12, 2), "00:01"),
        (17, 30): (date(2026, 12, 2), "17:30"),
    }
