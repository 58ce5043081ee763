"""Hot spots, months and clauses: what was planted is found and opens its rows, what was not is not."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django_tasks_db.models import DBTaskResult
from docx import Document

from anwei.analytics.models import HotSpot, HotSpotSearch
from anwei.analytics.patterns.hotspots import hot_spots_are_due, hot_spots_of_the_week
from anwei.analytics.patterns.seasons import clauses_by, season_of
from anwei.analytics.weekly import monday
from anwei.cases.indicators import indicator
from anwei.cases.periods import Span
from anwei.hazards.counts import TOWNSHIP
from anwei.hazards.models import Hazard, Visit
from anwei.methods.counts import Verdict
from anwei.org.models import Territory
from anwei.oversight.services.freezing import freeze_month
from anwei.sites.models import Enterprise
from anwei.standards.hazards.criteria import criterion
from tests.emergency.test_accidents import accident
from tests.hazards.conftest import Safe
from tests.hazards.doors import file, signed_in
from tests.hazards.inspecting import page
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, county_clerk, make_enterprise

TOWNS = {
    TOWN: (113.0, 36.0),
    OTHER_TOWN: (113.4, 36.0),
    "999001103": (113.0, 36.4),
    "999001104": (113.4, 36.4),
}


def towns(safe: Safe) -> dict[str, Enterprise]:
    """Four townships, each with an enterprise that has a place on the map."""
    made = {TOWN: safe.county.enterprise, OTHER_TOWN: safe.county.other_enterprise}
    for n, code in enumerate(TOWNS):
        if code not in made:
            Territory.objects.create(code=code, name=f"{'丙丁'[n - 2]}镇")
            made[code] = make_enterprise(f"厂{n}", code, "chemical", f"9100000000000{n:04d}T")
    for code, (x, y) in TOWNS.items():
        Enterprise.objects.filter(pk=made[code].pk).update(longitude=x, latitude=y)
    return made


def spread(model: Hazard, found: list[tuple[Enterprise, datetime]]) -> None:
    """Write many hazards like one, each of a plant and a day."""
    for n, (plant, at) in enumerate(found):
        copy = Hazard._base_manager.get(pk=model.pk)
        copy.pk = copy.id = copy.case_ptr_id = None
        copy._state.adding = True
        copy.number, copy.key = f"{model.number}-{n}", f"copy-{n}"
        copy.enterprise, copy.territory, copy.found_at, copy.opened_at = plant, plant.unit.territory, at, at
        copy.save()


def visit(safe: Safe, made: list[tuple[Enterprise, datetime]]) -> None:
    """Let the bureau visit plants on days, whatever it finds there."""
    body = safe.supervising.unit
    n = Visit.objects.count()
    Visit.objects.bulk_create(
        Visit(
            number=f"JC{n + place}",
            enterprise=plant,
            territory=plant.unit.territory,
            sector="chemical",
            planned_on=at.date(),
            reason="plan",
            citation="-",
            body=body,
            planned_at=at,
            begun_at=at,
        )
        for place, (plant, at) in enumerate(made)
    )


def often(made: dict[str, Enterprise]) -> list[tuple[Enterprise, datetime]]:
    """Six visits a week everywhere, two of which find something (`even`)."""
    first = NOW - timedelta(weeks=26)
    return [
        (plant, first + timedelta(weeks=week, days=day))
        for plant in made.values()
        for week in range(25)
        for day in range(6)
    ]


def even(made: dict[str, Enterprise]) -> list[tuple[Enterprise, datetime]]:
    """Two a week everywhere."""
    first = NOW - timedelta(weeks=26)
    return [
        (plant, first + timedelta(weeks=week, days=day))
        for plant in made.values()
        for week in range(25)
        for day in (0, 2)
    ]


def test_what_is_even_is_no_hot_spot_and_what_was_planted_is(safe: Safe) -> None:
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    rows = even(made)
    spread(model, rows)
    visit(safe, often(made))
    assert hot_spots_are_due(NOW)
    hot_spots_of_the_week(NOW)
    assert not hot_spots_are_due(NOW) and HotSpotSearch.objects.count() == 6
    assert not HotSpot.objects.exclude(level="chance").exists()
    by_chance = HotSpot.objects.filter(search__kind="hazards").first()
    if by_chance is not None:
        assert "偶然也会这样集中的" in page(safe.inspector, "/analysis/hotspots/")
    layer = signed_in(safe.inspector).get("/map/layers/hotspots.geojson")
    assert layer.json()["features"] == []  # chance is drawn nowhere
    before = HotSpotSearch.objects.get(kind="hazards", scale="townships")
    assert before.n_events == sum(map(sum, before.counts))
    later = NOW + timedelta(weeks=1)
    # one visit that finds 25 is one event
    burst = [(made[TOWN], monday_at(NOW + timedelta(minutes=n))) for n in range(25)]
    more = [make_enterprise(f"邻厂{n}", OTHER_TOWN, "chemical", f"9100000000002{n:04d}T") for n in range(24)]
    planted = [(plant, monday_at(NOW + timedelta(hours=n))) for n, plant in enumerate(more)]
    spread_again(model, [*burst, *planted])
    hot_spots_of_the_week(later)
    before.refresh_from_db()
    assert (
        before.n_events
        < HotSpotSearch.objects.get(kind="hazards", scale="townships", week=monday(later)).n_events
    )
    sure = HotSpot.objects.filter(search__week=monday(later), level="sure", search__kind="hazards")
    spot = sure.get(search__scale="townships")
    assert spot.territory == OTHER_TOWN and spot.observed > 2 * spot.expected
    n_looked = sum(looks for *_place, looks in spot.areas)
    assert spot.observed <= n_looked and f"检查 {n_looked} 家次，查出隐患 {spot.observed} 家次" in spot.words
    shown = page(safe.inspector, "/analysis/hotspots/", week=str(monday(later)))
    assert "不到 1%" in shown and f">{spot.observed}</a>" in shown and "样本不足" in shown  # the other kinds
    (name, n, address) = next(iter(doors_of(shown, "乙镇")))
    assert (name, int(n)) == ("乙镇", spot.areas[0][2])
    listed = page(safe.inspector, address.replace("&amp;", "&"))
    assert re.search(rf"(?<!\d){n} 件", listed) or f"{n}" in listed
    layer = signed_in(safe.inspector).get("/map/layers/hotspots.geojson")
    assert layer.status_code == 200 and str(spot.observed) in layer.content.decode()
    assert f"乙镇、甲镇：{spot.words}" in page(safe.inspector, f"/analysis/hotspots/{spot.pk}/")
    assert "/analysis/hotspots/" not in page(safe.county.worker, "/work/")
    assert signed_in(safe.county.worker).get("/analysis/hotspots/").status_code == 403


def test_where_one_went_more_often_is_no_hot_spot(safe: Safe) -> None:
    """A campaign in one township finds more there, of more visits; what enterprises tell themselves is none."""
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    rows = even(made)
    numbers = (f"9100000000002{n:04d}T" for n in range(48))
    plants = [make_enterprise(f"邻厂{n}", OTHER_TOWN, "chemical", code) for n, code in enumerate(numbers)]
    campaign = [(plant, monday_at(NOW + timedelta(hours=n))) for n, plant in enumerate(plants)]
    spread(model, [*rows, *((plant, at - timedelta(days=1)) for plant, at in campaign[:24])])
    own = [f"copy-{n}" for n in range(len(rows), len(rows) + 24)]
    assert Hazard._base_manager.filter(key__in=own).update(origin="self_check") == 24
    spread_again(model, campaign[::3])
    visit(safe, [*often(made), *campaign])
    later = NOW + timedelta(weeks=1)
    hot_spots_of_the_week(later)
    assert not HotSpot.objects.exclude(level="chance").exists()
    spots = HotSpot.objects.filter(search__kind="hazards", search__scale="townships")
    told = {code: (n, looks) for spot in spots for code, _name, n, looks in spot.areas}
    assert all(n <= looks for n, looks in told.values()) and all(looks for _n, looks in told.values())


def test_three_plants_in_a_row_are_a_hot_spot_within_their_township(safe: Safe) -> None:
    """A township's sum hides them: the others of it had less in the same weeks."""
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    plants = [make_enterprise(f"园区{n}", TOWN, "chemical", f"9100000000001{n:04d}T") for n in range(8)]
    for n, plant in enumerate(plants):
        x = 113.2 + (n * 0.005 if n < 3 else n * 0.15)
        Enterprise.objects.filter(pk=plant.pk).update(longitude=x, latitude=36.2)
    everybody = {str(n): plant for n, plant in enumerate([*plants, *made.values()])}
    spread(model, even(everybody))
    visit(safe, often(everybody))
    begin = NOW - timedelta(days=NOW.weekday() + 14)
    spread_again(model, [(plant, begin + timedelta(days=n)) for plant in plants[:3] for n in range(1, 14)])
    office = county_clerk()
    client = signed_in(office)
    empty = client.get("/analysis/hotspots/").content.decode()
    assert "现在就算本周的" in empty and "还没有计算" in empty and "再下一次是 " in empty
    assert "现在就算本周的" not in page(safe.inspector, "/analysis/hotspots/")
    assert signed_in(safe.inspector).post("/analysis/hotspots/").status_code == 403
    assert client.post("/analysis/hotspots/").status_code == 302
    assert DBTaskResult.objects.filter(task_path__endswith="find_hot_spots").count() == 1
    assert "正在后台计算" in client.get("/analysis/hotspots/").content.decode()
    client.post("/analysis/hotspots/")
    assert DBTaskResult.objects.filter(task_path__endswith="find_hot_spots").count() == 1
    DBTaskResult.objects.all().delete()
    hot_spots_of_the_week(NOW)
    spot = HotSpot.objects.get(search__kind="hazards", search__scale="enterprises", level="sure")
    assert {key for key, _name, _n, _looks in spot.areas} == {plant.pk for plant in plants[:3]}
    assert (
        spot.observed == sum(n for _key, _name, n, _looks in spot.areas) and 400 <= (spot.radius or 0) <= 600
    )
    assert (spot.longitude, spot.latitude) == (pytest.approx(113.205), pytest.approx(36.2))
    shown = client.get("/analysis/hotspots/").content.decode()
    assert f"半径 {spot.radius} 米" in shown and "现在就算本周的" not in shown and "下次：" in shown
    key, name, n, _looks = spot.areas[0]
    [address] = re.findall(rf'<a href="([^"]*enterprise={key}[^"]*)">{name} {n}</a>', shown)
    listed = client.get(address.replace("&amp;", "&")).content.decode()
    opened = Hazard._base_manager.filter(pk__in=set(re.findall(r"/cases/(\d+)/", listed)))
    assert len({one.found_at.date() for one in opened}) == n < len(opened)
    assert str(spot.words) in client.get("/map/layers/hotspots.geojson").content.decode()
    stranger = page(safe.county.regulator, f"/analysis/hotspots/{spot.pk}/")  # of coal, sees no chemistry
    assert name not in stranger.split("<section")[1] and "管辖范围以外的 3 家" in stranger


