"""A warning from its issue to its end, by the doors people use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from anwei.cases.models import Entry, Evidence, Extension
from anwei.ledgers import append_only, seal
from anwei.monitoring.models import Alarm, Warning
from anwei.org.models import Person, Post
from anwei.org.services import appoint
from tests.kernel.county import NOW, County, in_post, photo
from tests.kernel.recordings import wav

SignIn = Callable[[Person], Client]
STATED = {"evidence_taken_at": "2026-11-24T10:00", "evidence_place": "一号罐区"}


def keys_of(client: Client, warning: Warning, verb: str, pk: int | None = None) -> dict[str, str]:
    """The hidden fields of a verb's form as the page of the warning, or of the case `pk`, carries them."""
    page = client.get(f"/cases/{pk or warning.pk}/").content.decode()
    form = re.search(rf'<form[^>]*action="/cases/{pk or warning.pk}/{verb}/".*?</form>', page, re.S)
    assert form, f"no form for {verb}"
    return dict(re.findall(r'<input type="hidden" name="(version|key)" value="([^"]*)"', form[0]))


def act(client: Client, warning: Warning, verb: str, **fields: Any) -> Any:
    return client.post(f"/cases/{warning.pk}/{verb}/", keys_of(client, warning, verb) | fields, follow=True)


def picture(name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo().content, content_type="image/jpeg")


def recording() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.wav", wav(), content_type="audio/wav")


def disposal() -> dict[str, Any]:
    return {"cause": "风机停转", "measure": "已撤人并恢复通风", "evidence": picture(), **STATED}


