"""今日要情: five lines at eight, told once, kept as told, each with its answer in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from time_machine import TimeMachineFixture

from anwei.cases.models import Notice
from anwei.cases.today import GRAVITY, said
from anwei.hazards.models import Hazard
from anwei.ledgers.models import Setting
from anwei.org.models import Post, Unit
from anwei.org.services import appoint
from anwei.oversight.models import Morning, SupervisionOrder
from anwei.oversight.services.morning import morning_is_due, tell_mornings
from tests.hazards.doors import CRITERION, act, file, signed_in
from tests.kernel.county import IN_POST_SINCE, NOW, OTHER_TOWN, in_post, make_enterprise
from tests.oversight import test_orders as orders
from tests.oversight.conftest import Governed

EIGHT = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 08:00 in the county


@pytest.fixture
def major(governed: Governed, time_machine: TimeMachineFixture) -> Hazard:
    """A major hazard of the plant, ordered a moment ago, due tomorrow."""
    hazard = file(governed.officer, governed.county.enterprise.pk, place="一号罐区")
    orderer = hazard.supervisor.holdings.get().person
    ordered = {"grade": "major", "criterion": CRITERION, "order": "dated", "requirement": "修补围堰"}
    answer = act(orderer, hazard, "order", due_on=(NOW.date() + timedelta(days=1)).isoformat(), **ordered)
    assert answer.status_code == 302, answer.content.decode()
    return hazard


def test_the_leaders_are_told_once_at_eight(governed: Governed, major: Hazard) -> None:
    assert not morning_is_due(EIGHT - timedelta(minutes=1))
    assert morning_is_due(EIGHT)
    assert tell_mornings(EIGHT) == 1 and tell_mornings(EIGHT + timedelta(minutes=5)) == 0
    assert not morning_is_due(EIGHT + timedelta(minutes=5))
    notice = Notice.objects.get(person=governed.leader, url="/today/")
    assert notice.level == "urgent" and notice.text.startswith("今日要情（11-25）\n1.")
    assert "新判定重大隐患 1 项" in notice.text and "<b>" not in notice.text
    assert not Notice.objects.filter(person=governed.officer, url="/today/").exists()


def test_what_was_told_stays_when_the_matter_is_over(governed: Governed, major: Hazard) -> None:
    tell_mornings(EIGHT)
    Hazard.objects.filter(pk=major.pk).update(grade="general")
    assert not [one for one in said(governed.leader, EIGHT) if one.case == major.pk]
    assert "新判定重大隐患" in signed_in(governed.leader).get("/today/").content.decode()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Morning.objects.update(lines=[])


def test_an_answer_in_words_becomes_an_order_about_that_line(
    governed: Governed, major: Hazard, time_machine: TimeMachineFixture
) -> None:
    tell_mornings(EIGHT)
    time_machine.move_to(EIGHT + timedelta(minutes=10))
    client = signed_in(governed.leader)
    address = re.search(
        r'href="(/orders/new/\?morning=\d+&amp;line=1)"', client.get("/today/").content.decode()
    )
    assert address is not None
    asked = address[1].replace("&amp;", "&")
    assert "新判定重大隐患" in client.get(asked).content.decode()
    answer = {"words": "今天必须停用，周五前整改到位", "key": "a1"}
    assert client.post(asked, answer).status_code == 302
    order = SupervisionOrder.objects.get()
    assert (order.about_id, order.about_enterprise) == (major.pk, major.enterprise)
    assert (order.morning, order.line) == (Morning.objects.get(), 1)
    assert order.number in client.get("/today/").content.decode()


def test_overdue_major_hazards_come_first_with_who_to_ask(
    governed: Governed, major: Hazard, time_machine: TimeMachineFixture
) -> None:
    later = EIGHT + timedelta(days=3)
    time_machine.move_to(later)
    found = said(governed.leader, later)
    assert [GRAVITY.index(one.severity) for one in found] == sorted(
        GRAVITY.index(one.severity) for one in found
    )
    assert found[0].case == major.pk and found[0].call == major.supervisor
    assert "1</b> 项重大隐患超期未改" in found[0].text
    rows = signed_in(governed.leader).get(found[0].url).content.decode()
    assert major.number in rows
    assert (
        major.number
        not in signed_in(governed.leader).get(found[0].url.replace("major", "general")).content.decode()
    )


def test_a_quiet_county_is_told_so(governed: Governed) -> None:
    tell_mornings(EIGHT)
    morning = Morning.objects.get()
    assert morning.lines[0]["text"] == "没有需要您过问的事项。"
    client = signed_in(governed.leader)
    page = client.get("/today/").content.decode()
    assert "没有需要您过问的事项。" in page and "/orders/new/?morning=" not in page
    assert client.get(f"/orders/new/?morning={morning.pk}&line=1").status_code == 404


def test_nobody_else_reads_what_leaders_are_told(governed: Governed, major: Hazard) -> None:
    tell_mornings(EIGHT)
    morning = Morning.objects.get()
    for person in (governed.county.boss, governed.county.townsman, governed.officer):
        assert signed_in(person).get("/today/").status_code == 403
        assert signed_in(person).get(f"/orders/new/?morning={morning.pk}&line=1").status_code == 403
    client = signed_in(governed.leader)
    for query in (f"?morning={morning.pk}&line=9", f"?morning={morning.pk}", "?morning=9999&line=1"):
        assert client.get(f"/orders/new/{query}").status_code == 404


def test_before_the_first_morning_the_page_says_what_to_do(governed: Governed) -> None:
    page = signed_in(governed.leader).get("/today/").content.decode()
    assert "每天 8 点自动生成" in page


def test_lines_are_what_every_reader_may_see(governed: Governed, major: Hazard) -> None:
    """The first leader has a second post, at a plant of another county."""
    far = make_enterprise("外县化工厂", "999002101", "chemical", "91000000000000009X")
    post = Post.objects.create(unit=far.unit, kind="safety", title="顾问")
    appoint(governed.leader, post, actor=None, now=NOW, from_on=IN_POST_SINCE)
    Hazard.objects.filter(pk=major.pk).update(enterprise=far, territory="999002101")
    assert "外县化工厂" in signed_in(governed.leader).get("/").content.decode()
    tell_mornings(EIGHT)
    assert "外县化工厂" not in str(Morning.objects.get().lines)


def test_no_township_and_no_clerk_of_the_government_reads_or_instructs(governed: Governed) -> None:
    tell_mornings(EIGHT)
    government = Unit.objects.get(kind="government")
    people = [in_post("govclerk", Post.objects.create(unit=government, kind="officer", title="科员"))]
    for kind, name in (("committee_office", "乙镇安委办"), ("party", "乙镇党委")):
        unit = Unit.objects.create(kind=kind, name=name, territory=OTHER_TOWN)
        people.append(in_post(name, Post.objects.create(unit=unit, kind="principal", title="主任")))
    for person in people:
        assert signed_in(person).get("/today/").status_code == 403
        assert signed_in(person).get("/orders/new/").status_code == 403


def test_signs_of_a_title_are_read_as_they_were_written(
    governed: Governed, major: Hazard, time_machine: TimeMachineFixture
) -> None:
    Hazard.objects.filter(pk=major.pk).update(title='温度<5℃ & "管线"冻堵')
    tell_mornings(EIGHT)
    assert '温度<5℃ & "管线"冻堵' in Notice.objects.get(person=governed.leader, url="/today/").text
    assert (
        "温度&lt;5℃ &amp; &quot;管线&quot;冻堵" in signed_in(governed.leader).get("/today/").content.decode()
    )


def test_what_is_judged_today_is_told_whenever_it_was_filed(
    governed: Governed, time_machine: TimeMachineFixture
) -> None:
    hazard = file(governed.officer, governed.county.enterprise.pk)
    later = NOW + timedelta(hours=30)
    time_machine.move_to(later)
    ordered = {"grade": "major", "criterion": CRITERION, "order": "dated", "requirement": "修补围堰"}
    day = (later.date() + timedelta(days=9)).isoformat()
    assert (
        act(hazard.supervisor.holdings.get().person, hazard, "order", due_on=day, **ordered).status_code
        == 302
    )
    assert any("新判定" in one.text for one in said(governed.leader, later + timedelta(hours=1)))


def test_an_hour_that_is_none_is_eight(governed: Governed) -> None:
    Setting.objects.create(key="morning", value={"at": "8:00"}, changed_at=NOW, changed_by=governed.clerk)
    assert not morning_is_due(EIGHT - timedelta(minutes=1)) and morning_is_due(EIGHT)


def test_an_order_closed_before_its_hazard_says_why_and_stands_on_both_pages(
    governed: Governed, major: Hazard
) -> None:
    told = {"words": "一周内销号。", "key": "of-the-hazard"}
    assert signed_in(governed.leader).post(f"/orders/new/?case={major.pk}", told).status_code == 302
    order = SupervisionOrder.objects.get()
    head = governed.officer if order.implementer.title == "监管员" else governed.director
    issued = {"charged": order.implementer_id, "requirement": "督促整改", "due_on": "2026-12-01"}
    assert orders.act(governed.clerk, order, "issue", **issued).status_code == 302
    assert orders.act(head, order, "accept").status_code == 302
    done = {"result": "已督促", "evidence": orders.document()}
    assert orders.act(head, order, "submit", **done).status_code == 302
    shown = signed_in(governed.clerk).get(f"/cases/{order.pk}/").content.decode()
    assert "督办的事项还没有办结" in shown and "待签收" in shown
    assert orders.act(governed.clerk, order, "close", finding="齐全").status_code == 422
    why = {"finding": "齐全", "why_before": "整改期限未到，另行跟踪"}
    assert orders.act(governed.clerk, order, "close", **why).status_code == 302
    assert why["why_before"] in signed_in(governed.clerk).get(f"/cases/{order.pk}/").content.decode()
    boss = governed.county.boss
    for address in (f"/cases/{major.pk}/", f"/enterprises/{governed.county.enterprise.pk}/"):
        assert f">{order.number}</a>" in signed_in(governed.clerk).get(address).content.decode()
        assert order.number not in signed_in(boss).get(address).content.decode()
