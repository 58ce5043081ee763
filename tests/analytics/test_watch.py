"""The week's list at the doors: its order, its reasons and their rows, and what follows from it."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from anwei.analytics import shown as shown_rows
from anwei.analytics import weekly
from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.scoring import rules_in_force
from anwei.analytics.tables import Table, table_at
from anwei.analytics.views import watch as watch_page
from anwei.analytics.weekly import list_of_the_week
from anwei.hazards.models import Campaign, Hazard, Visit
from anwei.ledgers.models import Change
from anwei.ledgers.services import change_setting
from anwei.monitoring.models import Warning
from anwei.org.models import Holding, Person, Post, Unit
from anwei.standards.watch import WATCH
from tests.analytics.told import Life
from tests.hazards.conftest import Safe
from tests.hazards.doors import act, signed_in
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, county_clerk, make_enterprise

DAY = timedelta(days=1)


@pytest.fixture
def life(safe: Safe) -> Life:
    told = Life(safe)
    told.until()
    return told


def page(person: Person, address: str) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_the_list_is_made_once_a_week_and_stays(life: Life) -> None:
    plant, mine = life.county.enterprise, life.county.other_enterprise
    assert "还没有名单" in page(life.safe.inspector, "/watch/")
    assert signed_in(life.safe.inspector).post("/watch/").status_code == 302
    run = WatchRun.objects.get()
    first = run.scores.first()
    assert first is not None
    assert (first.place, first.enterprise) == (1, plant)
    kept = {name: (value, points) for name, value, points, _share in first.reasons}
    assert kept["hazards_overdue"] == (2.0, 10)  # two of five points each
    assert kept["hazards_major_open"] == (1.0, 12)
    assert first.points == sum(points for _value, points in points_of(plant.pk))
    assert {score.enterprise for score in run.scores.all()} >= {plant, mine}
    before = list(run.scores.values_list("enterprise", "points", "reasons"))
    life.later()
    signed_in(life.safe.inspector).post("/watch/")
    assert list(WatchRun.objects.get().scores.values_list("enterprise", "points", "reasons")) == before
    assert list_of_the_week(NOW + 7 * DAY).scores.get(enterprise=plant).points != first.points
    for change in (
        lambda: run.scores.update(points=0),
        lambda: WatchRun.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_two_at_once_make_one_list(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one computes the list another one finishes it: the first gets what is there."""

    def overtaken(at: datetime) -> Table:
        monkeypatch.setattr(weekly, "table_at", table_at)
        list_of_the_week(NOW + timedelta(minutes=1))
        return table_at(at)

    monkeypatch.setattr(weekly, "table_at", overtaken)
    run = list_of_the_week(NOW)
    assert run == WatchRun.objects.get() and run.as_of == NOW + timedelta(minutes=1)
    assert run.scores.exists()


def points_of(enterprise: int) -> list[tuple[float, int]]:
    from anwei.analytics.scoring import baseline
    from anwei.analytics.tables import table_at

    table = table_at(NOW)
    reasons = baseline(table, rules_in_force())[table.keys.index(enterprise)]
    return [(float(one.value), one.points) for one in reasons]


