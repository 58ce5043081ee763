"""From a leader's words to an order that is closed off, by the doors people use."""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.models import Clock, Notice
from anwei.cases.today import said
from anwei.ledgers.models import Paper
from anwei.org.models import Person, Post, Unit
from anwei.oversight.models import SupervisionOrder
from anwei.oversight.services.instructing import day_in
from tests.kernel.county import NOW, in_post, open_repair, photo
from tests.oversight.conftest import Governed, build_governed

WORDS = "请应急局三天内查清甲化工厂压力异常的原因，举一反三。\n12月1日前报我。"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def instruct(governed: Governed, **told: Any) -> SupervisionOrder:
    query = f"?enterprise={governed.county.enterprise.pk}"
    answer = signed_in(governed.leader).post(
        f"/orders/new/{query}", {"words": WORDS, "key": "form-1", **told}
    )
    assert answer.status_code == 302, answer.content.decode()
    return SupervisionOrder.objects.get()


def act(person: Person, order: SupervisionOrder, verb: str, **fields: Any) -> Any:
    client = signed_in(person)
    page = client.get(f"/cases/{order.pk}/").content.decode()
    form = re.search(rf'<form[^>]*action="/cases/{order.pk}/{verb}/".*?</form>', page, re.S)
    hidden = (
        dict(re.findall(r'<input type="hidden" name="(version|key)" value="([^"]*)"', form[0]))
        if form
        else {}
    )
    answer = client.post(f"/cases/{order.pk}/{verb}/", hidden | fields)
    order.refresh_from_db()
    return answer


def document() -> SimpleUploadedFile:
    return SimpleUploadedFile("办结报告.jpg", photo("办结报告.jpg").content, content_type="image/jpeg")


def issue(governed: Governed, order: SupervisionOrder, **told: Any) -> Any:
    fields = {
        "charged": order.implementer_id,
        "requirement": "查明原因，书面报告",
        "due_on": (NOW.date() + timedelta(days=7)).isoformat(),
        **told,
    }
    return act(governed.clerk, order, "issue", **fields)


def test_words_become_an_order_with_three_posts_and_are_told(governed: Governed) -> None:
    order = instruct(governed)
    assert order.number == "DB202600001" and order.phase == "registered"
    assert order.instructed_by == governed.leader and order.words.replace("\r", "") == WORDS
    assert order.responsible.title == "局长" and order.implementer.title == "监管员"
    assert order.supervisor.unit.kind == Unit.Kind.COMMITTEE_OFFICE
    assert order.about_enterprise == governed.county.enterprise and order.enterprise is None
    shown = signed_in(governed.clerk).get(f"/cases/{order.pk}/").content.decode()
    assert re.search(
        r"待下达</div>\s*<div class=\"small\"><span[^>]*>批示或者决定原文</span> 请应急局三天内", shown
    )
    assert "办理时由承办岗位提交" in shown and 'value="2026-12-01"' in shown  # the day that the words ask for
    assert Notice.objects.filter(person=governed.clerk, case=order).exists()
    assert order.number in signed_in(governed.clerk).get("/work/").content.decode()  # to be issued
    asked = {"register": "cases.case", "row": order.pk, "template": "supervision_notice"}
    assert signed_in(governed.clerk).post("/papers/new/", asked).status_code == 302
    office = Post.objects.create(unit=order.supervisor.unit, kind="principal", title="主任")
    [paper] = Paper.objects.all()
    desk = signed_in(in_post("head", office)).get("/work/").content.decode()
    assert f'href="/papers/{paper.pk}/"' in desk


def test_an_order_goes_from_words_to_closed_off_with_its_clocks(
    governed: Governed, time_machine: TimeMachineFixture
) -> None:
    order = instruct(governed)
    assert issue(governed, order).status_code == 302
    assert order.phase == "assigned"
    assert act(governed.officer, order, "accept").status_code == 302
    running = {clock.name for clock in Clock.objects.filter(case=order, met_at=None)}
    assert running == {"首次反馈", "按时限办结"}
    time_machine.move_to(NOW + timedelta(days=2))
    assert act(governed.officer, order, "report", progress="已调取曲线").status_code == 302
    assert (
        act(governed.officer, order, "submit", result="传感器松动，已紧固", evidence=document()).status_code
        == 302
    )
    assert order.phase == "review" and {*order.clocks.filter(met_at=None).values_list("name", flat=True)} == {
        "审核办结材料"
    }
    assert act(governed.officer, order, "close", finding="自己审核").status_code == 403
    assert act(governed.clerk, order, "close", finding="材料齐全，原因清楚").status_code == 302
    assert (order.phase, order.outcome, order.deadline) == ("closed", "done", None)
    hands = [*order.entries.order_by("number").values_list("actor__username", flat=True)]
    assert hands == ["leader", "clerk", "inspector", "inspector", "inspector", "clerk"]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2027年1月15日之前办结", date(2027, 1, 15)),
        ("1月15日前办结", date(2027, 1, 15)),
        ("11月23日前的事故", None),
        ("2月30日前报告，12月15日以前销号", date(2026, 12, 15)),
        ("尽快", None),
    ],
)
def test_a_day_in_the_words_is_proposed(words: str, day: date | None) -> None:
    assert day_in(words, NOW.date()) == day