def sign_and_dispose(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    act(worker, warning, "dispose", **disposal())


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


def test_nobody_judges_a_false_alarm_alone(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    for phase in ("assigned", "acting"):
        assert "认定误报" not in officer.get(f"/cases/{warning.pk}/").content.decode()
        answer = officer.post(f"/cases/{warning.pk}/false_alarm/", {"reason": "误"})
        assert answer.status_code == 409
        if phase == "assigned":
            act(worker, warning, "sign")
    warning.refresh_from_db()
    assert warning.phase == "acting"
    appoint(county.worker, county.duty, actor=None, now=NOW)  # the plant's hand, moved to the duty post
    act(worker, warning, "dispose", **disposal())
    assert "认定误报" not in worker.get(f"/cases/{warning.pk}/").content.decode()


@pytest.mark.parametrize(
    ("level", "stands", "asked"),
    [("red", True, True), ("red", False, True), ("yellow", True, True), ("yellow", False, False)],
)
def test_a_false_alarm_needs_a_reason_and_where_it_is_grave_or_stands_a_paper(
    county: County, warning: Warning, sign_in: SignIn, level: str, stands: bool, asked: bool
) -> None:
    Warning.objects.update(level=level)
    if not stands:
        Alarm.objects.update(cleared_at=NOW)
    sign_and_dispose(county, warning, sign_in)
    officer = sign_in(county.officer)
    assert "请填写误报依据" in act(officer, warning, "false_alarm", evidence=picture()).content.decode()
    answer = act(officer, warning, "false_alarm", reason="传感器标校")
    assert (answer.status_code == 422) is asked
    if asked:
        assert "请提交标校记录或现场照片" in answer.content.decode()
        answer = act(officer, warning, "false_alarm", reason="传感器标校", evidence=recording())
        assert answer.status_code == 422 and "只有录音不行" in answer.content.decode()
        act(officer, warning, "false_alarm", reason="传感器标校", evidence=picture())
    warning.refresh_from_db()
    assert (warning.phase, warning.outcome) == ("closed", "false_alarm")


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


def test_missing_papers_are_named_in_place_and_nothing_typed_is_lost(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", cause="风机停转", measure="")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写处置措施" in text and "请提交现场照片" in text and "风机停转</textarea>" in text
    assert Entry.objects.filter(case=warning).count() == 2


def test_a_file_that_is_no_photo_is_refused_with_a_sentence(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    fake = SimpleUploadedFile("现场.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence": fake}))
    assert answer.status_code == 422 and "不是完整的" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_the_wrong_hands_get_403_with_a_sentence(county: County, warning: Warning, sign_in: SignIn) -> None:
    answer = sign_in(county.townsman).post(f"/cases/{warning.pk}/sign/", {"version": 1, "key": "a"})
    assert answer.status_code == 403
    assert "此事项应由" in answer.content.decode()
    assert Entry.objects.filter(case=warning).count() == 1


def test_the_files_of_the_wrong_hands_and_of_a_late_hand_are_not_even_examined(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    """A file that nobody would accept, which examining would say."""
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    act(worker, warning, "sign")
    no_photo = SimpleUploadedFile("现场.jpg", b"no picture", content_type="image/jpeg")
    fields = keys_of(worker, warning, "dispose") | disposal() | {"evidence": no_photo}
    assert worker.post(f"/cases/{warning.pk}/dispose/", fields).status_code == 422
    no_photo.seek(0)
    wrong = officer.post(f"/cases/{warning.pk}/dispose/", fields)
    assert wrong.status_code == 403 and "此事项应由“" in wrong.content.decode()
    act(worker, warning, "dispose", **disposal())
    no_photo.seek(0)
    assert worker.post(f"/cases/{warning.pk}/dispose/", fields).status_code == 409


def test_a_recording_is_no_photo_and_goes_beside_one(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence": recording()}))
    assert answer.status_code == 422 and "须至少有一张照片" in answer.content.decode()
    assert not Evidence.objects.exists()
    act(worker, warning, "dispose", **(disposal() | {"evidence": [recording(), picture()]}))
    warning.refresh_from_db()
    assert warning.phase == "review" and Evidence.objects.count() == 2


def test_a_photo_of_the_disposal_tells_when_and_where(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence_place": ""}))
    assert answer.status_code == 422 and "没有自带拍摄地点" in answer.content.decode()


@pytest.mark.parametrize(("level", "status"), [("red", 422), ("orange", 422), ("yellow", 200), ("blue", 200)])
def test_a_grave_warning_is_confirmed_with_a_photo(
    county: County, warning: Warning, sign_in: SignIn, level: str, status: int
) -> None:
    Warning.objects.update(level=level)
    sign_and_dispose(county, warning, sign_in)
    answer = act(sign_in(county.officer), warning, "confirm", finding="已查看")
    assert answer.status_code == status
    assert ("请提交核查照片" in answer.content.decode()) is (status == 422)
    assert Entry.objects.filter(case=warning, verb="confirm").exists() is (status == 200)


def test_a_double_click_counts_once(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    form = keys_of(worker, warning, "sign")
    for _click in range(2):
        answer = worker.post(f"/cases/{warning.pk}/sign/", form)
        assert answer.status_code == 302
    assert Entry.objects.filter(case=warning, verb="sign").count() == 1


def test_a_faster_hand_gives_409_with_both_versions(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    second = in_post("second", Post.objects.get(pk=county.safety.pk))
    slow, fast = sign_in(county.worker), sign_in(second)
    act(fast, warning, "sign")
    late = keys_of(slow, warning, "dispose")
    act(fast, warning, "dispose", **disposal())
    act(sign_in(county.officer), warning, "return_back", reason="原因不清")
    answer = slow.post(f"/cases/{warning.pk}/dispose/", late | disposal() | {"cause": "我写的原因"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我写的原因" in text and "退回重新处置" in text and "second" in text
    assert "看过之后仍要办理" in text
    assert Entry.objects.filter(case=warning, verb="dispose").count() == 1


def test_a_verb_too_late_is_a_conflict_and_an_unknown_one_is_not_found(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    late = keys_of(worker, warning, "sign")
    act(worker, warning, "sign")
    answer = worker.post(f"/cases/{warning.pk}/sign/", late | {"key": "another"})
    assert answer.status_code == 409
    assert worker.post(f"/cases/{warning.pk}/no-such-verb/", late).status_code == 404
    assert worker.get(f"/cases/{warning.pk}/sign/").status_code == 405


def test_a_forged_form_without_version_and_key_does_nothing(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    answer = sign_in(county.worker).post(f"/cases/{warning.pk}/sign/", {})
    assert answer.status_code == 422
    assert Entry.objects.filter(case=warning).count() == 1


def test_evidence_is_given_only_to_its_scope(county: County, warning: Warning, sign_in: SignIn) -> None:
    sign_and_dispose(county, warning, sign_in)
    paper = Evidence.objects.get()
    answer = sign_in(county.townsman).get(f"/evidence/{paper.pk}/")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")  # a copy: the township is none of the three posts' units
    whole = sign_in(county.officer).get(f"/evidence/{paper.pk}/")
    assert b"".join(whole.streaming_content) == photo().content
    small = sign_in(county.officer).get(f"/evidence/{paper.pk}/?size=small")
    assert small["Content-Type"] == "image/jpeg" and small.content.startswith(b"\xff\xd8")
    for outsider in (county.regulator, county.stranger):
        assert sign_in(outsider).get(f"/evidence/{paper.pk}/").status_code == 404
    assert Client().get(f"/evidence/{paper.pk}/").status_code == 302


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
