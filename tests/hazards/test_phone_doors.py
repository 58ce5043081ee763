"""The doors of the phone page: what is taken along, each act once, two answers kept, nothing lost."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.models import Evidence
from anwei.hazards.models import (
    Answer,
    Check,
    Hazard,
    PaperNumber,
    SentAct,
    Visit,
    VisitFile,
    VisitHazard,
)
from anwei.ledgers.models import Change
from anwei.standards.hazards.criteria import criteria
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, signed_in
from tests.hazards.inspecting import Team, campaign, page, plan, team
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import (
    JPEG,
    act,
    check,
    grave,
    items,
    moment,
    package,
    post,
    send,
    send_file,
)
from tests.kernel.county import NOW


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


def begun(crew: Team, **told: Any) -> Visit:
    visit = plan(crew, **told)
    send(crew.first, visit, "begin", code="")
    visit.refresh_from_db()
    return visit


def test_the_package_holds_a_day(crew: Team) -> None:
    action = campaign(crew, sectors=["chemical"], items="CK-CHEM-01")
    visit = plan(crew, campaign=action.pk, reason="campaign")
    told = package(crew.first)
    (mine,) = told["visits"]
    assert told["person"] == {"pk": crew.first.pk, "name": str(crew.first)} and told["csrf"]
    assert (mine["pk"], mine["number"], mine["whom"]) == (visit.pk, visit.number, visit.whom)
    assert [one["certificate"] for one in mine["inspectors"]] == ["HN-001", "HN-002"]
    assert mine["delegated"] is True and mine["why_not"] == ""
    codes = [item["code"] for one in mine["lists"] for item in one["items"]]
    assert codes and len(codes) == len(set(codes))
    assert {code for item in items(visit) for code in item.major_hazard_ids} <= {
        one["code"] for one in told["criteria"]
    }
    unusable = [one for one in told["criteria"] if not one["usable"]]
    assert all(one["why_not"] for one in unusable)
    assert set(mine["numbers"]) == {"record", "order", "measures", "transfer"}


def test_numbers_are_the_same_when_asked_twice_and_nobodys_else(crew: Team) -> None:
    plan(crew)
    plan(crew)
    first = [one["numbers"] for one in package(crew.first)["visits"]]
    assert [one["numbers"] for one in package(crew.first)["visits"]] == first
    second = [one["numbers"] for one in package(crew.second)["visits"]]
    given = [number for one in (*first, *second) for number in one.values()]
    assert len(given) == len(set(given)) == 16
    assert PaperNumber.objects.count() == 16


def test_the_package_is_of_those_who_go_along(crew: Team) -> None:
    plan(crew)
    assert package(crew.clerk)["visits"] == package(crew.safe.county.boss)["visits"] == []
    assert not PaperNumber.objects.exists()
    assert Client().get("/inspections/phone/package/").status_code == 302


def test_a_day_without_signal_is_sent_in_order(crew: Team) -> None:
    visit = plan(crew)
    item, criterion = grave(visit)
    at = moment(NOW - timedelta(hours=3))
    assert send(crew.first, visit, "begin", code="", at=at)["status"] == "written"
    told = check(crew.first, visit, item.id, "failed", note="无证上岗", at=at)
    assert (told["status"], told["change"]) == ("written", 1)
    assert send_file(crew.first, visit, item=item.id).json()["sha256"] == sha256(JPEG).hexdigest()
    found = {"item": item.id, "description": "电工无证上岗", "place": "配电室", "criterion": criterion}
    ordered = {"major": True, "order": "dated", "due_on": LATER.isoformat(), "requirement": "持证上岗"}
    told = send(crew.first, visit, "hazard", **found, **ordered, measures="")
    assert told["status"] == "written", told
    told = send(crew.first, visit, "end", finding="发现一项", head="王厂长", refusal="", signature_key="")
    assert told["status"] == "written", told
    visit.refresh_from_db()
    hazard = Hazard.objects.get()
    assert visit.begun_at == NOW - timedelta(hours=3) and visit.ended_at == NOW
    assert (hazard.grade, hazard.order, hazard.due_on) == ("major", "dated", LATER)
    assert (hazard.origin, hazard.checklist_item, hazard.criterion) == ("inspection", item.id, criterion)
    assert hazard.criterion_text and hazard.criterion_source
    assert Check.objects.get().hazard == hazard
    evidence = Evidence.objects.get(case=hazard.pk)
    assert evidence.sha256 == sha256(JPEG).hexdigest() and evidence.latitude == 29.5


def test_an_act_is_done_once(crew: Team) -> None:
    visit = plan(crew)
    sent = [act(visit, "begin", code="")]
    item = items(visit)[0].id
    sent += [
        act(visit, "check", item=item, result="failed", note="缺"),
        act(
            visit, "hazard", item=item, description="缺灭火器", place="", criterion="", major=False, order=""
        ),
        act(visit, "end", finding="一项", head="", refusal="", signature_key=""),
    ]
    first = [post(crew.first, told).json() for told in sent]
    again = [post(crew.first, told).json() for told in sent]
    assert [one["status"] for one in first] == ["written"] * 4
    assert [one["status"] for one in again] == ["already"] * 4
    assert [one["sha256"] for one in first] == [one["sha256"] for one in again]
    assert first[0]["sha256"] == sha256(json.dumps(sent[0], ensure_ascii=False).encode()).hexdigest()
    assert again[1]["change"] == 1 and again[2]["hazard"] == first[2]["hazard"]
    assert Hazard.objects.count() == Check.objects.count() == 1 and SentAct.objects.count() == 4


def test_another_act_under_the_same_key_is_none(crew: Team) -> None:
    visit = begun(crew)
    told = act(visit, "check", item=items(visit)[0].id, result="ok", note="")
    assert post(crew.first, told).json()["status"] == "written"
    assert post(crew.first, {**told, "result": "failed"}).json()["status"] == "refused"
    assert post(crew.second, told).json()["status"] == "refused"
    assert Check.objects.get().result == "ok"


def test_two_answers_are_kept_until_a_person_decides(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok", note="齐全")
    sent = act(visit, "check", item=item, result="failed", note="缺一个")
    told = post(crew.second, sent).json()
    assert (told["status"], told["change"]) == ("conflict", 1)
    assert post(crew.second, sent).json()["status"] == "conflict" and Answer.objects.count() == 1
    standing, waiting = Check.objects.get(), Answer.objects.get()
    assert (standing.result, waiting.result, waiting.decided_at) == ("ok", "failed", None)
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "有两种回答，待定" in shown and "齐全" in shown and "缺一个" in shown
    assert "缺一个" not in page(crew.safe.county.boss, f"/inspections/{visit.pk}/")
    assert at_desk(crew.townsman, visit, "decide", answer=waiting.pk, take="1").status_code == 403
    assert at_desk(crew.first, visit, "decide", answer=waiting.pk, take="1").status_code == 302
    standing.refresh_from_db()
    waiting.refresh_from_db()
    assert (standing.result, standing.note, standing.change, standing.by) == (
        "failed",
        "缺一个",
        2,
        crew.second,
    )
    assert (waiting.decided_by, waiting.taken) == (crew.first, True)
    sealed = Change.objects.filter(register="hazards.visit", row=str(visit.pk)).order_by("number")
    assert [one.verb for one in sealed][-4:] == ["check", "differ", "check", "decide"]
    assert at_desk(crew.first, visit, "decide", answer=waiting.pk, take="0").status_code == 422


def test_what_stands_may_stay(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok")
    check(crew.second, visit, item, "failed")
    at_desk(crew.first, visit, "decide", answer=Answer.objects.get().pk, take="0")
    assert Check.objects.get().result == "ok" and Answer.objects.get().taken is False


def test_an_open_question_waits_on_the_desk(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok")
    at_desk(crew.first, visit, "end", finding="一项")
    assert visit.number not in page(crew.second, "/work/")
    check(crew.second, visit, item, "failed")
    shown = page(crew.second, "/work/")
    assert visit.number in shown and "有两种回答，待定" in shown
    at_desk(crew.first, visit, "decide", answer=Answer.objects.get().pk, take="0")
    assert visit.number not in page(crew.second, "/work/")


def test_an_answer_on_top_of_what_one_saw_is_no_conflict(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    change = check(crew.first, visit, item, "ok")["change"]
    assert check(crew.second, visit, item, "failed", based_on=change)["change"] == 2
    assert check(crew.first, visit, item, "failed", based_on=1)["status"] == "written"  # says the same
    assert Check.objects.get().result == "failed" and not Answer.objects.exists()


def test_a_hazard_of_an_answer_that_waits_says_who_must_decide_first(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok", note="齐全")
    assert check(crew.second, visit, item, "failed")["status"] == "conflict"
    found = {"item": item, "description": "缺一个", "place": "", "criterion": "", "order": ""}
    told = send(crew.second, visit, "hazard", **found)
    assert told["status"] == "refused" and "先在检查页面决定采用哪个" in told["message"]
    at_desk(crew.first, visit, "decide", answer=Answer.objects.get().pk, take="1")
    assert send(crew.second, visit, "hazard", **found)["status"] == "written"


def test_what_comes_after_the_end_waits(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    at_desk(crew.second, visit, "end", finding="未发现问题")
    assert check(crew.first, visit, item, "failed", note="漏了")["status"] == "conflict"
    told = send(crew.first, visit, "end", finding="发现一项", head="", refusal="", papers=["record"])
    assert told["status"] == "conflict"
    assert not Check.objects.exists() and Answer.objects.filter(late=True).count() == 2
    late = [answer.pk for answer in Answer.objects.all()]
    assert at_desk(crew.second, visit, "decide", answer=late, take="1").status_code == 302
    assert Check.objects.get().note == "漏了" and visit.finding == "发现一项"
    printed = PaperNumber.objects.get(person=crew.first, template="visit_record")
    assert printed.used_at is not None and "现场打印" in printed.remark


def test_a_visit_that_was_cancelled_on_the_way_can_have_taken_place(crew: Team) -> None:
    visit = plan(crew)
    item = items(visit)[0].id
    at_desk(crew.second, visit, "cancel", reason="改期")
    told = send(crew.first, visit, "begin", code="")
    assert told["status"] == "conflict" and "改期" in told["message"]
    assert check(crew.first, visit, item, "ok")["status"] == "conflict"
    answers = {answer.kind: answer.pk for answer in Answer.objects.all()}
    assert at_desk(crew.second, visit, "decide", answer=answers["check"], take="1").status_code == 422
    assert at_desk(crew.second, visit, "decide", answer=list(answers.values()), take="1").status_code == 302
    assert visit.begun_by == crew.first and visit.cancelled_at is None
    assert Check.objects.get().result == "ok"


def test_a_merged_visit_is_the_one_that_was_made_of_it(crew: Team) -> None:
    kept, other = plan(crew), plan(crew)
    other.bodies.set([crew.clerk.holdings.get().post.unit, crew.bureau])
    answer = signed_in(crew.first).post("/inspections/merge/", {"visits": f"{kept.pk},{other.pk}"})
    assert answer.status_code == 302
    assert send(crew.first, other, "begin", code="")["status"] == "written"
    kept.refresh_from_db()
    assert kept.begun_at is not None


def test_a_clock_that_cannot_be_is_remarked(crew: Team) -> None:
    visit = begun(crew)
    first, second = items(visit)[:2]
    told = check(crew.first, visit, first.id, "ok", at=moment(NOW + timedelta(hours=2)))
    assert told["status"] == "written" and "手机时间" in told["message"]
    told = check(crew.first, visit, second.id, "ok", at=moment(NOW - timedelta(days=3)))
    assert "手机时间" in told["message"]
    assert all(NOW <= one.at < NOW + timedelta(minutes=1) for one in Check.objects.all())
    kept = SentAct.objects.filter(kind="check").order_by("pk").first()
    assert kept is not None and kept.remark
    assert kept.at == NOW + timedelta(hours=2) and kept.received_at < NOW + timedelta(minutes=1)


def test_superseded_criteria_carry_no_new_hazard(crew: Team) -> None:
    visit = begun(crew)
    old = next(row for row in criteria() if row.status == "superseded")
    found = {
        "item": "",
        "description": "旧条款",
        "place": "",
        "criterion": old.id,
        "major": True,
        "order": "",
    }
    told = send(crew.first, visit, "hazard", **found)
    assert told["status"] == "refused" and "已被新标准代替" in told["message"]
    assert not Hazard.objects.exists() and not SentAct.objects.filter(kind="hazard").exists()


def test_a_proposal_that_nobody_confirms_orders_nothing(crew: Team) -> None:
    visit = begun(crew)
    item, criterion = grave(visit)
    found = {"item": item.id, "description": "疑似重大", "place": "", "criterion": criterion, "major": False}
    told = send(crew.first, visit, "hazard", **found, order="immediate", requirement="整改")
    assert told["status"] == "refused" and "定级说明" in told["message"]
    told = send(
        crew.first, visit, "hazard", **found, order="immediate", reason="未达数量", requirement="整改"
    )
    hazard = Hazard.objects.get()
    assert told["status"] == "written" and (hazard.grade, hazard.order) == ("general", "immediate")


def test_who_is_not_the_supervisor_files_and_another_orders(crew: Team) -> None:
    visit = plan(crew, crew.townsman, body=crew.townsman.holdings.get().post.unit_id, inspectors=[])
    visit.attendances.create(person=crew.townsman, unit=visit.body)
    visit.attendances.create(person=crew.clerk, unit=visit.body)
    send(crew.townsman, visit, "begin", code="")
    told = send(
        crew.townsman,
        visit,
        "hazard",
        item="",
        description="通道堵塞",
        place="一楼",
        criterion="",
        major=False,
        order="dated",
        due_on=LATER.isoformat(),
        requirement="清通",
    )
    hazard = Hazard.objects.get()
    assert told["status"] == "written" and str(hazard.supervisor) in told["message"]
    assert hazard.phase == "registered" and hazard.order == ""
    assert VisitHazard.objects.get().order == ""  # no order of a township without the power
    (mine,) = package(crew.townsman)["visits"]
    assert mine["delegated"] is False and "第24条" in mine["why_not"]
    assert set(mine["numbers"]) == {"record", "transfer"}


def test_an_item_that_stands_well_becomes_no_hazard(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok")
    told = send(crew.first, visit, "hazard", item=item, description="缺", place="", criterion="", order="")
    assert told["status"] == "refused" and "合格" in told["message"] and not Hazard.objects.exists()


def test_an_order_whose_day_passed_before_there_was_signal_is_filed(
    crew: Team, time_machine: TimeMachineFixture
) -> None:
    visit = begun(crew)
    found_at = NOW + timedelta(minutes=10)
    told = {
        "item": "",
        "description": "通道堵塞",
        "place": "一楼",
        "criterion": "",
        "order": "dated",
        "due_on": (NOW + timedelta(days=1)).date().isoformat(),
        "requirement": "清通\n并标识",
        "reason": "一\n二",
        "at": moment(found_at),
    }
    early = send(
        crew.first, visit, "hazard", **told | {"due_on": (NOW - timedelta(days=1)).date().isoformat()}
    )
    assert early["status"] == "refused" and "不能早于检查当天" in early["message"]
    time_machine.move_to(NOW + timedelta(days=3))
    late = send(crew.first, visit, "hazard", **told)
    hazard = Hazard.objects.get()
    assert late["status"] == "written" and "期限已过" in late["message"]
    assert (hazard.phase, hazard.found_at) == ("registered", found_at)
    assert VisitHazard.objects.get().order == "dated"  # as the paper on the spot says


def test_a_refusal_to_sign_may_have_lines(crew: Team) -> None:
    visit = begun(crew)
    assert send(crew.first, visit, "end", finding="无", head="", refusal="在场\n不签")["status"] == "written"


def test_nothing_before_it_began(crew: Team) -> None:
    visit = plan(crew)
    item = items(visit)[0].id
    assert check(crew.first, visit, item, "ok")["status"] == "refused"
    assert send(crew.first, visit, "end", finding="无", head="", refusal="")["status"] == "refused"
    found = {"item": item, "description": "缺", "place": "", "criterion": "", "order": ""}
    assert send(crew.first, visit, "hazard", **found)["status"] == "refused"
    assert not SentAct.objects.exists()


def test_strangers_do_nothing_and_see_no_secret(crew: Team) -> None:
    secret = plan(crew, reason="tip_off", reason_text="举报单", announced="0")
    boss = crew.safe.county.boss
    assert post(boss, act(secret, "begin", code="")).status_code == 404
    assert send_file(boss, secret).status_code == 404
    open_one = plan(crew)
    for person in (boss, crew.townsman):
        answer = post(person, act(open_one, "begin", code=""))
        assert answer.status_code == 403 and answer.json()["message"]
        assert send_file(person, open_one).status_code == 403
    assert (
        Client().post("/inspections/phone/acts/", b"{}", content_type="application/json").status_code == 401
    )
    assert not SentAct.objects.exists() and not VisitFile.objects.exists()


def test_another_person_s_acts_stay_on_the_telephone(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    told = act(visit, "check", item=item, result="ok", note="", person=crew.first.pk)
    answer = post(crew.second, told)
    assert answer.status_code == 409 and answer.json()["message"]
    assert send_file(crew.second, visit, person=crew.first.pk).status_code == 409
    assert not Check.objects.exists() and not VisitFile.objects.exists()
    assert post(crew.first, told).json()["status"] == "written"
    assert send_file(crew.first, visit, person=crew.first.pk).status_code == 200


def test_what_was_found_beside_the_list_has_its_photos_and_no_item(crew: Team) -> None:
    visit = begun(crew)
    send_file(crew.first, visit, item="other-1")
    found = {"item": "other-1", "description": "通道堵塞", "place": "", "criterion": "", "order": ""}
    assert send(crew.first, visit, "hazard", **found)["status"] == "written"
    hazard = Hazard.objects.get()
    assert hazard.checklist_item == "" and Evidence.objects.get().case_id == hazard.pk


@pytest.mark.parametrize(
    "change",
    [
        {"key": None},
        {"key": "x"},
        {"visit": "1"},
        {"visit": -1},
        {"visit": True},
        {"visit": 10**30},
        {"kind": "burn"},
        {"kind": ["check"]},
        {"at": "gestern"},
        {"at": "2026-11-24T09:00:00"},
        {"at": "2026-13-45T99:00:00Z"},
        {"at": 5},
        {"based_on": "one"},
        {"note": "a\0b"},
        {"note": "\ud800"},
        {"note": "长" * 2001},
        {"note": 5},
        {"due_on": "2026-02-31"},
        {"files": "all"},
        {"files": ["x"]},
        {"papers": ["will"]},
    ],
)
def test_garbage_is_answered_with_a_sentence(crew: Team, change: dict[str, Any]) -> None:
    visit = begun(crew)
    told = act(visit, "check", item=items(visit)[0].id, result="ok", note="") | change
    answer = post(crew.first, json.dumps(told).encode())
    assert answer.status_code == 422 and answer.json()["message"]
    assert not Check.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{", b"null", b"[" * 50000, b"{}" + b" " * 70000])
def test_what_is_no_act_is_answered_with_a_sentence(crew: Team, body: bytes) -> None:
    answer = post(crew.first, body)
    assert answer.status_code == 422 and answer.json()["message"]


def test_an_item_of_no_list_and_an_unknown_result_are_refused(crew: Team) -> None:
    visit = begun(crew)
    assert check(crew.first, visit, "CK-NONE-01", "ok")["status"] == "refused"
    assert check(crew.first, visit, items(visit)[0].id, "perhaps")["status"] == "refused"
    assert post(crew.first, act(visit, "begin", code="") | {"visit": 99999}).status_code == 404


def test_a_file_is_kept_once_and_only_as_it_was_sent(crew: Team) -> None:
    visit = begun(crew)
    key = "photo-0001"
    first = send_file(crew.first, visit, key=key).json()
    again = send_file(crew.first, visit, key=key).json()
    assert (first["status"], again["status"]) == ("written", "already")
    assert first["sha256"] == again["sha256"] == VisitFile.objects.get().sha256
    assert (VisitFile.objects.get().latitude, VisitFile.objects.get().longitude) == (29.5, 113.1)
    refused = [
        send_file(crew.first, visit, sha256="0" * 64),
        send_file(crew.first, visit, JPEG + b"x", key=key),
        send_file(crew.first, visit, b"no photo"),
        send_file(crew.first, visit, kind="voice"),
        send_file(crew.first, visit, kind="will"),
        send_file(crew.first, visit, latitude="north"),
        send_file(crew.first, visit, longitude="nan"),
        send_file(crew.first, visit, taken_at="gestern"),
        send_file(crew.first, visit, item="x" * 31),
        send_file(crew.first, visit, file=""),
    ]
    assert [answer.status_code for answer in refused] == [422] * len(refused)
    assert all(answer.json()["message"] for answer in refused)
    assert VisitFile.objects.count() == 1


def test_the_desk_writes_by_the_same_service(crew: Team) -> None:
    visit = begun(crew)
    first, second = items(visit)[:2]
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert f'name="result-{first.id}"' in shown
    check(crew.second, visit, second.id, "failed", note="缺")
    sent = {
        f"result-{first.id}": "ok",
        f"change-{first.id}": "0",
        f"result-{second.id}": "ok",  # seen before the telephone sent
        f"change-{second.id}": "0",
    }
    assert at_desk(crew.first, visit, "check", **sent).status_code == 302
    assert {one.item: one.result for one in Check.objects.all()} == {first.id: "ok", second.id: "failed"}
    assert Answer.objects.get().item == second.id
    assert at_desk(crew.townsman, visit, "check", **sent).status_code == 403
