"""Visits by the doors people use: planned under the cap, kept secret, begun, ended, rated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from time_machine import TimeMachineFixture

from anwei.cases.models import Notice
from anwei.cases.verify import verify
from anwei.hazards.models import Inspector, Visit
from anwei.hazards.visit_papers import words_of
from anwei.ledgers.search.keeping import catch_up
from anwei.org.models import Person, Unit
from anwei.sites.models import Enterprise, Site
from anwei.sites.risks.signs import issue_sign
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import act, days, page, plan, refused, team
from tests.kernel.county import NOW, TOWN

ENDED = {"finding": "未发现问题", "head": "厂长", "refusal": ""}


def test_a_visit_from_plan_to_rating(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew)
    assert (visit.number, visit.state, visit.counted) == ("JC202600001", "planned", True)
    assert {one.certificate for one in visit.attendances.all()} == {"HN-001", "HN-002"}
    shown = page(safe.county.worker, f"/inspections/{visit.pk}/")
    assert "测试县应急管理局" in shown and "安全生产法" in shown and "HN-001" in shown
    assert Notice.objects.filter(person=safe.county.worker, url=f"/inspections/{visit.pk}/").exists()
    assert act(safe.county.worker, visit, "rate", rating="5").status_code == 422  # not before its end
    assert act(crew.first, visit, "begin").status_code == 302
    assert act(crew.first, visit, "end", **ENDED | {"finding": " "}).status_code == 422
    assert act(crew.first, visit, "end", **ENDED).status_code == 302
    assert act(safe.county.worker, visit, "rate", rating="9").status_code == 422
    assert act(safe.county.worker, visit, "rate", rating="4", text="守时").status_code == 302
    assert (visit.state, visit.rating, visit.rated_by) == ("ended", 4, safe.county.worker)
    assert act(safe.county.boss, visit, "rate", rating="1").status_code == 422  # once
    assert act(safe.county.stranger, visit, "rate", rating="1").status_code == 404
    assert not verify().broken


def test_the_body_reads_the_rating_and_only_the_office_who_rated(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew)
    act(crew.first, visit, "begin")
    act(crew.first, visit, "end", **ENDED)
    Person.objects.filter(pk=safe.county.worker.pk).update(full_name="评价的人")
    act(safe.county.worker, visit, "rate", rating="2", text="来得太多")
    told = page(crew.first, f"/inspections/{visit.pk}/")
    assert "来得太多" in told and "评价的人" not in told
    assert "评价的人" in page(crew.clerk, f"/inspections/{visit.pk}/")


def test_the_cap_refuses_one_more_and_lets_through_what_the_law_knows(safe: Safe) -> None:
    crew = team(safe)
    plan(crew), plan(crew, planned_on=days(20))
    told = refused(crew, planned_on=days(30))
    assert "上限 2 次" in told and "国办发〔2024〕54号" in told
    assert "须写明线索" in refused(crew, reason="tip_off")
    free = plan(crew, reason="tip_off", reason_text="举报单 JB001")
    assert not free.counted and free.citation.startswith("安全生产法 第七十三条")
    assert "JB001" not in page(safe.county.boss, f"/inspections/{free.pk}/")
    assert "JB001" in page(crew.second, f"/inspections/{free.pk}/")
    plan(crew, planned_on=days(60))  # another year counts by itself


def test_a_cancelled_visit_leaves_room_under_the_cap(safe: Safe) -> None:
    crew = team(safe)
    first = plan(crew)
    plan(crew, planned_on=days(20))
    assert act(crew.first, first, "cancel", reason="").status_code == 422
    assert act(crew.first, first, "cancel", reason="改期另定").status_code == 302
    assert plan(crew, planned_on=days(9)).counted
    assert act(crew.first, first, "begin").status_code == 422


@pytest.mark.parametrize("told", [{"reason": "county"}, {"reason": "county", "reason_text": "县政府第3号"}])
def test_what_the_county_decides_is_unannounced_and_names_its_paper(safe: Safe, told: dict[str, str]) -> None:
    crew = team(safe)
    assert ("不事先告知" if "reason_text" in told else "须写明") in refused(crew, **told)
    assert not plan(crew, reason="county", reason_text="县政府第3号", announced="0").counted


def doors(enterprise: int, visit: int) -> list[str]:
    return [
        "/inspections/",
        "/inspections/?month=2026-11",
        f"/inspections/?enterprise={enterprise}",
        f"/inspections/{visit}/",
        f"/enterprises/{enterprise}/",
        f"/enterprises/{enterprise}/timeline/",
        "/notices/",
        "/work/",
        "/search/?q=JC2026",
        "/search/?q=甲化工厂",
        "/search/suggest/?q=JC2026",
        "/inspections/plan/",
        "/",
        "/home/",
        "/cases/",
        "/map/",
        "/map/sites.geojson",
        "/map/search/?q=JC2026",
        "/api/v1/devices",
        "/api/v1/alarms",
    ]


def test_an_unannounced_visit_is_nowhere_for_its_enterprise_until_it_begins(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew, announced="0", planned_on=days(3))
    catch_up()
    for person in (safe.county.boss, safe.county.worker):
        client = signed_in(person)
        for address in doors(crew.plant.pk, visit.pk):
            answer = client.get(address, follow=True)
            text = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
            assert visit.number not in text.decode(), address
            met = [text.decode(), *(url for url, _status in answer.redirect_chain)]  # type: ignore[attr-defined]
            if address != f"/inspections/{visit.pk}/":
                assert not any(f"/inspections/{visit.pk}/" in one for one in met), address
        assert client.get(f"/inspections/{visit.pk}/").status_code == 404
        for verb in ("begin", "rate", "cancel"):
            assert client.post(f"/inspections/{visit.pk}/{verb}/", {"rating": "1"}).status_code == 404
        assert client.get(f"/enterprises/{crew.plant.pk}/export/").status_code in (200, 302, 404)
    assert not Notice.objects.filter(person__in=[safe.county.boss, safe.county.worker]).exists()
    assert visit.number in page(crew.second, "/inspections/")
    assert act(crew.first, visit, "begin").status_code == 302  # unannounced also before its day
    assert visit.number in page(safe.county.worker, "/inspections/")
    assert visit.number in page(safe.county.worker, "/search/suggest/", q=visit.number)
    assert visit.number in page(safe.county.worker, f"/enterprises/{crew.plant.pk}/")
    assert Notice.objects.filter(person=safe.county.worker).count() == 1


def test_a_cancelled_unannounced_visit_stays_unknown(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew, announced="0")
    act(crew.first, visit, "cancel", reason="线索不实")
    assert page(safe.county.boss, f"/inspections/{visit.pk}/") == ""
    assert not Notice.objects.filter(person=safe.county.boss).exists()


def test_a_visit_of_next_year_that_begins_this_year_counts_in_this_year(safe: Safe) -> None:
    crew = team(safe)
    plan(crew)
    plan(crew)
    next_year = plan(crew, announced="0", planned_on="2027-01-04")
    answer = act(crew.first, next_year, "begin")
    assert answer.status_code != 302 or next_year.begun_at is None
    assert (
        "上限 2 次" in page(crew.first, answer.url) if answer.status_code == 302 else answer.content.decode()
    )


def test_no_code_of_nobody_makes_a_visit_scanned(safe: Safe) -> None:
    crew = team(safe)
    site = Site.objects.create(
        category="road", code="LD-1", name="急弯", territory=TOWN, sector="chemical", unit=crew.bureau
    )
    visit = plan(crew, where=f"site={site.pk}")
    act(crew.first, visit, "begin", code="no-such-sign")
    assert visit.begun_at is None


def test_a_visit_begins_on_its_day_with_two_certified_inspectors(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    crew = team(safe)
    Inspector.objects.filter(person=crew.second).update(valid_until="2026-11-30")
    visit = plan(crew, planned_on=days(10))  # the second certificate has ended by then
    assert visit.attendances.get(person=crew.second).certificate == ""
    ended = "执法证已于 2026-11-30 过期"
    assert ended in page(crew.first, f"/inspections/{visit.pk}/")
    assert "检查当日执法证已过期：verifier HN-002（2026-11-30 到期）" in page(
        crew.first, f"/inspections/{visit.pk}/"
    )
    assert "已告知企业" in act(crew.first, visit, "begin").content.decode()
    time_machine.move_to(NOW + timedelta(days=10))
    assert "至少 2 名持证人员" in act(crew.first, visit, "begin").content.decode()
    assert f"verifier 测试县应急管理局 （{ended}）" in page(
        crew.first, "/inspections/new/", enterprise=crew.plant.pk
    )
    assert "执法证已于2026年11月30日到期" in words_of(visit, NOW, "")["inspectors"]
    Inspector.objects.filter(person=crew.second).update(valid_until="2028-11-30")
    going = {"planned_on": days(10), "inspectors": [crew.first.pk, crew.second.pk]}
    assert act(crew.first, visit, "change", **going).status_code == 302
    assert act(safe.county.regulator, visit, "begin").status_code == 404  # another sector does not see it
    assert act(crew.first, visit, "begin").status_code == 302


def test_the_sign_at_the_gate_leads_inspectors_to_begin_and_nobody_else(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew)
    code = issue_sign(crew.plant, actor=safe.county.boss, now=NOW).code
    door = f"/inspections/scan/{code}/"
    assert door in page(crew.first, f"/s/{code}")
    assert door not in page(safe.county.worker, f"/s/{code}")
    assert page(safe.county.worker, door) == ""
    assert visit.number in page(crew.first, door)
    other = issue_sign(safe.county.other_enterprise, actor=safe.county.stranger, now=NOW).code
    assert act(crew.first, visit, "begin", code=other).status_code == 422
    assert act(crew.first, visit, "begin", code=code).status_code == 302
    assert visit.scanned


def test_nobody_plans_out_of_sight_or_in_another_bodys_name(safe: Safe) -> None:
    crew = team(safe)
    town = Unit.objects.get(name="甲镇人民政府")
    assert "body" in refused(crew, body=town.pk)
    away = signed_in(crew.first).get(f"/inspections/new/?enterprise={safe.county.other_enterprise.pk}")
    assert away.status_code == 404
    assert signed_in(safe.county.boss).get("/inspections/new/").status_code == 403
    assert "不能早于今天" in refused(crew, planned_on=days(-1))


def test_nobody_is_sent_to_an_enterprise_that_is_closed(safe: Safe) -> None:
    crew = team(safe)
    Enterprise.objects.filter(pk=crew.plant.pk).update(status="closed")
    shown = page(crew.first, "/inspections/new/", enterprise=crew.plant.pk)
    assert "已关闭，不再安排检查" in shown and 'name="planned_on"' not in shown
    assert "已关闭，不再安排检查" in refused(crew) and not Visit._base_manager.exists()
    Enterprise.objects.filter(pk=crew.plant.pk).update(status="stopped")
    plan(crew)


def test_my_visits_of_today_wait_on_the_desk(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew)
    later = plan(crew, planned_on=days(5))
    desk = page(crew.first, "/work/")
    assert visit.number in desk and later.number not in desk


def test_the_database_keeps_the_order_of_a_visit(safe: Safe) -> None:
    visit = plan(team(safe))
    for wrong in (
        {"ended_at": NOW},
        {"begun_at": NOW, "ended_at": NOW - timedelta(hours=1)},
        {"cancelled_at": NOW},
        {"rating": 3},
        {"scanned": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**wrong)
