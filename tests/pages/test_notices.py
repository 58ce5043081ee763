"""Notices as people meet them: the list, the count, the settings, the administrator's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from anwei.cases.models import Delivery, Notice, Preference
from anwei.cases.notices.channels import Channel
from anwei.cases.notices.outbox import send_due
from anwei.cases.notices.services import tell
from anwei.cases.services import advance
from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint
from tests.kernel.county import COUNTY, NOW, TOWN, County, in_post, open_repair
from tests.monitoring.plant import Plant, raised
from tests.pages.cases import act, disposal

SignIn = Callable[[Person], Client]


def texts(client: Client, query: str = "") -> str:
    return client.get(f"/notices/{query}").content.decode()


def test_a_red_warning_is_told_to_duty_and_enterprise(county: County, warning: Warning) -> None:
    told = {notice.person: notice for notice in Notice.objects.all()}
    assert set(told) == {county.worker, county.officer, county.boss}
    assert {notice.level for notice in told.values()} == {"red"}
    assert all(warning.number in notice.text and "甲化工厂" in notice.text for notice in told.values())


def test_a_warning_that_rises_to_red_is_told_to_all_three_again(county: County, plant: Plant) -> None:
    plant.h.opens_warning = True
    plant.h.save()
    record_episodes([(1, raised(plant.h, value=1.12))], now=NOW)
    assert not Notice.objects.filter(level="red").exists()
    record_episodes([(2, raised(plant.hh))], now=NOW)
    red = Notice.objects.filter(level="red")
    assert {notice.person for notice in red} == {county.worker, county.officer, county.boss}


def test_alarms_of_one_batch_are_told_once_each(county: County, plant: Plant) -> None:
    batch = [(1, raised(plant.hh)), (2, raised(plant.h))]
    record_episodes(batch, now=NOW)
    count = Notice.objects.count()
    record_episodes(batch, now=NOW)
    assert Notice.objects.count() == count


def test_a_red_alarm_that_opens_no_warning_is_told_too(county: County, plant: Plant) -> None:
    plant.hh.opens_warning = False
    plant.hh.save()
    record_episodes([(1, raised(plant.hh))], now=NOW)
    assert not Warning.objects.exists() and Alarm.objects.get().severity == "red"
    assert {notice.person for notice in Notice.objects.filter(level="red")} == {
        county.worker,
        county.officer,
        county.boss,
    }


def test_a_notice_is_counted_until_it_is_opened(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    page = texts(worker)
    assert warning.number in page and "未读 1" in page and "（未读）" in page
    notice = Notice.objects.get(person=county.worker)
    answer = worker.get(f"/notices/{notice.pk}/")
    assert answer.status_code == 302 and answer["Location"] == f"/cases/{warning.pk}/"
    assert "未读 0" in texts(worker)


def test_who_acts_has_read_and_the_next_is_told(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    act(worker, warning, "sign")
    act(worker, warning, "dispose", **disposal())
    assert not Notice.objects.filter(person=county.worker, read_at=None).exists()
    assert "待确认" in texts(officer)
    sent = texts(worker, "?tab=sent")
    assert "发给 officer" in sent and "未读" in sent


def test_all_read_at_once(county: County, warning: Warning, sign_in: SignIn) -> None:
    officer = sign_in(county.officer)
    assert officer.post("/notices/read/").status_code == 302
    assert "未读 0" in texts(officer) and "（未读）" not in texts(officer)
    assert Notice.objects.filter(read_at=None).count() == 2  # those of the others


def test_a_notice_is_its_persons_alone(county: County, warning: Warning, sign_in: SignIn) -> None:
    theirs = Notice.objects.get(person=county.worker)
    for person in (county.stranger, county.boss, county.officer):
        assert sign_in(person).get(f"/notices/{theirs.pk}/").status_code == 404
    assert warning.number not in texts(sign_in(county.stranger))


def test_what_left_the_scope_leaves_the_notices(county: County, warning: Warning, sign_in: SignIn) -> None:
    county.worker.holdings.all().delete()
    appoint(county.worker, county.stranger.holdings.get().post, actor=None, now=NOW)
    page = texts(sign_in(county.worker))
    assert warning.number not in page and "甲化工厂" not in page and "未读 0" in page


def test_a_link_leads_nowhere_else(county: County, sign_in: SignIn) -> None:
    for number, url in enumerate(("https://evil.example/", "//evil.example/", "javascript:alert(1)")):
        [notice] = tell(to=[county.worker], text="x", url=url, level="info", key=str(number), now=NOW)
        assert sign_in(county.worker).get(f"/notices/{notice.pk}/")["Location"] == "/notices/"


def test_settings(county: County, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    assert worker.get("/notices/settings/").status_code == 200
    values = {"home": "cockpit", "sms_from": "info", "mail_from": "", "quiet_from": "22:00", "quiet_to": ""}
    assert "起止都要填写" in worker.post("/notices/settings/", values).content.decode()
    values |= {"quiet_to": "07:00", "mail_from": "urgent"}
    assert "请填写邮箱" in worker.post("/notices/settings/", values).content.decode()
    assert worker.post("/notices/settings/", values | {"email": "a@example.cn"}).status_code == 302
    kept = Preference.objects.get()
    assert (kept.person, kept.home, str(kept.quiet_from)) == (county.worker, "cockpit", "22:00:00")
    assert 'value="22:00"' in worker.get("/notices/settings/").content.decode()


@pytest.fixture
def admin(county: County) -> Person:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    post = Post.objects.create(unit=unit, kind="system_admin", title="系统管理员")
    return in_post("admin", post)


def test_the_administrator_sees_a_channel_that_fails(
    county: County, admin: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DEMO", True)  # opens SMS to the file
    county.worker.phone, county.worker.email = "13900000001", "worker@example.cn"
    county.worker.save()
    tell(to=[county.worker], text="密语", url="/", level="red", key="1", now=NOW)
    Delivery.objects.update(channel="mail")  # a channel that is not open
    send_due(Channel.MAIL, NOW)
    page = sign_in(admin).get("/notices/deliveries/").content.decode()
    assert "需要检查" in page and "没有写明可用的接口" in page and "worker" in page
    assert "密语" not in page and "13900000001" not in page
    assert "没有这样的送达记录" in sign_in(admin).get("/notices/deliveries/?state=failed").content.decode()
    assert "需要检查" in sign_in(admin).get("/status/").content.decode()
    assert sign_in(county.officer).get("/notices/deliveries/").status_code == 403


def test_empty_pages_say_what_comes(county: County, sign_in: SignIn) -> None:
    client = sign_in(county.stranger)
    assert "还没有通知" in texts(client) and "还没有发出的通知" in texts(client, "?tab=sent")


def test_writing_needs_post(county: County, sign_in: SignIn) -> None:
    assert sign_in(county.worker).get("/notices/read/").status_code == 405


def test_the_turn_of_a_vacant_post_is_told_to_the_one_above_it(county: County, sign_in: SignIn) -> None:
    vacant = Post.objects.create(unit=county.enterprise.unit, kind="safety", title="安全员")
    case = open_repair(county, implementer=vacant)
    client, path = sign_in(county.officer), f"/cases/{case.pk}/"
    hidden = re.findall(r'name="(version|key)" value="([^"]*)"', client.get(path).content.decode())
    assert client.post(f"{path}order/", dict(hidden)).status_code == 302
    notice = Notice.objects.get(case=case, text__contains="待签收")
    assert notice.person == county.boss and "“甲化工厂 安全员”空缺，请安排人员办理。" in notice.text
    assert notice.text in texts(sign_in(county.boss))
    appoint(county.worker, vacant, actor=None, now=NOW)
    advance(case, "sign", actor=county.worker, now=NOW)
    assert not Notice.objects.filter(case=case, person=county.boss, text__contains="维修中").exists()


def test_where_nobody_stands_above_the_supervisor_is_told(county: County) -> None:
    alone = Unit.objects.create(kind="village", name="独村", territory=f"{TOWN}201")
    vacant = Post.objects.create(unit=alone, kind="principal", title="村主任")
    case = open_repair(county, implementer=vacant)
    advance(case, "order", actor=county.officer, now=NOW)
    assert not Notice.objects.filter(case=case, text__contains="待签收").exists()  # who ordered it knows
    in_post("second", county.duty)
    case = open_repair(county, implementer=vacant)
    advance(case, "order", actor=county.officer, now=NOW)
    assert Notice.objects.get(case=case, text__contains="待签收").person.username == "second"
