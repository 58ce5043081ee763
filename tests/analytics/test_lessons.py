"""举一反三: who shares the conditions, with the row that shows each; nobody else; and what came of asking."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from anwei.analytics.lessons.conditions import Condition, conditions_of_accident, conditions_of_hazard
from anwei.analytics.lessons.search import matches
from anwei.analytics.models import Lesson
from anwei.emergency.models import Accident
from anwei.emergency.services.accidents import save_accidents
from anwei.hazards.models import Campaign, Hazard, SpecialCheck
from anwei.ledgers.saving import Edit
from anwei.sites.models import Enterprise, Equipment, Process, Site
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, MAJOR, act, file, signed_in
from tests.hazards.inspecting import page
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, county_clerk, make_enterprise
from tests.sites.risks import chemical, installation, place, point


def elsewhere(**told: Any) -> Accident:
    values = {
        "source": "elsewhere",
        "source_name": "丰城发电厂事故调查报告",
        "happened_on": date(2016, 11, 24),
        "place": "江西丰城",
        "unit_name": "丰城某厂",
        "type": "10",
        "chemicals": "液氨、氯气",
        "equipment": "锅炉",
        "process": "动火",
        **told,
    }
    return save_accidents([Edit(None, values)], actor=None, now=NOW)[0]


def planted(safe: Safe) -> dict[str, Enterprise]:
    """Three that share something, one of them twice; one that shares nothing; one in another sector's name."""
    made = {
        name: make_enterprise(name, TOWN, "chemical", f"9100000000000{n:04d}P")
        for n, name in enumerate(("两条厂", "氨厂", "炉厂", "无关厂", "关闭厂"))
    }
    for n, name in enumerate(("两条厂", "氨厂", "关闭厂")):
        chemical(installation(made[name], code=f"DY-P{n}"), 12.5)  # 氨, which table 1 also calls 液氨
    for n, name in enumerate(("两条厂", "炉厂")):
        Equipment.objects.create(enterprise=made[name], code=f"GL-{n}", name="燃气锅炉", kind="锅炉")
    Equipment.objects.create(enterprise=made["无关厂"], code="X", name="锅炉", in_use=False)
    Process.objects.create(enterprise=made["无关厂"], name="聚合")
    Enterprise.objects.filter(pk=made["关闭厂"].pk).update(status=Enterprise.Status.CLOSED)
    return made


def test_those_who_share_are_found_with_their_rows_strongest_first_and_nobody_else(safe: Safe) -> None:
    made = planted(safe)
    accident = elsewhere()
    found = matches(conditions_of_accident(accident), safe.inspector)
    assert [str(one.subject) for one in found] == ["两条厂", "氨厂", "炉厂"]
    shown = page(safe.inspector, f"/lessons/accidents/{accident.pk}/")
    table = shown[shown.index("有同样条件的") :]
    assert "设计最大量 12.5 吨" in table and "GL-0 燃气锅炉" in table and "/ledgers/equipment/" in table
    assert "无关厂" not in table and "关闭厂" not in table and "丰城发电厂事故调查报告" in shown
    only = page(safe.inspector, f"/lessons/accidents/{accident.pk}/", ticked="1", c="equipment:锅炉")
    table = only[only.index("有同样条件的") :]
    assert "炉厂" in table and ">氨厂<" not in table
    none = page(safe.inspector, f"/lessons/accidents/{accident.pk}/", ticked="1")
    assert "没有符合的" in none
    assert made["无关厂"].unit.name not in none


def test_a_name_shows_what_is_held_and_filling_has_two_names(safe: Safe) -> None:
    """A filling station without a register of chemicals is found by its own name and its filling room."""
    station = make_enterprise("甲液化石油气储配站", TOWN, "chemical", "91000000000009999P")
    Site(enterprise=station, code="GZJ-1", name="灌装间", kind="灌装间").completed().save()
    accident = elsewhere(chemicals="液化石油气", equipment="", process="充装")
    [found] = [one for one in matches(conditions_of_accident(accident), safe.inspector) if one.n_evidence > 1]
    assert found.subject == station and {one.kind for one in found.shown} == {"chemical", "process"}
    shown = page(safe.inspector, f"/lessons/accidents/{accident.pk}/")
    assert "企业名称“甲液化石油气储配站”" in shown and "部位“灌装间”" in shown


