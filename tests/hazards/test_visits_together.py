"""Visits of several bodies: made one, each with its own people and lists, counted for each."""

from __future__ import annotations

from anwei.hazards.models import Visit
from anwei.org.models import SectorDuty, Unit
from anwei.sites.models import Site
from anwei.standards.hazards.checklists import checklist
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import act, days, fire_brigade, page, plan, refused, team
from tests.hazards.phoning import package
from tests.kernel.county import TOWN


def test_visits_of_several_bodies_become_one(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    theirs = plan(crew, crew.townsman, body=town.pk, inspectors=[crew.townsman.pk], planned_on=days(1))
    ours = plan(crew, planned_on=days(10))
    plan(crew, reason="asked", reason_text="企业来函", planned_on=days(40))
    proposed = page(crew.first, "/inspections/plan/")
    assert f'value="{theirs.pk},{ours.pk}"' in proposed
    answer = signed_in(crew.first).post("/inspections/merge/", {"visits": f"{theirs.pk},{ours.pk}"})
    assert answer.url == f"/inspections/{theirs.pk}/"
    theirs.refresh_from_db(), ours.refresh_from_db()
    assert set(theirs.bodies.all()) == {town, crew.bureau} and theirs.attendances.count() == 3
    assert theirs.body == crew.bureau  # a township that planned earlier takes no department's power away
    assert theirs.attendances.get(person=crew.townsman).unit == town
    assert (ours.state, ours.merged_into) == ("merged", theirs)
    assert "综合查一次" in page(safe.county.boss, f"/inspections/{theirs.pk}/")


def test_moving_a_merged_visit_keeps_who_comes_from_the_other_body(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    first = plan(crew)
    second = plan(crew, crew.townsman, body=town.pk, inspectors=[crew.townsman.pk])
    signed_in(crew.first).post("/inspections/merge/", {"visits": f"{first.pk},{second.pk}"})
    shown = page(crew.first, f"/inspections/{first.pk}/")
    assert f'value="{crew.townsman.pk}"' in shown
    going = [crew.first.pk, crew.second.pk, crew.townsman.pk]
    assert act(crew.first, first, "change", planned_on=days(1), inspectors=going).status_code == 302
    assert set(first.attendances.values_list("person", flat=True)) == set(going)
    assert first.attendances.get(person=crew.townsman).unit == town


def test_each_department_of_a_merged_visit_sends_its_own_inspectors(safe: Safe) -> None:
    crew = team(safe)
    brigade, (one, two) = fire_brigade("fire-1", "fire-2")
    visit = plan(crew, others=[brigade.pk])
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "测试县消防救援大队参加综合查一次，但没有安排本单位的持证人员" in shown and "行政处罚法" in shown
    assert "没有安排本单位的持证人员" in act(crew.first, visit, "begin").content.decode()
    (taken,) = [one for one in package(crew.first)["visits"] if one["pk"] == visit.pk]
    assert "没有安排本单位的持证人员" in taken["too_few"]  # the telephone says so while there is a network
    assert visit.begun_at is None
    going = [crew.first.pk, crew.second.pk, one.pk]
    assert act(crew.first, visit, "change", planned_on=days(0), inspectors=going).status_code == 302
    assert "持证人员少于 2 名：测试县消防救援大队 1 名" in page(crew.first, f"/inspections/{visit.pk}/")
    going = {"planned_on": days(0), "inspectors": [*going, two.pk]}
    assert act(crew.first, visit, "change", **going).status_code == 302
    assert "持证人员少于" not in page(crew.first, f"/inspections/{visit.pk}/")
    assert act(crew.first, visit, "begin").status_code == 302 and visit.begun_at is not None


def test_nobody_goes_for_a_body_that_takes_no_part(safe: Safe) -> None:
    crew = team(safe)
    brigade, (one, two) = fire_brigade("fire-1", "fire-2")
    going = [crew.first.pk, crew.second.pk, one.pk]
    told = refused(crew, inspectors=going)
    assert "fire-1 测试县消防救援大队不是参加单位的人员" in told and not Visit.objects.exists()
    visit = plan(crew, others=[brigade.pk], inspectors=going)
    few = "持证人员少于 2 名：测试县消防救援大队 1 名"
    assert page(crew.first, f"/inspections/{visit.pk}/").count(few) == 1  # said by the page alone
    alone = plan(crew)
    answer = act(crew.first, alone, "change", planned_on=days(1), inspectors=[*going, two.pk])
    assert (
        answer.status_code == 422 and "fire-2 测试县消防救援大队不是参加单位的人员" in answer.content.decode()
    )
    assert alone.attendances.count() == 2


def test_a_merged_visit_asks_the_lists_of_all_its_bodies_each_under_its_name(safe: Safe) -> None:
    crew = team(safe)
    brigade, (one, _two) = fire_brigade("fire-1", "fire-2")
    visit = plan(crew, others=[brigade.pk], inspectors=[crew.first.pk, crew.second.pk, one.pk])
    assert act(crew.first, visit, "begin").status_code == 302
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    heads = [shown.index(head) for head in ("测试县应急管理局 · 危险化学品", "测试县消防救援大队 · 消防")]
    items = [shown.index(f'name="result-{checklist(code)[0].id}"') for code in ("chemical", "fire")]
    assert heads[0] < items[0] < heads[1] < items[1]
    fire = checklist("fire")[0].id
    sent = {f"result-{fire}": "ok", f"note-{fire}": "", f"change-{fire}": "0"}
    assert act(crew.first, visit, "check", **sent).status_code == 302
    assert visit.checks.get().item == fire
    for code in ("gas", "industry"):
        SectorDuty.objects.create(sector=code, unit=brigade)
    gas, industry = (f"result-{checklist(code)[0].id}" for code in ("gas", "industry"))
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert gas not in shown and industry not in shown  # what the plant has not is not asked there
    Site.objects.create(
        category="key", code="ZD-9", name="气化站", territory=TOWN, sector="gas", enterprise=crew.plant
    )
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert gas in shown and industry not in shown
    alone = plan(crew)
    act(crew.first, alone, "begin")
    assert f"result-{fire}" not in page(crew.first, f"/inspections/{alone.pk}/")


def test_a_merged_visit_counts_once_for_each_of_its_bodies_and_says_so(safe: Safe) -> None:
    crew = team(safe)
    brigade, (one, two) = fire_brigade("fire-1", "fire-2")
    everybody = [crew.first.pk, crew.second.pk, one.pk, two.pk]
    visit = plan(crew, others=[brigade.pk], inspectors=everybody)
    plan(crew, planned_on=days(20))
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "测试县应急管理局：2 / 2 次" in shown and "测试县消防救援大队：1 / 2 次" in shown
    assert "测试县消防救援大队（本年度 1 / 2 次）" in page(
        crew.first, "/inspections/new/", enterprise=crew.plant.pk
    )
    told = refused(crew, others=[brigade.pk])
    assert "测试县应急管理局：2 / 2 次" in told and "测试县消防救援大队：1 / 2 次" in told


def test_what_is_too_far_apart_is_not_merged(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    theirs = plan(crew, crew.townsman, body=town.pk, inspectors=[], planned_on=days(0))
    ours = plan(crew, planned_on=days(15))
    assert f'value="{theirs.pk},{ours.pk}"' not in page(crew.first, "/inspections/plan/")
    signed_in(crew.first).post("/inspections/merge/", {"visits": f"{theirs.pk},{ours.pk}"})
    ours.refresh_from_db()
    assert ours.state == "planned"


def test_whose_body_takes_part_sees_the_visit_and_does_it(safe: Safe) -> None:
    crew = team(safe)
    brigade, (one, two) = fire_brigade("fire-1", "fire-2")
    visit = plan(crew, others=[brigade.pk], inspectors=[crew.first.pk, crew.second.pk, one.pk, two.pk])
    assert visit.number in page(one, f"/inspections/{visit.pk}/")
    assert visit.number in page(one, "/inspections/")
    secret = plan(crew, announced="0", others=[brigade.pk], inspectors=[crew.first.pk, one.pk])
    assert secret.number in page(two, f"/inspections/{secret.pk}/")
    alone = plan(crew, reason="tip_off", reason_text="举报单")
    assert page(one, f"/inspections/{alone.pk}/") == ""
    assert secret.number not in page(safe.county.boss, "/inspections/")
    assert act(one, visit, "begin").status_code == 302
