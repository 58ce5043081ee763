"""A warning from its issue to its end, by the doors people use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from anwei.cases.models import Entry, Evidence, Extension
from anwei.ledgers import append_only, seal
from anwei.monitoring.models import Alarm, Warning
from tests.kernel.county import NOW, County
from tests.pages.cases import STATED, SignIn, act, disposal, keys_of, picture, sign_and_dispose


def test_the_whole_story_by_http(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    assert "现由“" in act(worker, warning, "sign").content.decode()
    page = act(worker, warning, "dispose", **disposal()).content.decode()
    assert "测试县应急管理局 值班岗" in page and "待确认" in page
    found = {"finding": "现场浓度 0.3 %", "evidence": [picture("一.jpg"), picture("二.jpg")], **STATED}
    act(officer, warning, "confirm", **found)
    blocked = officer.get(f"/cases/{warning.pk}/").content.decode()
    assert "报警尚未恢复，不能解除预警" in blocked and "1.62 %" in blocked
    Alarm.objects.update(cleared_at=NOW)
    closed = act(officer, warning, "lift").content.decode()
    assert "本件已办结归档" in closed and "记录未被改动" in closed
    warning.refresh_from_db()
    assert (warning.phase, warning.outcome) == ("closed", "lifted")
    assert (warning.cause, warning.finding) == ("风机停转", "现场浓度 0.3 %")
    assert [entry.verb for entry in warning.entries.all()] == ["open", "sign", "dispose", "confirm", "lift"]
    assert Evidence.objects.filter(case=warning).count() == 3
    assert seal.verify().first_broken is None


def test_a_red_warning_says_that_it_has_no_extension(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    sentence = "以上时限不能延期"
    page = sign_in(county.worker).get(f"/cases/{warning.pk}/").content.decode()
    assert warning.level == "red" and sentence in page and "申请延期" not in page
    Warning.objects.update(level="orange")
    page = sign_in(county.worker).get(f"/cases/{warning.pk}/").content.decode()
    assert sentence in page and "申请延期" not in page


def test_the_disposal_of_a_yellow_warning_is_extended_once_by_a_signature(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    Warning.objects.update(level="yellow")
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    act(worker, warning, "sign")
    clock = warning.clocks.get(met_by="dispose")
    asked = {"clock": clock.pk, "until": "2026-11-26", "reason": "备件未到", "interim_measures": "停用"}
    assert "申请延期" in worker.get(f"/cases/{warning.pk}/").content.decode()
    worker.post(f"/cases/{warning.pk}/extend/", asked)
    request = Extension.objects.get()
    signed = {"granted_until": "2026-11-26", "opinion": "同意", "signature_typed": "officer"}
    hidden = keys_of(officer, warning, "approve", request.pk)
    assert officer.post(f"/cases/{request.pk}/approve/", hidden | signed).status_code == 302
    page = worker.get(f"/cases/{warning.pk}/").content.decode()
    assert "已延期" in page and "申请延期</summary>" not in page  # once
    assert request.number in officer.get("/extensions/?state=approved").content.decode()


def test_the_page_says_why_who_and_until_when(county: County, warning: Warning, sign_in: SignIn) -> None:
    page = sign_in(county.townsman).get(f"/cases/{warning.pk}/").content.decode()
    for words in (
        "1.62 %",
        "煤矿安全规程 第173条",
        "断电、撤人",
        "责任",
        "监督",
        "落实",
        "厂长",
        "安全科长",
        "值班岗",
    ):
        assert words in page
    assert "现由" in page and "待签收" in page and "剩 7 分钟" in page
    assert "btn-primary" not in page  # it is not the township's turn


def test_one_primary_button_for_whoever_has_the_turn(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    address = f"/cases/{warning.pk}/"
    assert worker.get(address).content.decode().count("btn-primary") == 1
    assert officer.get(address).content.decode().count("btn-primary") == 0
    sign_and_dispose(county, warning, sign_in)
    page = officer.get(address)
    assert page.context["primary"].transition.verb == "confirm"
    assert page.content.decode().count("btn-primary") == 1
    act(officer, warning, "confirm", finding="已查看", evidence=picture(), **STATED)
    assert officer.get(address).context["primary"].transition.verb == "confirm"  # the alarm still stands
    Alarm.objects.update(cleared_at=NOW)
    assert officer.get(address).context["primary"].transition.verb == "lift"


def running(warning: Warning) -> tuple[str, timedelta]:
    """The one clock that runs on a warning, and how long it allows."""
    clock = warning.clocks.get(met_at=None)
    warning.refresh_from_db()
    assert warning.deadline == clock.due_at
    return clock.name, clock.due_at - clock.started_at


def test_sent_back_with_a_reason_and_disposed_of_again(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    sign_and_dispose(county, warning, sign_in)
    officer = sign_in(county.officer)
    refused = act(officer, warning, "return_back", reason=" ")
    assert refused.status_code == 422 and "退回理由" in refused.content.decode()
    waiting = officer.get(f"/cases/{warning.pk}/").content.decode()
    assert "核查确认" in waiting
    assert running(warning) == ("核查确认", timedelta(hours=1))  # the supervisor's
    act(officer, warning, "return_back", reason="照片看不清")
    warning.refresh_from_db()
    assert warning.phase == "acting"
    assert running(warning) == ("退回后重新处置", timedelta(minutes=30))
    page = officer.get(f"/cases/{warning.pk}/").content.decode()
    assert "按期提交，已退回" in page and page.count("按期完成") == 2  # signed for; judged by the supervisor
    assert "退回后重新计时" in page and "首次 " in page
    act(sign_in(county.worker), warning, "dispose", **disposal())
    warning.refresh_from_db()
    assert warning.phase == "review"


def test_what_nobody_did_is_neither_in_time_nor_ticked(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    """As earlier versions closed it: judged a false alarm before anybody had signed."""
    at = NOW + timedelta(minutes=1)
    closed = {"phase": "closed", "outcome": "false_alarm", "closed_at": at, "deadline": None}
    Warning.objects.update(**closed, open_for_site="")
    warning.clocks.update(met_at=at)
    moves = {"from_phase": "assigned", "to_phase": "closed", "content": {"reason": "误"}}
    seal.append(Entry(case_id=warning.pk, at=at, actor=county.officer, verb="false_alarm", **moves))
    page = sign_in(county.officer).get(f"/cases/{warning.pk}/").content.decode()
    assert page.count("未到期已终止") == 2 and "按期完成" not in page
    assert '<li class="done">' not in page and "认定为误报" in page
    warning.clocks.update(due_at=NOW)
    late = sign_in(county.officer).get(f"/cases/{warning.pk}/").content.decode()
    assert late.count("逾期未完成，已终止") == 2


def test_a_changed_timeline_is_seen_on_the_page(county: County, warning: Warning, sign_in: SignIn) -> None:
    append_only.drop(connection)
    Entry.objects.filter(case=warning).update(note="改过的话")
    page = sign_in(county.officer).get(f"/cases/{warning.pk}/").content.decode()
    append_only.create(connection)
    assert "记录未被改动" not in page and "第 1 条起记录对不上" in page


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 1),
        ("due=open", 1),
        ("due=overdue", 0),
        ("due=closed", 0),
        ("phase=assigned", 1),
        ("kind=warning", 1),
        ("search=甲烷", 1),
        ("search=无此", 0),
    ],
)
def test_the_case_list_narrows_and_exports(
    query: str, n: int, county: County, warning: Warning, sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    assert client.get(f"/cases/?{query}").context["listing"].count == n
    csv = client.get(f"/cases/?{query}&export=csv").content.decode("utf-8-sig").strip().splitlines()
    assert len(csv) == n + 2  # its heading, and who took it out


def test_the_page_of_a_case_costs_a_bounded_number_of_queries(
    county: County, warning: Warning, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    sign_and_dispose(county, warning, sign_in)
    client = sign_in(county.officer)
    client.get(f"/cases/{warning.pk}/")
    with django_assert_max_num_queries(53):
        client.get(f"/cases/{warning.pk}/")