def test_an_accident_that_nobody_shares_finds_nobody(safe: Safe) -> None:
    planted(safe)
    accident = elsewhere(chemicals="丙烯腈", equipment="竖井提升机", process="爆破")
    assert matches(conditions_of_accident(accident), safe.inspector) == []


def test_a_risk_point_shows_the_type_of_accident_by_the_code_of_its_register(safe: Safe) -> None:
    made = planted(safe)
    point(place(made["无关厂"], "S-1", "装卸台"), name="装卸台", accidents="火灾")
    accident = elsewhere(chemicals="", equipment="", process="", type="WSA10009")
    (found,) = matches(conditions_of_accident(accident), safe.inspector)
    assert str(found.subject) == "无关厂" and found.shown


def test_a_roof_fall_in_a_coal_mine_finds_coal_mines_and_no_building_site_of_the_wider_type(
    safe: Safe,
) -> None:
    numbers = iter(range(20, 30))
    made = {
        name: make_enterprise(name, TOWN, sector, f"910000000000000{next(numbers)}X")
        for name, sector in (("丙煤矿", "coal"), ("丁煤矿", "coal"), ("工地", "construction"))
    }
    for n, name in enumerate(("丁煤矿", "工地")):
        where = place(made[name], f"S-{n}", "作业面")
        point(where, f"FX-{n}", name=f"{name}坍塌", accidents="坍塌")
    fall = elsewhere(chemicals="", equipment="", process="", type="11", sector="coal")
    clerk = county_clerk()
    found = matches(conditions_of_accident(fall), clerk)
    assert [str(one.subject) for one in found][:1] == ["丁煤矿"]
    assert {*map(str, (one.subject for one in found))} == {
        "丙煤矿",
        "丁煤矿",
        str(safe.county.other_enterprise),
    }
    assert "行业“煤矿”" in page(clerk, f"/lessons/accidents/{fall.pk}/")
    wider = matches([one for one in conditions_of_accident(fall) if not one.sectors], clerk)
    assert {str(one.subject) for one in wider} == {"丁煤矿", "工地"}  # asked without the sector
    landslip = elsewhere(chemicals="", equipment="", process="", type="10", sector="coal")
    assert "工地" in {str(one.subject) for one in matches(conditions_of_accident(landslip), clerk)}


def test_a_hazard_finds_to_whom_its_clause_applies_and_where_the_named_work_is_done(safe: Safe) -> None:
    plant = make_enterprise("工贸厂", OTHER_TOWN, "industry", "91000000000000031X")
    other = make_enterprise("化工厂", OTHER_TOWN, "chemical", "91000000000000032X")
    point(place(other, "S-7", "污水池"), name="清池", description="有限空间作业")
    hazard = file(
        safe.inspector,
        safe.county.enterprise.pk,
        description="有限空间作业未审批",
        criterion=CRITERION,
    )
    clerk = county_clerk()
    found = {str(one.subject): one for one in matches(conditions_of_hazard(hazard), clerk, but=hazard.pk)}
    assert set(found) == {str(plant), str(other)}
    assert CRITERION in found[str(plant)].shown[Condition("applies", CRITERION)][0].words
    assert [one.words for one in found[str(other)].shown] == ["有限空间"]


def test_a_clause_of_open_pits_says_so_and_what_shares_the_sector_alone_is_not_chosen_beforehand(
    safe: Safe,
) -> None:
    """No register says which kind of mine one is: a person looks, and ticks."""
    pit = make_enterprise("石场", TOWN, "mine", "91000000000000041X")
    dam = make_enterprise("边坡矿", TOWN, "mine", "91000000000000042X")
    point(place(dam, "S-8", "采场"), name="边坡", description="边坡滑移")
    clerk = county_clerk()
    asked = [Condition("applies", "NC-O-08"), Condition("process", "边坡")]
    found = {str(one.subject): one for one in matches(asked, clerk)}
    assert "NC-O-08 只适用于露天矿山，请核对" in found["石场"].shown[asked[0]][0].words
    shown = page(clerk, "/lessons/", ticked="1", c=[one.key for one in asked])
    chosen = {
        name: re.search(rf'name="enterprise" value="{one.pk}"( checked)?', shown)
        for name, one in (("石场", pit), ("边坡矿", dam))
    }
    assert {name: bool(one and one[1]) for name, one in chosen.items()} == {"石场": False, "边坡矿": True}