def test_each_reason_opens_its_rows(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    list_of_the_week(NOW)
    shown = page(life.safe.inspector, "/watch/")
    address = f"/watch/enterprises/{life.county.enterprise.pk}/"
    assert "隐患超期未整改 2 件" in shown
    assert f'{address}#hazards_overdue"' in shown
    assert "样本不足" in shown  # no model without events, and the page says so
    own = page(life.safe.inspector, address)
    section = own.partition('id="hazards_overdue"')[2].partition("</section>")[0]
    links = re.findall(r'href="(/cases/\d+/)"', section)
    assert len(links) == 2
    assert all(signed_in(life.safe.inspector).get(link).status_code == 200 for link in links)
    for module in (shown_rows, watch_page):
        monkeypatch.setattr(module, "MOST_GROUNDS", 1)
    cut = page(life.safe.inspector, address).partition('id="hazards_overdue"')[2].partition("</section>")[0]
    assert "只列前 1 条" in cut and len(re.findall(r'href="(/cases/\d+/)"', cut)) == 1
    assert "只列前" not in section


def test_it_is_seen_by_scope_and_by_officials_alone(life: Life) -> None:
    list_of_the_week(NOW)
    county, plant = life.county, life.county.enterprise
    of_coal = page(county.regulator, "/watch/?whole=1")
    assert plant.unit.name not in of_coal
    assert county.other_enterprise.unit.name in of_coal
    assert signed_in(county.regulator).get(f"/watch/enterprises/{plant.pk}/").status_code == 404
    for address, what in (
        ("/watch/", "本周重点关注"),
        (f"/watch/enterprises/{plant.pk}/", "本周重点关注"),
        ("/watch/backtest/", "重点关注的回测"),
        ("/analysis/month/", "本月研判"),
        ("/lessons/", "举一反三"),
    ):
        refused = signed_in(county.worker).get(address)
        assert refused.status_code == 403
        assert f"{what}由党委政府、部门、乡镇查看" in refused.content.decode()
    assert "本周重点关注" not in page(county.worker, f"/enterprises/{plant.pk}/")


def test_who_works_in_a_plant_and_looks_after_a_village_reads_nothing_of_the_plant(life: Life) -> None:
    list_of_the_week(NOW)
    plant, worker = life.county.enterprise, life.county.worker
    grid = Unit.objects.create(kind="grid", name="乙镇一网格", territory=f"{OTHER_TOWN}001")
    post = Post.objects.create(unit=grid, kind="officer", title="网格员")
    Holding.objects.create(post=post, person=worker, from_on=NOW.date())
    assert signed_in(worker).get(f"/watch/enterprises/{plant.pk}/").status_code == 404
    assert f"/watch/enterprises/{plant.pk}/" not in page(worker, "/watch/?whole=1")
    assert "本周重点关注" not in page(worker, f"/enterprises/{plant.pk}/")
    major = Hazard.objects.filter(grade="major", enterprise=plant).first()
    assert major is not None
    assert signed_in(worker).get(f"/lessons/hazards/{major.pk}/").status_code == 404
    assert f"/lessons/hazards/{major.pk}/" not in page(worker, f"/cases/{major.pk}/")
    Holding.objects.filter(post=post).delete()
    near = Unit.objects.create(kind="grid", name="本村网格", territory=plant.unit.territory)
    Holding.objects.create(
        post=Post.objects.create(unit=near, kind="officer", title="网格员"), person=worker, from_on=NOW.date()
    )
    assert signed_in(worker).get(f"/watch/enterprises/{plant.pk}/").status_code == 200  # by that post alone
    file = page(life.safe.inspector, f"/enterprises/{plant.pk}/")
    assert "本周重点关注" in file
    assert "隐患超期未整改 2 件" in file


def test_the_county_changes_points(life: Life) -> None:
    points = {"points": {"hazards_overdue": 0, "posts_vacant": 30}}
    change_setting(WATCH, points, default={}, actor=life.safe.inspector, now=NOW, reason="县安委办文件")
    run = list_of_the_week(NOW)
    first = run.scores.get(enterprise=life.county.enterprise)
    assert "hazards_overdue" not in {name for name, *_rest in first.reasons}
    mine = run.scores.get(enterprise=life.county.other_enterprise)
    assert mine.reasons[0][:3] == ["posts_vacant", 1.0, 16]  # 30 a post, 16 at most


def test_one_click_makes_the_plan_and_keeps_the_cap(life: Life) -> None:
    list_of_the_week(NOW)
    county = life.county
    client = signed_in(life.safe.inspector)
    asked = f"/watch/plan/?enterprise={county.enterprise.pk}"
    shown = client.get(asked).content.decode()
    assert "隐患超期未整改 2 件" in shown
    sent = plan_of(life, client, asked)
    answer = client.post("/watch/plan/", sent)
    assert answer.status_code == 302, answer.content.decode()
    campaign = Campaign.objects.get()
    assert answer.url == f"/inspections/campaigns/{campaign.pk}/"
    visit = Visit.objects.get(campaign=campaign)
    assert (visit.enterprise, visit.body) == (county.enterprise, life.safe.supervising.unit)
    make_enterprise("没选的厂", TOWN, county.enterprise.sector, "91000000000000041X")
    covered = client.get(answer.url).content.decode()
    assert "共 1 家（处）" in covered and "没选的厂" not in covered and "九小场所" not in covered
    assert "检查" in page(life.safe.inspector, "/watch/").partition("</table>")[0]
    again = client.post("/watch/plan/", sent)  # a double click: the plan that is there
    assert (again.status_code, again.url) == (302, answer.url)
    assert (Campaign.objects.count(), Visit.objects.filter(campaign__isnull=False).count()) == (1, 1)
    # two counted visits are the year's cap: the third is refused with a sentence, and no plan is left behind
    assert client.post("/watch/plan/", plan_of(life, client, asked) | {"name": "第二次"}).status_code == 302
    refused = client.post("/watch/plan/", plan_of(life, client, asked) | {"name": "第三次"})
    assert refused.status_code == 422
    assert "上限" in refused.content.decode()
    assert Campaign.objects.count() == 2


def plan_of(life: Life, client: Client, asked: str) -> dict[str, object]:
    shown = client.get(asked).content.decode()
    name = re.search(r'name="name" value="([^"]+)"', shown)
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert name is not None and key is not None
    return {
        "name": name[1],
        "key": key[1],
        "enterprise": [life.county.enterprise.pk],
        "body": life.safe.supervising.unit_id,
        "planned_on": (NOW + DAY).date().isoformat(),
        "per_day": "2",
        "announced": "1",
    }


def test_one_click_drafts_a_warning_with_colour_and_reasons(life: Life) -> None:
    list_of_the_week(NOW)
    plant = life.county.enterprise
    client = signed_in(life.safe.inspector)
    form = client.get(f"/watch/warn/?enterprise={plant.pk}").content.decode()
    score = RiskScore.objects.get(enterprise=plant)
    assert score.level
    assert re.search(rf'value="{score.level}" selected', form)
    assert "重大隐患未销号 1 件" in form
    sent = {
        "enterprise": plant.pk,
        f"{plant.pk}-level": score.level,
        f"{plant.pk}-basis": "重大隐患未销号 1 件",
        f"{plant.pk}-requirement": "自查",
    }
    answer = client.post("/watch/warn/", sent)
    warning = Warning.objects.get(rule=None)
    assert answer.url == f"/cases/{warning.pk}/"
    assert (warning.phase, warning.level, warning.enterprise) == ("registered", score.level, plant)
    again = client.post("/watch/warn/", sent)
    assert again.status_code == 422
    assert "已有未解除的预警" in again.content.decode()
    listed = page(life.safe.inspector, "/watch/")
    assert f'href="/cases/{warning.pk}/">预警待发布</a>' in listed and "已发预警" not in listed
    assert act(life.safe.verifier, warning, "issue", requirement="自查").status_code == 302
    assert f'href="/cases/{warning.pk}/">已发预警</a>' in page(life.safe.inspector, "/watch/")


def test_nobody_plans_or_warns_outside_their_scope(life: Life) -> None:
    list_of_the_week(NOW)
    plant, county = life.county.enterprise, life.county
    for address in ("/watch/plan/", "/watch/warn/"):
        assert signed_in(county.worker).get(f"{address}?enterprise={plant.pk}").status_code == 403
        assert signed_in(county.regulator).get(f"{address}?enterprise={plant.pk}").status_code == 404


def test_the_office_reads_and_changes_every_number_of_the_rules_with_a_reason(safe: Safe) -> None:
    office = signed_in(county_clerk())
    page = office.get("/watch/rules/").content.decode()
    rules, doors = rules_in_force(), set(re.findall(r'href="([a-z]+\.[a-z_0-9]+)/"', page))
    assert {f"points.{one.feature}" for one in rules.points} <= doors
    assert {f"levels.{one.key}" for one in rules.levels} | {
        f"figures.{key}" for key in rules.figures
    } <= doors
    assert "不足时只用积分，并写明样本不足。" in page and "第四十一条" in page
    numbers = {one.name: getattr(rules.levels[0], one.name) for one in fields(rules.levels[0])}
    form = office.get("/watch/rules/levels.red/").content.decode()
    told = {name: value for name, value in numbers.items() if isinstance(value, int | float)}
    assert set(re.findall(r'<input class="form-control" id="field-(\w+)"', form)) == set(told)
    for name, entered, value in (
        ("figures.weeks", {"value": "6"}, lambda now: now.figures["weeks"] == 6),
        ("points.hazards_overdue", {"points": "7"}, lambda now: now.points[2].points == 7),
        ("levels.red", told | {"points": 70}, lambda now: now.levels[0].points == 70),
        ("harms.red_warning", {"counts": "0"}, lambda now: "red_warning" not in now.harms),
    ):
        assert office.post(f"/watch/rules/{name}/", entered).status_code == 422  # without a reason
        answer = office.post(f"/watch/rules/{name}/", {**entered, "reason": f"会议纪要 {name}"})
        assert answer.headers["Location"] == "/watch/rules/" and value(rules_in_force()), name
        assert Change.objects.filter(
            register="ledgers.setting", row=WATCH, reason=f"会议纪要 {name}"
        ).exists()
    page = office.get("/watch/rules/").content.decode()
    assert "会议纪要 levels.red" in page and "6 周" in page and "县级设置" in page
    for name, entered in (
        ("figures.weeks", {"value": "1"}),
        ("figures.weeks", {"value": "x"}),
        ("points.hazards_overdue", {"points": "999"}),
        ("levels.red", told | {"points": 20}),  # easier to reach than orange
        ("levels.red", told | {"points": 6.5}),
    ):
        assert office.post(f"/watch/rules/{name}/", {**entered, "reason": "改"}).status_code == 422, name
    assert office.post("/watch/rules/levels.red/", {"reset": "1", "reason": "恢复"}).status_code == 302
    assert rules_in_force().levels == rules.levels
    assert office.get("/watch/rules/levels.pink/").status_code == 404
    reader = signed_in(safe.inspector)
    assert "修改</a>" not in reader.get("/watch/rules/").content.decode()
    assert reader.post("/watch/rules/figures.weeks/", {"value": "6", "reason": "改"}).status_code == 403
    assert signed_in(safe.county.boss).get("/watch/rules/").status_code == 403
    assert "规则和理由" in reader.get("/watch/backtest/").content.decode()
