"""Hot spots, months and clauses: what was planted is found and opens its rows, what was not is not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from docx import Document

from anwei.analytics.models import HotSpot, HotSpotSearch
from anwei.analytics.patterns.hotspots import hot_spots_of_the_week
from anwei.analytics.patterns.seasons import clauses_by, season_of
from anwei.analytics.schedule import hot_spots_are_due
from anwei.analytics.weekly import monday
from anwei.cases.indicators import indicator
from anwei.cases.periods import Span
from anwei.hazards.indicators import TOWNSHIP
from anwei.hazards.models import Hazard
from anwei.methods.counts import Verdict
from anwei.org.models import Territory
from anwei.sites.models import Enterprise
from tests.hazards.conftest import Safe
from tests.hazards.doors import file, signed_in
from tests.hazards.inspecting import page
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, make_enterprise

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
    assert hot_spots_are_due(NOW)
    hot_spots_of_the_week(NOW)
    assert not hot_spots_are_due(NOW) and HotSpotSearch.objects.count() == 3
    assert not HotSpot.objects.exclude(level="chance").exists()
    before = HotSpotSearch.objects.get(kind="hazards")
    assert before.n_events == sum(map(sum, before.counts))
    later = NOW + timedelta(weeks=1)
    planted = [(made[OTHER_TOWN], NOW + timedelta(hours=n)) for n in range(25)]
    for n, (plant, at) in enumerate(planted):
        planted[n] = (plant, monday_at(at))
    spread_again(model, planted)
    hot_spots_of_the_week(later)
    before.refresh_from_db()
    assert before.n_events < HotSpotSearch.objects.get(kind="hazards", week=monday(later)).n_events
    spot = HotSpot.objects.get(search__week=monday(later), level="sure", search__kind="hazards")
    assert spot.territory == OTHER_TOWN and spot.observed > 2 * spot.expected
    shown = page(safe.inspector, "/analysis/hotspots/", week=str(monday(later)))
    assert "不到 1%" in shown and f">{spot.observed}</a>" in shown and "样本不足" in shown  # the other kinds
    (name, n, address) = next(iter(doors_of(shown, "乙镇")))
    assert (name, int(n)) == ("乙镇", spot.areas[0][2])
    listed = page(safe.inspector, address.replace("&amp;", "&"))
    assert re.search(rf"(?<!\d){n} 件", listed) or f"{n}" in listed
    assert spot.words in page(safe.inspector, f"/analysis/hotspots/{spot.pk}/")
    layer = signed_in(safe.inspector).get("/map/layers/hotspots.geojson")
    assert layer.status_code == 200 and str(spot.observed) in layer.content.decode()
    assert "/analysis/hotspots/" not in page(safe.county.worker, "/work/")
    assert signed_in(safe.county.worker).get("/analysis/hotspots/").status_code == 403


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
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    begin = NOW.replace(year=2024, month=11, day=1)
    days = [begin + timedelta(days=n) for n in range(0, 745, 5)]
    spread(model, [(made[TOWN], at) for at in days if at < NOW])
    even_one = season_of(indicator("hazards_found"), safe.inspector, NOW)
    assert not even_one.too_few and all(one.verdict == Verdict.SAME for one in even_one.months)
    extra = [at for at in days if at.month == 7 and at < NOW]
    spread_again(model, [(made[TOWN], at + timedelta(hours=n)) for at in extra for n in range(1, 6)])
    found = season_of(indicator("hazards_found"), safe.inspector, NOW)
    july = found.months[6]
    assert july.verdict == Verdict.MORE and july.low > 1 and july.low < july.ratio < july.high
    shown = page(safe.inspector, "/analysis/seasons/")
    assert "比其他月份多" in shown and "变化不显著" in shown


def test_few_rows_say_that_they_are_few(safe: Safe) -> None:
    file(safe.inspector, safe.county.enterprise.pk)
    assert season_of(indicator("hazards_found"), safe.inspector, NOW).too_few
    assert "样本不足" in page(safe.inspector, "/analysis/seasons/")
    assert "样本不足" in page(safe.inspector, "/analysis/clauses/")
    hot_spots_of_the_week(NOW)
    assert page(safe.inspector, "/analysis/hotspots/").count("样本不足") == 3
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
    assert "▲ 21" in page(safe.inspector, "/analysis/clauses/")


def test_the_month_is_told_in_sentences_with_rows_and_method_and_in_word(safe: Safe) -> None:
    made = towns(safe)
    model = file(safe.inspector, made[TOWN].pk)
    spread(model, even(made))
    hot_spots_of_the_week(NOW)
    shown = page(safe.inspector, "/analysis/month/", month="2026-10")
    n = Hazard.objects.filter(found_at__year=2026, found_at__month=10).count()
    assert f"2026-10 发现隐患 {n} 件" in shown and "变化不显著" in shown
    assert 5 <= shown.count('class="statement"') <= 12
    assert shown.count("方法：") >= 5 and shown.count("看记录") == shown.count('class="statement"')
    running = page(safe.inspector, "/analysis/month/", month="2026-11")
    assert "截至 2026-11-24" in running
    answer = signed_in(safe.inspector).get("/analysis/month/?month=2026-10&export=docx")
    text = "\n".join(one.text for one in Document(BytesIO(answer.content)).paragraphs)
    assert f"2026-10 发现隐患 {n} 件" in text and "方法：" in text


@pytest.mark.parametrize("asked", ["x", "2026", "2026-13", "2099-01"])
def test_a_month_that_is_none_or_to_come_is_not_told(safe: Safe, asked: str) -> None:
    assert "研判" in page(safe.inspector, "/analysis/month/", month=asked)