def test_one_click_asks_the_chosen_and_the_page_follows_them(safe: Safe) -> None:
    made = planted(safe)
    accident = elsewhere()
    address = f"/lessons/accidents/{accident.pk}/"
    nobody = signed_in(safe.inspector).post(address, {"ticked": "1", "c": ["chemical:液氨"]})
    assert nobody.status_code == 422 and not Campaign.objects.exists()
    sent = {"ticked": "1", "c": ["chemical:液氨"], "enterprise": [made["两条厂"].pk, made["无关厂"].pk]}
    client = signed_in(safe.inspector)
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())
    assert key is not None
    twice = [client.post(address, sent | {"key": key[1]}) for _ in range(2)]
    assert [one.status_code for one in twice] == [302, 302] and twice[0].url == twice[1].url
    lesson = Lesson.objects.get()
    assert lesson.accident == accident and lesson.conditions == ["chemical:液氨"] and lesson.n_found == 2
    (check,) = SpecialCheck.objects.all()
    assert check.enterprise == made["两条厂"] and "液氨" in check.lines[0]["text"]
    assert "12.5" in check.lines[0]["basis"] and "丰城" in lesson.campaign.note
    shown = page(safe.inspector, address)
    assert "共部署 1 家" in shown
    assert f"/inspections/campaigns/{lesson.campaign_id}/checks/" in shown
    assert "举一反三：丰城某厂" in page(safe.inspector, "/lessons/")
    assert address in page(safe.inspector, f"/accidents/{accident.pk}/")


def test_a_major_hazard_finds_where_its_clause_failed_before_and_what_its_words_name(safe: Safe) -> None:
    county = safe.county
    other = make_enterprise("同条厂", OTHER_TOWN, "chemical", "91000000000000011X")
    before = file(safe.inspector, other.pk, key="a", criterion=CRITERION)
    hazard = file(
        safe.inspector, county.enterprise.pk, key="b", description="锅炉房未设报警", criterion=CRITERION
    )
    boiler = Equipment.objects.create(enterprise=other, code="GL", name="蒸汽炉", kind="锅炉")
    page_before = page(safe.verifier, f"/cases/{hazard.pk}/")
    address = f"/lessons/hazards/{hazard.pk}/"
    assert address not in page_before  # not yet judged as major
    assert act(safe.verifier, hazard, "order", **MAJOR).status_code == 302
    assert address in page(safe.verifier, f"/cases/{hazard.pk}/")
    found = matches(conditions_of_hazard(Hazard.objects.get(pk=hazard.pk)), safe.verifier, but=hazard.pk)
    assert [one.subject for one in found] == [other]
    assert before.number in page(safe.verifier, address) and boiler.name in page(safe.verifier, address)
    assert address not in page(county.worker, f"/cases/{hazard.pk}/")  # not an enterprise's business


def test_enterprises_do_not_search_and_a_townsman_finds_in_his_town(safe: Safe) -> None:
    planted(safe)
    far = make_enterprise("远厂", OTHER_TOWN, "chemical", "91000000000000012X")
    chemical(installation(far, code="DY-F"), 3)
    accident = elsewhere()
    address = f"/lessons/accidents/{accident.pk}/"
    assert signed_in(safe.county.worker).get(address).status_code == 403
    assert "远厂" in page(safe.inspector, address)
    assert "远厂" not in page(safe.county.townsman, address)


def test_typed_conditions_are_searched_by_an_address_that_can_be_sent_on(safe: Safe) -> None:
    planted(safe)
    answer: Any = signed_in(safe.inspector).get("/lessons/", {"chemical": "液氨", "clause": "无此条"})
    assert answer.status_code == 302 and "c=chemical" in answer.url
    assert "氨厂" in page(safe.inspector, answer.url)


@pytest.mark.parametrize("key", ["chemical:", "nothing:x", "type:无", "clause:无"])
def test_an_address_of_no_condition_is_left_out(safe: Safe, key: str) -> None:
    assert "按条件查找" in page(safe.inspector, "/lessons/", c=key)


def test_an_accident_elsewhere_is_recorded_by_a_form_that_says_so(safe: Safe) -> None:
    clerk = county_clerk()
    (door,) = re.findall(r'href="([^"]+)">录入外地事故</a>', page(clerk, "/lessons/"))
    form = signed_in(clerk).get(door)
    assert form.status_code == 200
    source = next(one for one in form.context["fields"] if one.column.name == "source")
    assert source.text == "外地"