def test_a_hot_spot_over_townships_tells_each_its_own_alone(safe: Safe) -> None:
    search = HotSpotSearch.objects.create(
        week=monday(NOW),
        kind="tip_offs",
        first_week=monday(NOW) - timedelta(weeks=2),
        areas=[[TOWN, "甲镇"], [OTHER_TOWN, "乙镇"]],
        counts=[[3, 14], [1, 40]],
        n_events=58,
        computed_at=NOW,
    )
    HotSpot.objects.create(
        search=search,
        territory=OTHER_TOWN,
        territories=[TOWN, OTHER_TOWN],
        areas=[[OTHER_TOWN, "乙镇", 41], [TOWN, "甲镇", 17]],
        villages=[[f"{OTHER_TOWN}201", "乙村", 9]],
        since=NOW.date(),
        until=NOW.date(),
        observed=58,
        expected=5.0,
        p=0.001,
        level="sure",
        words="群众举报的隐患 58 家次，按往常应有 5.0 家次",
    )
    spot = HotSpot.objects.get()
    for address in ("/analysis/hotspots/", f"/analysis/hotspots/{spot.pk}/"):
        told = page(safe.county.townsman, address).partition("<main")[2]  # of 甲镇, which has fewer
        assert "甲镇" in told and "管辖范围以外的 1 个乡镇" in told
        assert "乙镇" not in told and "乙村" not in told and f"township={OTHER_TOWN}" not in told
    assert ">40<" not in told and ">14<" in told  # nor what the others had week by week
    layer = signed_in(safe.county.townsman).get("/map/layers/hotspots.geojson").content.decode()
    assert "乙镇" not in layer
    whole = page(safe.inspector, f"/analysis/hotspots/{spot.pk}/")
    assert "乙镇、甲镇：群众举报的隐患 58 家次" in whole and "乙村 9" in whole and ">54<" in whole