def test_who_is_no_leader_and_not_of_the_office_instructs_nobody(governed: Governed) -> None:
    for person in (governed.officer, governed.county.boss, governed.county.townsman):
        client = signed_in(person)
        assert client.get("/orders/new/").status_code == 403
        assert client.post("/orders/new/", {"words": WORDS}).status_code == 403
    assert not SupervisionOrder.objects.exists()


def test_an_enterprise_does_not_read_what_its_regulator_is_told(governed: Governed) -> None:
    order = instruct(governed)
    assert signed_in(governed.county.boss).get(f"/cases/{order.pk}/").status_code == 404
    assert WORDS[:8] not in signed_in(governed.county.boss).get("/orders/").content.decode()
    assert signed_in(governed.officer).get(f"/cases/{order.pk}/").status_code == 200


def test_words_about_the_whole_county_name_who_carries_them_out(governed: Governed) -> None:
    client = signed_in(governed.leader)
    refused = client.post("/orders/new/", {"words": "岁末年初，全面排查", "key": "1"})
    assert refused.status_code == 422 and "请选择承办单位" in refused.content.decode()
    assert "岁末年初，全面排查" in refused.content.decode()
    town = Unit.objects.get(kind="township")
    assert (
        client.post("/orders/new/", {"words": "岁末年初，全面排查", "unit": town.pk, "key": "2"}).status_code
        == 302
    )
    assert SupervisionOrder.objects.get().implementer.unit == town


def test_no_enterprise_and_not_the_office_itself_carries_an_order_out(governed: Governed) -> None:
    order = instruct(governed)
    page = signed_in(governed.clerk).get(f"/cases/{order.pk}/").content.decode()
    assert f'<option value="{order.implementer_id}" selected>' in page  # by the rules, or as the leader chose
    leader = governed.leader.holdings.get().post_id
    for post in (governed.county.principal.pk, order.supervisor_id, leader):
        assert issue(governed, order, charged=post).status_code == 422
    late = issue(governed, order, due_on=(NOW.date() - timedelta(days=1)).isoformat())
    assert late.status_code == 422 and "不能早于今天" in late.content.decode()
    assert order.phase == "registered"


def test_leaders_instruct_from_the_page_of_a_case_and_of_an_enterprise(governed: Governed) -> None:
    case, plant = open_repair(governed.county), governed.county.enterprise
    pages = {
        f"/cases/{case.pk}/": f"/orders/new/?case={case.pk}",
        f"/enterprises/{plant.pk}/": f"/orders/new/?enterprise={plant.pk}",
    }
    for address, door in pages.items():
        label = {
            person.username: re.findall(
                rf'href="{re.escape(door)}">(\w+)</a>', signed_in(person).get(address).content.decode()
            )
            for person in (governed.leader, governed.clerk, governed.officer, governed.county.boss)
        }
        assert label == {"leader": ["批示"], "clerk": ["登记督办"], "inspector": [], "boss": []}
    client = signed_in(governed.leader)
    form = client.get(pages[f"/cases/{case.pk}/"]).content.decode()
    assert case.title in form and case.number in form
    told = {"words": "请抓紧办结，三日内报我。", "key": "from-the-case"}
    assert client.post(pages[f"/cases/{case.pk}/"], told).status_code == 302
    order = SupervisionOrder.objects.get()
    assert order.about is not None and (order.about.pk, order.about_enterprise) == (case.pk, case.enterprise)
    page = client.get(f"/cases/{order.pk}/").content.decode()
    assert case.number in page and "/orders/new/" not in page


def test_words_about_a_case_go_to_who_supervises_it(governed: Governed) -> None:
    repair = open_repair(governed.county)
    answer = signed_in(governed.leader).post(
        f"/orders/new/?case={repair.pk}", {"words": "督促尽快修好", "key": "3"}
    )
    assert answer.status_code == 302
    order = SupervisionOrder.objects.get()
    assert order.about_id == repair.pk and order.implementer.unit == governed.county.duty.unit


