"""Campaigns by their pages: opened, covered, suggested, drawn, reported day by day."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from python_calamine import CalamineWorkbook
from time_machine import TimeMachineFixture

from anwei.cases.errors import CaseError
from anwei.emergency.services.accidents import save_accidents
from anwei.hazards.models import Campaign, Draw, Hazard, Inspector
from anwei.hazards.planning.daily import daily_report
from anwei.hazards.services.draws import make_draw
from anwei.hazards.visit_papers import words_of
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit
from anwei.ledgers.services import change_setting
from anwei.org.models import Post, Unit
from anwei.org.services.posts import appoint
from anwei.sites.models import LiveColour, Site
from anwei.standards.calendar import WorkCalendar
from anwei.standards.inspections.lots import draw, lot
from anwei.standards.inspections.periods import periods_of
from anwei.standards.inspections.rules import FIGURES
from tests.hazards.conftest import Safe
from tests.hazards.doors import file, signed_in
from tests.hazards.inspecting import TODAY, act, campaign, days, page, plan, team
from tests.kernel.county import NOW, TOWN, in_post, make_enterprise
from tests.ledgers.sheets import look, write


def test_the_matrix_puts_the_never_visited_first(safe: Safe) -> None:
    crew = team(safe)
    make_enterprise("丙化工厂", TOWN, "chemical", "91000000000000003X")
    action = campaign(crew, sectors=["chemical"])
    visit = plan(crew, campaign=action.pk, reason="campaign")
    before = page(crew.first, f"/inspections/campaigns/{action.pk}/")
    assert "◇" in before and "乙煤矿" not in before
    act(crew.first, visit, "begin")
    after = page(crew.first, f"/inspections/campaigns/{action.pk}/")
    table = after[after.index("coverage") :]
    assert table.index("丙化工厂") < table.index("甲化工厂") and "●" in table
    assert "1 / 2" in after  # covered of all, by sector
    only = page(crew.first, f"/inspections/campaigns/{action.pk}/", state="never")
    assert "丙化工厂" in only and "甲化工厂" not in only[only.index("覆盖表") : only.index("按行业")]


def test_a_merged_visit_counts_for_the_campaign_of_each(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    action, other = campaign(crew), campaign(crew, name="冬季专项")
    theirs = plan(crew, crew.townsman, body=town.pk, inspectors=[crew.townsman.pk])
    first, second = (
        plan(crew, campaign=one.pk, reason="campaign", planned_on=days(n))
        for n, one in enumerate((action, other), 1)
    )
    keys = ",".join(str(one.pk) for one in (theirs, first, second))
    signed_in(crew.first).post("/inspections/merge/", {"visits": keys})
    theirs.refresh_from_db()
    shown = page(crew.first, f"/inspections/{theirs.pk}/")
    reasons = "年度计划检查、专项行动、重点时段检查"
    assert action.name in shown and other.name in shown and reasons in shown
    assert words_of(theirs, NOW, "")["reason"] == reasons
    act(crew.first, theirs, "change", planned_on=days(0), inspectors=[crew.first.pk, crew.second.pk])
    assert page(crew.first, "/inspections/plan/").count(">0 / 10<") == 2
    assert act(crew.first, theirs, "begin").status_code == 302
    for one in (action, other):
        matrix = page(crew.first, f"/inspections/campaigns/{one.pk}/")
        assert "●" in matrix[matrix.index("coverage") :] and "<strong>1</strong>" in matrix
        listed = page(crew.first, "/inspections/", campaign=one.pk, state="begun")
        assert f"/inspections/{theirs.pk}/" in listed
    overview = page(crew.first, "/inspections/plan/")
    assert overview.count(">1 / 10<") == 2 and ">0 / 10<" not in overview


def test_places_of_nobody_are_covered_too(safe: Safe) -> None:
    crew = team(safe)
    road = Site.objects.create(
        category="road", code="LD-1", name="老鹰弯", territory=TOWN, sector="chemical", unit=crew.bureau
    )
    action = campaign(crew)
    where = f"/inspections/campaigns/{action.pk}/?what=places"
    assert "老鹰弯" in page(crew.first, where)
    visit = plan(crew, where=f"site={road.pk}", campaign=action.pk, reason="campaign")
    assert not visit.counted
    act(crew.first, visit, "begin")
    assert "●" in page(crew.first, where)


def test_a_suggestion_says_its_reasons(safe: Safe) -> None:
    crew = team(safe)
    LiveColour.objects.create(enterprise=crew.plant, colour="red", computed_at=NOW, changed_at=NOW)
    hazard = file(crew.first, crew.plant.pk)
    Hazard._base_manager.filter(pk=hazard.pk).update(
        deadline=NOW.replace(month=10), grade="major", grade_reason="多处渗漏"
    )
    shown = page(crew.first, f"/inspections/campaigns/{campaign(crew).pk}/")
    for words in ("+40", "超期隐患 1 件", "未销号重大隐患 1 件", "从未检查", "100 分"):
        assert words in shown, words


def test_the_weights_and_the_cap_are_the_countys(safe: Safe) -> None:
    crew = team(safe)
    change_setting(
        FIGURES, {"cap": 1, "weights": {"never": 7}}, default={}, actor=crew.first, now=NOW, reason="县里"
    )
    action = campaign(crew)
    assert "7 分" in page(crew.first, f"/inspections/campaigns/{action.pk}/")
    plan(crew)
    assert "已到上限" in page(crew.first, f"/inspections/campaigns/{action.pk}/")


def test_a_draw_can_be_drawn_again_by_anybody(safe: Safe) -> None:
    crew = team(safe)
    for number in range(4, 9):
        make_enterprise(f"厂{number}", TOWN, "chemical", f"9100000000000000{number}X")
    action = campaign(crew, sectors=["chemical"])
    sent = {"body": crew.bureau.pk, "public_number": "2026147", "n": 2, "n_inspectors": 2}
    answer = signed_in(crew.first).post(f"/inspections/campaigns/{action.pk}/draw/", sent)
    made = Draw.objects.get()
    assert answer.url == f"/inspections/draws/{made.pk}/"
    codes = [code for code, _people in made.result]
    assert len(made.population) == 6 and made.seed.startswith("2026147-")
    assert codes == sorted(made.population, key=lambda code: lot(made.seed, code))[:2]
    shown = page(crew.second, f"/inspections/draws/{made.pk}/")
    assert "与当时的结果一致" in shown and codes[0] in shown
    assert "不是当时的结果" in page(crew.second, f"/inspections/draws/{made.pk}/", seed="别的")
    signed_in(crew.first).post(f"/inspections/campaigns/{action.pk}/draw/", sent | {"seed": made.seed})
    assert (
        Draw.objects.exclude(pk=made.pk).get().seed != made.seed
    )  # nobody can try seeds: half is the server's
    with pytest.raises(CaseError):  # one seed, one draw
        make_draw(action, actor=crew.first, now=NOW, body=crew.bureau, seed=made.seed, n=2, n_inspectors=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=made.pk).update(n=3)
    signed_in(crew.first).post(f"/inspections/draws/{made.pk}/", {"planned_on": days(2)})
    visits = action.visits.all()
    assert {visit.enterprise.credit_code for visit in visits} == set(codes)  # type: ignore[union-attr]
    assert all(not visit.announced and visit.attendances.count() == 2 for visit in visits)
    signed_in(crew.first).post(f"/inspections/draws/{made.pk}/", {"planned_on": days(2)})
    assert action.visits.count() == 2  # pressing twice plans once


def test_a_lot_is_the_digest_anybody_can_compute() -> None:
    # printf '%s' 'abc:91' | sha256sum
    assert lot("abc", "91") == "59029ab7b1462457445e36a49ea3fc76fcf7e6dffdd303adecd71ed8c937d7d3"
    assert draw("s", ["b", "a", "c", "a"], 9) == draw("s", ["c", "b", "a"], 9)
    with pytest.raises(ValueError, match="seed"):
        draw("", ["a"], 1)


def test_key_periods_follow_the_calendar() -> None:
    calendar = WorkCalendar.load()
    by_code = {one.code: one for one in periods_of(2026, calendar)}
    assert (by_code["spring_festival"].starts_on, by_code["spring_festival"].ends_on) == (
        date(2026, 2, 8),
        date(2026, 2, 23),
    )
    assert by_code["resumption"].starts_on == date(2026, 2, 24)
    assert by_code["year_end"].ends_on == date(2027, 1, 31)
    assert {one.code for one in periods_of(2040, calendar)} == {"flood", "two_sessions", "year_end"}


def test_a_key_period_that_runs_over_the_turn_of_the_year_stays_on_the_plan(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    crew = team(safe)
    time_machine.move_to(NOW + timedelta(days=47))  # 10 January
    shown = page(crew.clerk, "/inspections/plan/")
    assert 'value="year_end.2026"' in shown and 'value="flood.2027"' in shown
    assert 'value="flood.2028"' not in shown and 'value="two_sessions.2026"' not in shown


def test_a_key_period_is_opened_by_one_click_and_only_once(safe: Safe) -> None:
    crew = team(safe)
    assert "岁末年初" in page(crew.clerk, "/inspections/plan/")
    client = signed_in(crew.clerk)
    client.post("/inspections/plan/new/", {"period": "year_end.2026"})
    made = Campaign.objects.get()
    assert (made.kind, made.starts_on, made.organizer.name) == (
        "key_period",
        date(2026, 12, 1),
        "测试县安委办",
    )
    client.post("/inspections/plan/new/", {"period": "year_end.2026"})
    client.post("/inspections/plan/new/", {"period": "nothing.2026"})
    again = page(crew.first, "/inspections/plan/new/", like=Campaign.objects.get().pk)
    assert '<option value="special" selected>' in again  # the calendar alone opens key periods
    assert Campaign.objects.count() == 1


def test_a_township_s_key_period_leaves_the_county_its_own(safe: Safe) -> None:
    crew = team(safe)
    town, office = signed_in(crew.townsman), signed_in(crew.clerk)
    button = 'name="period" value="year_end.2026"'
    assert button in page(crew.clerk, "/inspections/plan/")
    assert town.post("/inspections/plan/new/", {"period": "year_end.2026"}).status_code == 302
    assert button not in page(crew.townsman, "/inspections/plan/")
    shown = page(crew.clerk, "/inspections/plan/")
    assert button in shown and "甲镇人民政府" in shown
    assert office.post("/inspections/plan/new/", {"period": "year_end.2026"}).status_code == 302
    for person in (crew.clerk, crew.townsman):
        shown = page(person, "/inspections/plan/")
        assert button not in shown and shown.count("2026年岁末年初安全检查</a> <span") == 2
    assert set(Campaign.objects.values_list("organizer__name", flat=True)) == {"甲镇人民政府", "测试县安委办"}


def test_the_daily_report_is_computed_and_the_roster_shows_its_holes(safe: Safe) -> None:
    crew = team(safe)
    action = campaign(crew, crew.clerk, organizer=crew.clerk.holdings.get().post.unit_id, name="两节")
    visit = plan(crew)
    act(crew.first, visit, "begin")
    file(crew.first, crew.plant.pk)
    lines = {str(line.unit): line.numbers for line in daily_report(action, crew.clerk, [TODAY])}
    assert lines["None"] | {"closed": 0} == {
        "visits": 1,
        "found": 1,
        "major": 0,
        "closed": 0,
        "warnings": 0,
        "accidents": 0,
    }
    assert lines["测试县应急管理局"]["visits"] == 1 and lines["甲镇人民政府"]["found"] == 1
    assert lines["甲镇人民政府"]["visits"] == 0 and not any(lines["测试县煤炭局"].values())
    shown = page(crew.clerk, f"/inspections/campaigns/{action.pk}/daily/")
    assert "零报告" in shown and "没有值班岗" in shown and "officer" in shown
    Post.objects.create(unit=Unit.objects.get(name="测试县煤炭局"), kind="duty", title="值班岗")
    assert "空缺" in page(crew.clerk, f"/inspections/campaigns/{action.pk}/daily/")
    answer = signed_in(crew.clerk).get(f"/inspections/campaigns/{action.pk}/daily/?export=xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["日期", "单位", "检查家次"] and rows[1][2] == 1


def test_an_accident_of_the_ledger_makes_a_day_no_zero_report(safe: Safe) -> None:
    crew = team(safe)
    action = campaign(crew, crew.clerk, organizer=crew.clerk.holdings.get().post.unit_id, name="两节")
    told = {"happened_on": TODAY, "place": "一号仓库", "territory": TOWN, "type": "WSA10010"}
    here = {**told, "sector": "chemical"}
    save_accidents([Edit(None, here), Edit(None, here | {"of_production": False})], actor=None, now=NOW)
    lines = {str(line.unit): line for line in daily_report(action, crew.clerk, [TODAY])}
    n = {name: line.numbers["accidents"] for name, line in lines.items()}
    assert (n["None"], n["甲镇人民政府"], n["测试县应急管理局"], n["测试县煤炭局"]) == (1, 1, 1, 0)
    assert not lines["None"].is_zero and lines["测试县煤炭局"].is_zero
    assert {str(line.unit) for line in daily_report(action, crew.townsman, [TODAY])} == {"甲镇人民政府"}
    own = page(crew.first, f"/inspections/campaigns/{action.pk}/daily/")  # of the others it sees a part
    assert "只列本单位" in own and "<td>测试县应急管理局</td>" in own and "<td>测试县煤炭局</td>" not in own
    assert "不含事故" not in page(crew.clerk, f"/inspections/campaigns/{action.pk}/daily/")


def test_a_plan_is_the_bodies_own_affair(safe: Safe) -> None:
    crew = team(safe)
    action = campaign(crew)
    for address in ("/inspections/plan/", "/inspections/plan/new/"):
        assert signed_in(safe.county.boss).get(address).status_code == 403
    assert signed_in(safe.county.boss).get(f"/inspections/campaigns/{action.pk}/").status_code in (403, 404)
    assert page(crew.townsman, f"/inspections/campaigns/{action.pk}/")  # a township reads the county's
    assert signed_in(crew.townsman).post(f"/inspections/campaigns/{action.pk}/close/").status_code == 403
    assert signed_in(crew.first).post(f"/inspections/campaigns/{action.pk}/close/").status_code == 302
    action.refresh_from_db()
    assert action.closed_at is not None


def test_a_body_enters_the_certificates_of_its_own_people(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    sent = {"person": crew.townsman.pk, "unit": town.pk, "number": "HN-003", "valid_until": "2027-01-01"}
    client = signed_in(crew.townsman)
    assert client.post("/inspections/inspectors/", sent | {"number": "HN-001"}).status_code == 422
    assert client.post("/inspections/inspectors/", sent).status_code == 302
    assert client.post("/inspections/inspectors/", sent | {"number": "HN-004"}).status_code == 302
    assert crew.townsman.inspector.number == "HN-004"  # in place of the first
    other = signed_in(crew.first).post("/inspections/inspectors/", sent)
    assert other.status_code == 422
    assert signed_in(safe.county.boss).get("/inspections/inspectors/").status_code == 403


def test_certificates_are_a_register_with_a_day_on_the_list_of_what_ends(safe: Safe) -> None:
    crew = team(safe)
    head = ["姓名", "执法机关", "证号", "有效期至"]
    bureau, coal = crew.bureau.name, safe.county.regulator
    lines = [
        [crew.first.full_name, bureau, "湘A-0101", "2026-12-20"],  # the renewed one, known again by name
        [coal.full_name, "测试县煤炭局", "湘A-0102", "2028-01-01"],
        [coal.full_name, bureau, "湘A-0103", "2028-01-01"],  # holds no post there
    ]
    own = look("inspectors", head, *lines, actor=crew.first)
    assert [row.action if not row.refusals else "refused" for row in own.rows] == ["update", *["refused"] * 2]
    found = look("inspectors", head, *lines, actor=crew.clerk)
    said = [" ".join(row.refusals.values()) for row in found.rows]
    assert said[:2] == ["", ""] and "不在测试县应急管理局任职" in said[2], said
    taken = [crew.second.full_name, bureau, "HN-001", "2028-01-01"]
    (row,) = look("inspectors", head, taken, actor=crew.clerk).rows
    assert "执法证号HN-001已登记在别人名下" in " ".join(row.refusals.values())
    write("inspectors", [head, *lines], actor=crew.clerk)
    crew.first.inspector.refresh_from_db()
    assert crew.first.inspector.number == "湘A-0101" and coal.inspector.unit.name == "测试县煤炭局"
    assert Inspector.objects.count() == 3
    told = Change.objects.filter(register="hazards.inspector", row=str(crew.first.inspector.pk))
    changed = told.latest("number").content["changed"]
    assert changed["number"] == ["HN-001", "湘A-0101"] and changed["valid_until"][1] == "2026-12-20"
    write("inspectors", [head, lines[0]], actor=crew.clerk)  # once more: nothing is changed
    assert told.count() == 1
    sheet = signed_in(crew.clerk).get("/ledgers/inspectors/export/?form=csv").content.decode("utf-8-sig")
    assert "湘A-0101" in sheet and "湘A-0102" in sheet
    ending = page(crew.clerk, "/expiries/", kind="enforcement-certificates")
    assert "inspector 湘A-0101" in ending and "湘A-0102" not in ending and bureau in ending
    assert "湘A-0101" not in page(safe.county.boss, "/expiries/")
    assert "/ledgers/inspectors/" in page(crew.first, "/inspections/inspectors/")
    assert "湘A-0102" not in page(crew.first, "/ledgers/inspectors/")  # another body's


def test_who_works_for_two_bodies_has_the_certificate_of_one(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    post = Post.objects.create(unit=town, kind="officer", title="兼职")
    appoint(crew.first, post, actor=None, now=NOW, from_on=NOW.date())
    sent = {"person": crew.first.pk, "unit": town.pk, "number": "镇-1", "valid_until": "2027-01-01"}
    answer = signed_in(crew.townsman).post("/inspections/inspectors/", sent)
    assert answer.status_code == 422 and "的执法证由测试县应急管理局登记" in answer.content.decode()
    line = [crew.first.full_name, town.name, "镇-1", "2027-01-01"]
    (row,) = look("inspectors", ["姓名", "执法机关", "证号", "有效期至"], line, actor=crew.townsman).rows
    assert "的执法证由测试县应急管理局登记" in " ".join(row.refusals.values())


def test_a_leader_reads_the_plan_and_plans_nothing(safe: Safe) -> None:
    crew = team(safe)
    party = Unit.objects.create(kind="party", name="测试县委", territory="999001")
    leader = in_post("secretary", Post.objects.create(unit=party, kind="principal", title="书记"))
    action = campaign(crew)
    shown = page(leader, f"/inspections/campaigns/{action.pk}/")
    assert "从未检查" in shown and "/inspections/new/" not in shown
    assert "部署检查计划" not in page(leader, "/inspections/plan/")
    assert signed_in(leader).get("/inspections/new/").status_code == 403