def monday_at(at: datetime) -> datetime:
    """Return the moment within the week that ends before `later`'s Monday."""
    return at - timedelta(hours=12)


def spread_again(model: Hazard, found: list[tuple[Enterprise, datetime]]) -> None:
    model.number = f"{model.number}X"
    for n, (plant, at) in enumerate(found):
        copy = Hazard._base_manager.get(pk=model.pk)
        copy.pk = copy.id = copy.case_ptr_id = None
        copy._state.adding = True
        copy.number, copy.key = f"X{n}", f"again-{n}"
        copy.enterprise, copy.territory, copy.found_at, copy.opened_at = plant, plant.unit.territory, at, at
        copy.save()


def doors_of(shown: str, name: str) -> list[tuple[str, str, str]]:
    return [(name, n, href) for href, n in re.findall(rf'<a href="([^"]*)">{name} (\d+)</a>', shown)]


def test_a_month_that_sticks_out_is_told_from_the_others(safe: Safe) -> None:
    begin = date(2024, 11, 1)
    days = [day for n in range(0, 745, 5) if (day := begin + timedelta(days=n)) < NOW.date()]
    happened(days)
    even_one = season_of(indicator("acc_cnt"), safe.inspector, NOW)
    assert not even_one.too_few and all(one.verdict == Verdict.SAME for one in even_one.months)
    happened([day for day in days if day.month == 7 for _n in range(5)])
    found = season_of(indicator("acc_cnt"), safe.inspector, NOW)
    july = found.months[6]
    assert july.verdict == Verdict.MORE and july.low > 1 and july.low < july.ratio < july.high
    shown = page(safe.inspector, "/analysis/seasons/", of="acc_cnt")
    assert "比其他月份多" in shown and "变化不显著" in shown
    plant = safe.county.enterprise
    spread(file(safe.inspector, plant.pk), [(plant, NOW - timedelta(days=15 * n)) for n in range(49)])
    for of in ("hazards_found", "hazards_tipped"):  # a visit finds several, a tip-off's too: no test fits
        Hazard._base_manager.update(origin="tip_off")
        shown = page(safe.inspector, "/analysis/seasons/", of=of)
        assert "成批查出，不作检验" in shown and "比其他月份多" not in shown