@pytest.mark.parametrize("query", ["?case=999999", "?enterprise=x", "?case=99999999999999999999999"])
def test_what_is_not_there_is_not_found(governed: Governed, query: str) -> None:
    assert signed_in(governed.leader).get(f"/orders/new/{query}").status_code == 404


def test_the_list_counts_and_shows_each_state(governed: Governed, time_machine: TimeMachineFixture) -> None:
    instruct(governed)
    page = signed_in(governed.clerk).get("/orders/").content.decode()
    assert (
        'href="/today/"' in page
        and "/today/" not in signed_in(governed.officer).get("/orders/").content.decode()
    )
    assert "在办 1" in page and "逾期 0" in page and "DB202600001" in page
    time_machine.move_to(NOW + timedelta(days=5))
    assert "逾期 1" in signed_in(governed.clerk).get("/orders/?state=late").content.decode()


def test_a_form_sent_twice_opens_one_order(governed: Governed) -> None:
    client = signed_in(governed.leader)
    page = client.get(f"/orders/new/?enterprise={governed.county.enterprise.pk}").content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    instruct(governed, key=key[1])
    assert instruct(governed, key=key[1]).number == "DB202600001"


@pytest.mark.db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_opens_one_order(transactional_db: None) -> None:
    governed = build_governed()
    numbers: list[str] = []

    def send() -> None:
        try:
            numbers.append(instruct(governed, key="form-2").number)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        second: list[Future[None]] = []

        def meanwhile(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            found = execute(sql, parameters, many, context)
            if "form-2" in str(parameters) and sql.startswith("SELECT") and not second:
                second.append(pool.submit(send))
                wait(second, timeout=1)  # it waits for the first, or has opened one already
            return found

        with connection.execute_wrapper(meanwhile):
            first = instruct(governed, key="form-2")
        second[0].result()
    assert numbers == [first.number]


def test_the_head_of_whoever_is_charged_answers(governed: Governed) -> None:
    order = instruct(governed)
    coal = Unit.objects.get(name="测试县煤炭局")
    in_post("coalhead", Post.objects.create(unit=coal, kind="principal", title="局长"))
    assert issue(governed, order, charged=coal.posts.get(kind="officer").pk).status_code == 302
    assert order.responsible.unit == coal and order.responsible.title == "局长"
    assert order.entries.order_by("number").last().content["state"]["posts"][0] == order.responsible_id


def test_the_office_does_not_check_itself(governed: Governed) -> None:
    order = instruct(governed)
    other = Post.objects.create(unit=order.supervisor.unit, kind="officer", title="干事二")
    in_post("clerk2", other)
    assert issue(governed, order, charged=other.pk).status_code == 422


def test_an_order_that_was_sent_back_is_still_due(governed: Governed) -> None:
    order = instruct(governed)
    issue(governed, order)
    act(governed.officer, order, "accept")
    act(governed.officer, order, "submit", result="已查", evidence=document())
    assert act(governed.clerk, order, "return_back", reason="没有举一反三").status_code == 302
    assert "按时限办结" in order.clocks.filter(met_at=None).values_list("name", flat=True)


def test_leaders_are_told_who_is_late(governed: Governed, time_machine: TimeMachineFixture) -> None:
    order = instruct(governed)
    time_machine.move_to(NOW + timedelta(days=5))
    (told,) = [one for one in said(governed.leader, NOW + timedelta(days=5)) if one.case == order.pk]
    assert told.call == order.supervisor and "待下达" in told.text and "安委办" in told.text
    issue(governed, order, due_on=(NOW.date() + timedelta(days=6)).isoformat())
    time_machine.move_to(NOW + timedelta(days=9))
    (told,) = [one for one in said(governed.leader, NOW + timedelta(days=9)) if one.case == order.pk]
    assert told.call == order.implementer


def test_whoever_is_charged_does_not_read_a_case_beyond_their_reach(governed: Governed) -> None:
    repair = open_repair(governed.county, title="机密维修")
    coal = Unit.objects.get(name="测试县煤炭局")
    told = {"words": "配合", "unit": coal.pk, "key": "4"}
    assert signed_in(governed.leader).post(f"/orders/new/?case={repair.pk}", told).status_code == 302
    order = SupervisionOrder.objects.get()
    page = signed_in(governed.county.regulator).get(f"/cases/{order.pk}/").content.decode()
    assert "机密维修" not in page and "不在您的范围内" in page
    assert "机密维修" in signed_in(governed.leader).get(f"/cases/{order.pk}/").content.decode()
