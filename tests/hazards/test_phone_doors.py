"""The doors of the phone page: what is taken along, and each act done once and in order."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

from django.test import Client

from anwei.cases.models import Evidence
from anwei.hazards.models import (
    Check,
    Hazard,
    PaperNumber,
    SentAct,
)
from tests.hazards.doors import LATER
from tests.hazards.inspecting import Team, campaign, plan
from tests.hazards.phoning import (
    JPEG,
    act,
    begun,
    check,
    crew,
    grave,
    items,
    moment,
    package,
    post,
    send,
    send_file,
)
from tests.kernel.county import NOW

__all__ = ["crew"]


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


def test_a_refusal_to_sign_may_have_lines(crew: Team) -> None:
    visit = begun(crew)
    assert send(crew.first, visit, "end", finding="无", head="", refusal="在场\n不签")["status"] == "written"