def happened(days: list[date]) -> None:
    model = accident(happened_on=days[0], sector="chemical")
    for n, day in enumerate(days[1:]):
        model.pk, model.happened_on, model.number = None, day, f"{model.number[:11]}-{n}"
        model.save(force_insert=True)


def test_few_rows_say_that_they_are_few(safe: Safe) -> None:
    file(safe.inspector, safe.county.enterprise.pk)
    assert season_of(indicator("hazards_found"), safe.inspector, NOW).too_few
    assert "样本不足" in page(safe.inspector, "/analysis/seasons/")
    assert "样本不足" in page(safe.inspector, "/analysis/clauses/")
    hot_spots_of_the_week(NOW)
    assert page(safe.inspector, "/analysis/hotspots/").count("样本不足") == 6
    month = page(safe.inspector, "/analysis/month/")
    assert "样本不足" in month and month.count("statement") >= 5


def test_a_clause_that_fails_in_one_place_alone_is_marked_there(safe: Safe) -> None:
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk, criterion="GM-03-02")
    other = file(safe.inspector, made[TOWN].pk, key="other", description="电工无证", criterion="GM-03-01")
    spread(model, [(made[TOWN], NOW)] * 20)
    Hazard.objects.filter(key__startswith="copy-").update(key="")
    spread(other, [(made[OTHER_TOWN], NOW)] * 20)
    table = clauses_by(TOWNSHIP, safe.inspector, NOW, Span(NOW.date(), NOW.date()))
    marked = {
        (clause, table.places[n])
        for clause, _n, cells in table.rows
        for n, one in enumerate(cells)
        if one.more
    }
    assert marked == {("GM-03-02", TOWN), ("GM-03-01", OTHER_TOWN)}
    shown = page(safe.inspector, "/analysis/clauses/")
    assert "▲ 21" in shown and f'{criterion("GM-03-02").text} <small class="muted">GM-03-02</small>' in shown
    month = page(safe.inspector, "/analysis/month/", month=f"{NOW:%Y-%m}")
    assert f"<b>2</b> {criterion('GM-03-02').text} GM-03-02</li>" in month and ">GM-03-02</text>" not in month


