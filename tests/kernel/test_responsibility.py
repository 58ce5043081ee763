"""Who answers for what, on any day: general rules, designations, sectors that change hands, the past that stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.ledgers.models import Change
from anwei.org.models import Confidence, Designation, Holding, Person, Post, SectorDuty, Territory, Unit
from anwei.org.responsibility import Answer, local_seats, posts_for, resolve
from anwei.org.roster import Roster
from anwei.org.services import (
    OrgError,
    appoint,
    assign_sector,
    create_post,
    designate,
    dismiss,
    end_designation,
    end_sector_duty,
    finish_task,
    plan_task,
    register_territory,
    register_unit,
    renew_term,
)
from anwei.sites.models import Site
from anwei.standards.duties import duties_for, seat_rules
from anwei.standards.regulators import industries
from anwei.standards.sectors import sectors
from tests.kernel.county import COUNTY, IN_POST_SINCE, NOW, TOWN, County, build, in_post

TODAY = NOW.date()
DAY = timedelta(days=1)


def seated(county: County, unit: Unit, kind: str, title: str, name: str) -> Post:
    post = Post.objects.create(unit=unit, kind=kind, title=title)
    in_post(name, post)
    return post


@pytest.fixture
def whole(county: County) -> County:
    """The small county with a head of government, of the township and of the department."""
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    seated(county, government, "principal", "县长", "mayor")
    seated(county, Unit.objects.get(name="甲镇人民政府"), "principal", "镇长", "townhead")
    authority = Unit.objects.get(name="测试县应急管理局")
    seated(county, authority, "principal", "局长", "director")
    seated(county, authority, "officer", "监管员", "inspector")
    return county


def names(answer: Answer) -> dict[str, str]:
    seats = ("territory", "regulator", "enterprise", "responsible", "supervisor", "implementer")
    return {seat: str(getattr(answer, seat).holder or "") for seat in seats}


def test_three_nets_and_three_roles_by_rule_and_article(whole: County) -> None:
    answer = resolve(whole.enterprise.subject(), TODAY)
    assert names(answer) == {
        "territory": "townhead",
        "regulator": "director",
        "enterprise": "boss",
        "responsible": "boss",
        "supervisor": "inspector",
        "implementer": "worker",
    }
    assert answer.enterprise.citation == "安全生产法 第5条、第21条"
    assert answer.regulator.confidence == Confidence.MEMORY  # no document of the county's stands behind it
    assert answer.territory.confidence == Confidence.VERIFIED
    assert posts_for(whole.enterprise, NOW).supervisor == whole.duty  # a warning is supervised day and night


def test_a_sector_changes_hands_on_its_day(whole: County) -> None:
    coal = Unit.objects.get(name="测试县煤炭局")
    first = TODAY + 10 * DAY
    old = SectorDuty.objects.get(sector="chemical", lead=True)
    end_sector_duty(old, last_on=first - DAY, actor=whole.officer, now=NOW, reason="机构改革")
    assign_sector(
        "chemical", coal, lead=True, from_on=first, document="测安委〔2026〕9号", actor=whole.officer, now=NOW
    )
    subject = whole.enterprise.subject()
    assert str(resolve(subject, first - DAY).regulator.post) == "测试县应急管理局 局长"
    after = resolve(subject, first).regulator
    assert (after.name, after.post, after.document) == ("测试县煤炭局主要负责人", None, "测安委〔2026〕9号")
    assert str(resolve(subject, first).supervisor.holder) == "regulator"
    assert Change.objects.filter(register="org.sector", row="chemical").count() == 2


def test_without_a_regulator_the_head_of_government_stands_in(whole: County) -> None:
    SectorDuty.objects.filter(sector="chemical").update(to_on=TODAY - DAY)
    seat = resolve(whole.enterprise.subject(), TODAY).regulator
    assert str(seat.holder) == "mayor" and seat.stands_in and seat.is_hole
    assert seat.citation == "安全生产法 第10条第2款"
    assert not resolve(whole.enterprise.subject(), TODAY - DAY).regulator.stands_in


def test_a_designation_comes_before_the_rule_a_site_s_before_its_enterprise_s(whole: County) -> None:
    site = Site.objects.create(enterprise=whole.enterprise, code="t-1", name="一号罐区")
    mayor = Post.objects.get(title="县长")
    common: dict[str, Any] = {
        "title": "包保责任人",
        "document": "测安委〔2026〕3号",
        "actor": whole.officer,
        "now": NOW,
    }
    row = designate(whole.enterprise.unit, "territory", mayor, from_on=TODAY, to_on=TODAY + 9 * DAY, **common)
    designate(whole.enterprise.unit, "implementer", whole.principal, from_on=TODAY, site="t-1", **common)
    on_site = resolve(site.subject(), TODAY)
    assert str(on_site.territory.holder) == "mayor" and on_site.territory.document == "测安委〔2026〕3号"
    assert str(on_site.implementer.holder) == "boss"
    assert str(resolve(whole.enterprise.subject(), TODAY).implementer.holder) == "worker"
    assert str(resolve(site.subject(), TODAY + 10 * DAY).territory.holder) == "townhead"
    assert str(resolve(site.subject(), TODAY - DAY).territory.holder) == "townhead"
    end_designation(row, last_on=TODAY, actor=whole.officer, now=NOW, reason="调整")
    assert str(resolve(site.subject(), TODAY + DAY).territory.holder) == "townhead"
    assert posts_for(site, NOW).implementer == whole.principal  # warnings follow it too


def test_an_account_that_is_closed_today_answered_yesterday(whole: County) -> None:
    Person.objects.filter(username="boss").update(is_active=False)
    subject = whole.enterprise.subject()
    assert resolve(subject, TODAY).enterprise.holder is None
    assert str(resolve(subject, TODAY - DAY).enterprise.holder) == "boss"


offsets = st.integers(-40, 40)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    on=offsets,
    later=st.lists(st.tuples(st.sampled_from(["holding", "duty", "named"]), st.integers(1, 60)), max_size=4),
)
def test_an_answer_never_depends_on_what_starts_later(on: int, later: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        county = build()
        day = TODAY + on * DAY
        before = names(resolve(county.enterprise.subject(), day))
        for number, (kind, after) in enumerate(later):
            first = day + after * DAY
            if kind == "holding":
                appoint(in_post(f"new{number}"), county.principal, actor=None, now=NOW, from_on=first)
            elif kind == "duty":
                SectorDuty.objects.create(
                    sector="chemical",
                    unit=Unit.objects.create(kind="department", name=f"局{number}", territory=COUNTY),
                    from_on=first,
                )
            else:
                Designation.objects.create(
                    unit=county.enterprise.unit,
                    seat="regulator",
                    post=county.duty,
                    title="包保",
                    document="x",
                    from_on=first,
                )
        assert names(resolve(county.enterprise.subject(), day)) == before
        transaction.set_rollback(True)


def test_one_resolution_costs_four_queries(whole: County, django_assert_num_queries: Any) -> None:
    subject = whole.enterprise.subject()
    with django_assert_num_queries(4):
        resolve(subject, TODAY)


@pytest.mark.parametrize("code", ["99900", "9990011", "99900110100", "99900A", "999001101001x", ""])
def test_the_database_refuses_what_is_no_division_code(county: County, code: str) -> None:
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Territory.objects.create(code=code, name="x")
    with pytest.raises(OrgError, match="6、9 或 12"):
        register_territory(code, "x", actor=None, now=NOW)
    if code:
        with pytest.raises((IntegrityError, DataError)), transaction.atomic():
            Unit.objects.create(kind="township", name="x", territory=code)


@pytest.mark.parametrize("code", ["999002", "999002101"])
def test_one_installation_is_of_one_county(county: County, code: str) -> None:
    """Figures, targets and briefings count everything that is here."""
    with pytest.raises(CommandError, match="一套系统只管一个县：这里已登记“测试县”（999001）"):
        call_command("territory", code, "邻县")
    call_command("territory", COUNTY, "测试县（更名）")
    assert not Territory.objects.exclude(code__startswith=COUNTY).exists()


def test_villages_grids_and_parts_of_enterprises_are_units(county: County) -> None:
    register_territory(f"{TOWN}001", "甲一村", actor=None, now=NOW)
    village = register_unit(kind="village", name="甲一村", territory=f"{TOWN}001", actor=None, now=NOW)
    register_unit(
        kind="grid", name="甲一村第一网格", territory=f"{TOWN}001", parent=village, actor=None, now=NOW
    )
    plant = county.enterprise.unit
    part = register_unit(
        kind="enterprise_part", name="安全科", territory=TOWN, parent=plant, actor=None, now=NOW
    )
    with pytest.raises(OrgError, match="所属企业"):
        register_unit(
            kind="enterprise_part", name="无主科", territory=TOWN, parent=village, actor=None, now=NOW
        )
    clerk = in_post("clerk", Post.objects.create(unit=part, kind="officer", title="科员"))
    assert list(type(county.enterprise).objects.visible_to(clerk)) == [
        county.enterprise
    ]  # and nothing beside


def test_the_territorial_net_of_a_village_names_the_village_its_grids_and_the_township(whole: County) -> None:
    place = f"{TOWN}001"
    village = Unit.objects.create(kind="village", name="甲一村", territory=place)
    grid = Unit.objects.create(kind="grid", name="甲一村第一网格", territory=place, parent=village)
    subject = whole.enterprise.subject()
    assert local_seats(subject, Roster(TODAY, [subject])) == []  # it lies in the township, no more is known
    Unit.objects.filter(pk=whole.enterprise.unit_id).update(territory=place)
    whole.enterprise.unit.refresh_from_db()
    subject = whole.enterprise.subject()
    assert local_seats(subject, Roster(TODAY, [subject])) == []  # a post that nobody set up is no hole
    seated(whole, village, "principal", "主任", "villagehead")
    Post.objects.create(unit=grid, kind="officer", title="网格员")
    seats = local_seats(subject, Roster(TODAY, [subject]))
    assert [(str(seat.post), str(seat.holder or "")) for seat in seats] == [
        ("甲一村 主任", "villagehead"),
        ("甲一村第一网格 网格员", ""),
    ]
    assert all(seat.citation.startswith("安全生产法 第75条") for seat in seats)
    assert str(resolve(subject, TODAY).territory.holder) == "townhead"  # who answers is the township


def test_a_post_comes_with_the_duties_of_its_kind(county: County) -> None:
    unit = Unit.objects.create(kind="party", name="中共测试县委", territory=COUNTY)
    post = create_post(unit, "principal", "书记", actor=None, now=NOW)
    assert [duty.text for duty in post.duties.all()] == [
        duty.text for duty in duties_for("party", "principal")
    ]
    assert {duty.confidence for duty in post.duties.all()} == {Confidence.MEMORY}
    task = plan_task(post, year=2026, text="专题研究", due_on=date(2026, 12, 1), actor=None, now=NOW)
    with pytest.raises(OrgError, match="依据"):
        finish_task(task, done_on=TODAY, reference=" ", actor=None, now=NOW)
    finish_task(task, done_on=TODAY, reference="纪要第3期", actor=None, now=NOW)
    with pytest.raises(OrgError, match="完成"):
        finish_task(task, done_on=TODAY, reference="纪要第4期", actor=None, now=NOW)


def test_days_out_of_order_are_refused(county: County) -> None:
    holding = county.worker.holdings.get()
    with pytest.raises(OrgError, match="早于"):
        appoint(county.boss, county.safety, actor=None, now=NOW, term_on=TODAY - DAY)
    with pytest.raises(OrgError, match="已在"):
        appoint(county.worker, county.safety, actor=None, now=NOW)
    renew_term(holding, term_on=TODAY + DAY, document="x", actor=None, now=NOW, reason="续任")
    with pytest.raises(OrgError, match="晚于"):
        renew_term(holding, term_on=TODAY, document="x", actor=None, now=NOW, reason="续任")
    dismiss(holding, actor=None, now=NOW, last_on=IN_POST_SINCE, reason="x")
    assert Holding.objects.get(pk=holding.pk).to_on == IN_POST_SINCE


def test_the_tables_are_whole() -> None:
    assert len(industries()) == 51 and {row.sector for row in industries()} >= set(sectors())
    assert all(row.confidence in Confidence.values for row in industries())
    assert [len(duties_for("enterprise", kind)) for kind in ("principal", "safety")] == [7, 7]
    assert all(rule.citation and rule.confidence for rule in seat_rules().values())
