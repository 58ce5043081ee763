"""What is corrected after it was sent, and what is proposed as major in words: a person decides both."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape

from anwei.cases.services import advance
from anwei.hazards.models import Answer, Check, Hazard, Visit, VisitHazard
from anwei.standards.hazards.criteria import criteria
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, file, filing, picture, signed_in
from tests.hazards.doors import act as on_hazard
from tests.hazards.inspecting import Team, plan, team
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import check, items, package, send, send_file
from tests.hazards.test_visit_papers import WHOLE, of_kind, read, words
from tests.kernel.county import NOW

OWN = next(row for row in criteria() if "chemical" in row.sectors and row.usable(NOW.date()))
FOREIGN = next(row for row in criteria() if row.industry == "煤矿" and row.usable(NOW.date()))


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


@pytest.fixture
def visit(crew: Team) -> Visit:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    return visit


def shown(crew: Team, hazard: Hazard) -> str:
    return signed_in(crew.first).get(f"/cases/{hazard.pk}/").content.decode()


def test_an_answer_taken_back_after_its_hazard_was_filed_waits_for_a_person(crew: Team, visit: Visit) -> None:
    item = items(visit)[0].id
    check(crew.first, visit, item, "failed")
    send(crew.first, visit, "hazard", item=item, description="缺灭火器", place="", criterion="", order="")
    hazard = Hazard.objects.get()
    told = check(crew.first, visit, item, "ok", note="看错了", based_on=1)
    assert told["status"] == "conflict" and hazard.number in told["message"]
    waiting, standing = Answer.objects.get(), Check.objects.get()
    assert (waiting.result, standing.result, standing.hazard_id) == ("ok", "failed", hazard.pk)
    refused = at_desk(crew.second, visit, "decide", answer=waiting.pk, take="1")
    assert refused.status_code == 422 and "不属实" in refused.content.decode()
    seen = {"reason": "现场有灭火器", "evidence": picture()}
    assert on_hazard(crew.second, hazard, "false_report", **seen).status_code == 302
    assert at_desk(crew.second, visit, "decide", answer=waiting.pk, take="1").status_code == 302
    standing.refresh_from_db()
    assert (standing.result, standing.note, standing.hazard) == ("ok", "看错了", None)
    assert VisitHazard.objects.get().hazard_id == hazard.pk  # what was found stays on record


def test_what_was_ordered_on_the_spot_may_still_be_found_untrue(crew: Team, visit: Visit) -> None:
    item = items(visit)[0].id
    check(crew.first, visit, item, "failed")
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "补灭火器"}
    found = {"description": "缺灭火器", "place": "", "criterion": "", "reason": ""}
    send(crew.first, visit, "hazard", item=item, **found, **ordered)
    hazard = Hazard.objects.get()
    assert hazard.phase == "assigned"
    send(crew.first, visit, "end", **WHOLE | {"refusal": "拒"}, papers=["record", "order"])
    check(crew.first, visit, item, "ok", note="看错了", based_on=1)
    seen = {"reason": "现场有灭火器", "evidence": picture()}
    assert on_hazard(crew.first, hazard, "false_report", **seen).status_code == 403  # who found it
    seen["evidence"] = picture()
    assert on_hazard(crew.second, hazard, "false_report", **seen).status_code == 302
    hazard.refresh_from_db()
    assert (hazard.phase, hazard.outcome) == ("closed", "false_report")
    taken = at_desk(crew.second, visit, "decide", answer=Answer.objects.get().pk, take="1")
    assert taken.status_code == 302
    for kind in ("record", "order"):
        assert of_kind(visit, kind).version == 2
        said = words(read(crew.first, of_kind(visit, kind)))
        assert "缺灭火器" in said and "经核实不属实（2026年11月24日），不再整改" in said, said
        assert "补灭火器" not in said and "限期整改，" not in said


def test_what_may_be_major_by_no_criterion_is_filed_for_a_person_to_judge(crew: Team, visit: Visit) -> None:
    found = {"item": "", "description": "罐体倾斜", "place": "罐区", "criterion": "", "proposed": True}
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "停用并检测"}
    bare = send(crew.first, visit, "hazard", **found, **ordered, reason="")
    assert bare["status"] == "refused" and "理由" in bare["message"]
    at_once = send(crew.first, visit, "hazard", **found, order="immediate", reason="可能倾覆")
    assert at_once["status"] == "refused" and "不能立查立改" in at_once["message"]
    told = send(crew.first, visit, "hazard", **found, **ordered, reason="可能倾覆")
    assert told["status"] == "written" and "待判定" in told["message"]
    hazard = Hazard.objects.get()
    assert (hazard.phase, hazard.grade, hazard.proposed_reason) == ("registered", "", "可能倾覆")
    page = shown(crew, hazard)
    assert "待判定" in page and "可能倾覆" in page
    judged = {"grade": "general", **ordered}
    lenient = on_hazard(crew.second, hazard, "order", **judged)
    assert lenient.status_code == 422 and "定级说明" in lenient.content.decode()
    assert on_hazard(crew.second, hazard, "order", **judged, grade_reason="倾斜在允许值内").status_code == 302
    assert "待判定" not in shown(crew, hazard)


def test_the_plant_does_not_judge_what_was_proposed_in_words(safe: Safe) -> None:
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check")
    Hazard.objects.filter(pk=hazard.pk).update(proposed_reason="可能倾覆")
    hazard.refresh_from_db()
    assert hazard.supervisor.unit_id == safe.county.enterprise.unit_id
    told = {"grade": "general", "order": "immediate", "requirement": "整改", "grade_reason": "不重"}
    with pytest.raises(Exception, match="移送其他部门"):
        advance(hazard, "order", actor=safe.county.boss, now=NOW, **told)


def test_the_package_says_whose_each_criterion_is(crew: Team) -> None:
    plan(crew)
    told = package(crew.first)
    (mine,) = told["visits"]
    assert mine["sectors"] == ["chemical"]
    assert all(set(one["sectors"]) & set(mine["sectors"]) and one["industry"] for one in told["criteria"])


def test_the_desk_offers_the_own_sector_first_and_names_others(crew: Team) -> None:
    asked = {"enterprise": crew.plant.pk, "q": "特种作业"}
    page = signed_in(crew.first).get("/hazards/beside/", asked | {"criterion": FOREIGN.id}).content.decode()
    labels = re.findall(r'<label class="criterion.*?</label>', page, re.S)[
        2:
    ]  # without none, and what is kept
    foreign = ["其他行业：" in label for label in labels]
    assert foreign == sorted(foreign) and {*foreign} == {False, True}
    kept = re.search(rf'value="{FOREIGN.id}" checked.*?</label>', page, re.S)
    assert kept is not None and "其他行业：煤矿" in kept[0] and "不是该单位所属行业" in kept[0]


def test_who_files_by_a_criterion_of_another_sector_is_told(crew: Team) -> None:
    client = signed_in(crew.first)
    for criterion, is_told in ((FOREIGN.id, True), (OWN.id, False)):
        told = filing(criterion=criterion, key=f"key-{criterion}")
        page = client.post(f"/hazards/new/?enterprise={crew.plant.pk}", told, follow=True).content.decode()
        assert ("不是该单位的行业" in page) is is_told
    assert {one.proposed for one in Hazard.objects.all()} == {FOREIGN.id, OWN.id}  # told, not refused


def test_the_page_of_a_visit_tells_grade_and_reason_and_names_photos_by_what_was_looked_at(
    crew: Team, visit: Visit
) -> None:
    item = items(visit)[0]
    assert send_file(crew.first, visit, item=item.id).status_code == 200
    assert check(crew.first, visit, item.id, "ok")["status"] == "written"
    found = {"item": "", "description": "罐体倾斜", "place": "罐区", "criterion": "", "proposed": True}
    ordered = {
        "order": "dated",
        "due_on": LATER.isoformat(),
        "requirement": "停用并检测",
        "reason": "可能倾覆",
    }
    assert send(crew.first, visit, "hazard", **found, **ordered)["status"] == "written"

    def parts() -> tuple[str, str]:
        page = signed_in(crew.first).get(f"/inspections/{visit.pk}/").content.decode()
        table, files = page.partition("<h2>发现的隐患</h2>")[2], page.partition("visit-files")[2]
        return table.partition("</section>")[0], files.partition("</section>")[0]

    table, files = parts()
    assert "<th>等级</th>" in table and "待判定</td>" in table and "可能倾覆" in table
    assert f"<span>{escape(item.item)}</span>" in files and item.id not in files
    Hazard.objects.update(grade="general")
    table = parts()[0]
    assert "一般</td>" in table and "待判定</td>" not in table