def test_the_month_is_told_in_sentences_with_rows_and_method_and_in_word(safe: Safe) -> None:
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    spread(model, even(made))
    hot_spots_of_the_week(NOW)
    shown = page(safe.inspector, "/analysis/month/", month="2026-10")
    n = Hazard.objects.filter(found_at__year=2026, found_at__month=10).count()
    assert f"2026年10月发现隐患 {n} 件" in shown and "成批查出，不作检验" in shown
    assert 5 <= shown.count('class="statement"') <= 12
    assert shown.count("方法：") >= 5 and shown.count("看记录") == shown.count('class="statement"')
    told = re.findall(r'class="statement">([^<]*)', shown)
    assert told and not any("现在" in one for one in told)  # of a past month, nothing of today
    assert "其中</text>" not in shown and re.search(r"<b>26-\d\d</b> \d+ / \d+", shown)
    running = page(safe.inspector, "/analysis/month/", month="2026-11")
    assert "现在超期未改" in running
    accident(happened_on=date(2026, 11, 20), deaths=3)
    accident(happened_on=date(2026, 11, 21))
    running = page(safe.inspector, "/analysis/month/", month="2026-11")
    assert "2 起（死亡 3 人，其中较大及以上 1 起）" in running
    freeze_month(actor=None, now=NOW, year=2026, month=10)
    frozen = page(safe.inspector, "/analysis/month/", month="2026-10")
    assert "2026-10-31 时超期未改" in frozen
    assert "截至 2026-11-24" in running
    assert "没有集中的条款" in running or "本月没有引用条款" in running  # one of each is no pattern
    assert ">26-09</text>" in shown  # a month says its year: a chart of thirteen has one of them twice
    answer = signed_in(safe.inspector).get("/analysis/month/?month=2026-10&export=docx")
    text = "\n".join(one.text for one in Document(BytesIO(answer.content)).paragraphs)
    assert f"2026年10月发现隐患 {n} 件" in text and "方法：" in text


@pytest.mark.parametrize("asked", ["x", "2026", "2026-13", "2099-01"])
def test_a_month_that_is_none_or_to_come_is_not_told(safe: Safe, asked: str) -> None:
    assert "研判" in page(safe.inspector, "/analysis/month/", month=asked)
