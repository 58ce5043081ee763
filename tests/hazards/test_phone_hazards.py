"""Hazards that a telephone files: who may order what, on which criterion, and when it could be sent."""

from __future__ import annotations

from datetime import timedelta

from time_machine import TimeMachineFixture

from anwei.cases.models import Evidence
from anwei.hazards.models import (
    Answer,
    Hazard,
    SentAct,
    Visit,
    VisitHazard,
)
from anwei.org.models import Post, SectorDuty, Unit
from anwei.standards.hazards.criteria import criteria
from tests.hazards.doors import LATER
from tests.hazards.inspecting import Team, plan
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import (
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
from tests.kernel.county import NOW, in_post

__all__ = ["crew"]


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


def test_what_was_found_beside_the_list_has_its_photos_and_no_item(crew: Team) -> None:
    visit = begun(crew)
    send_file(crew.first, visit, item="other-1")
    found = {"item": "other-1", "description": "通道堵塞", "place": "", "criterion": "", "order": ""}
    assert send(crew.first, visit, "hazard", **found)["status"] == "written"
    hazard = Hazard.objects.get()
    assert hazard.checklist_item == "" and Evidence.objects.get().case_id == hazard.pk


def test_what_a_telephone_tells_after_eight_days_without_signal_is_measured_when_it_was_found(
    crew: Team,
) -> None:
    visit, then = plan(crew), NOW - timedelta(days=8)
    Visit.objects.filter(pk=visit.pk).update(planned_on=then.date())
    assert send(crew.first, visit, "begin", at=moment(then))["status"] == "written"
    brigade = Unit.objects.create(kind="department", name="测试县商务局", territory="999001")
    guest = in_post("guest", Post.objects.create(unit=brigade, kind="officer", title="监督岗"))
    SectorDuty.objects.create(sector="trade", unit=brigade)  # the plant is none of theirs
    visit.bodies.add(brigade)
    visit.attendances.create(person=guest, unit=brigade)
    found = {"description": "灯具不防爆", "place": "库房", "criterion": "", "order": ""}
    told = send(guest, visit, "hazard", item="other-1", **found, at=moment(then + timedelta(hours=1)))
    assert told["status"] == "written", told
    post(guest, act(visit, "hazard", item="other-2", **found, at=moment(NOW)))
    assert Hazard.objects.count() == 1  # found when nothing went on any more
