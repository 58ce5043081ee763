"""Looking back: lists of the months gone by made with what was known then, and what they were worth."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from random import Random

import numpy as np
import pytest
from django.db.models import Q
from scipy.stats import binomtest

from anwei.analytics.backtesting import look_back, start_backtest
from anwei.analytics.learning import Training, learn, training
from anwei.analytics.models import Backtest, MonthTable, WatchRun
from anwei.analytics.schedule import backtest_is_due, list_is_due
from anwei.analytics.scoring import rules_in_force
from anwei.analytics.shown import why_coloured
from anwei.analytics.tables import Table, month_table, months_before
from anwei.analytics.weekly import list_of_the_week
from anwei.cases.services import advance
from anwei.emergency.models import Accident
from anwei.ledgers.services import change_setting
from anwei.monitoring.services.issued import draft_warning
from anwei.org.models import Post, Unit
from anwei.org.services import appoint
from anwei.sites.models import Enterprise
from anwei.standards.accidents import accident_grades, accident_types
from anwei.standards.watch import WATCH
from tests.analytics.told import Life, evidence
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.kernel.county import NOW, OTHER_TOWN, TOWN

DAY = timedelta(days=1)
N, N_BAD = 100, 8
FIRST = date(2026, 2, 1)


def planted(safe: Safe) -> list[int]:
    """A county of 100 plants, of which 8 have an accident nearly every month, the others hardly ever."""
    units = [
        Unit(kind="enterprise", name=f"厂{n}", territory=TOWN if n % 2 else OTHER_TOWN) for n in range(N)
    ]
    Unit.objects.bulk_create(units)
    plants = Enterprise.objects.bulk_create(
        Enterprise(unit=unit, sector="light", credit_code=f"9200000000000{n:04d}P", workers=20 + n)
        for n, unit in enumerate(units)
    )
    random = Random(6)
    bad = [plant.pk for plant in plants[:N_BAD]]
    rows = []
    month = FIRST
    while month < NOW.date():
        for plant in plants:
            if random.random() < (0.8 if plant.pk in bad else 0.01):
                day = month + timedelta(days=random.randrange(28))
                rows.append(accident(plant, day, len(rows)))
        month = (month + timedelta(days=32)).replace(day=1)
    Accident.objects.bulk_create([row for row in rows if row.happened_on < NOW.date()])
    Life(safe).visited("JC9", datetime(2026, 2, 1, 1, tzinfo=NOW.tzinfo))
    began = datetime(2026, 1, 31, tzinfo=NOW.tzinfo)  # since when the county keeps posts
    post = Post.objects.create(unit=units[-1], kind="safety", title="安全员")
    appoint(safe.county.stranger, post, actor=None, now=began, from_on=began.date())
    return bad


def accident(plant: Enterprise, day: date, n: int) -> Accident:
    return Accident(
        number=f"SG{n}",
        happened_on=day,
        enterprise=plant,
        place="车间",
        territory=TOWN,
        sector=plant.sector,
        type=next(iter(accident_types(day))),
        grade=next(iter(accident_grades())),
    )


@pytest.fixture
def bad(safe: Safe) -> list[int]:
    told = {"figures": {"fewest": 20}}
    change_setting(WATCH, told, default={}, actor=safe.inspector, now=NOW, reason="试验")
    return planted(safe)


def test_months_are_scored_with_what_was_known_then(safe: Safe, bad: list[int]) -> None:
    result = look_back(NOW)
    months = {month["month"]: month for month in result["months"]}
    assert months["2026-02-01"]["model"] is None  # nothing to learn from yet: the points stand alone
    assert "2026-10-01" not in months  # its eight weeks are not over
    late = months["2026-09-01"]
    assert late["model"] is not None
    harmed = set(
        Accident.objects.filter(in_weeks_after(date(2026, 9, 1))).values_list("enterprise", flat=True)
    )
    assert late["n_harmed"] == len(harmed)
    assert late["model"]["hits"] == len(harmed & set(bad))  # the ten of the list are the eight and two others
    assert late["model"]["hits"] >= 7
    assert {one[0] for one in late["missed"]} == harmed - set(bad)
    total = result["total"]["model"]
    told = binomtest(total["hits"], total["of"]).proportion_ci(0.95, "exact")
    assert (total["low"], total["high"]) == pytest.approx((told.low, told.high), abs=1e-4)
    assert sum(one["n"] for one in result["colours"]) == sum(month["n"] for month in result["months"])
    assert sum(one["n"] for one in result["calibration"]) == sum(
        month["n"] for month in result["months"] if month["model"]
    )
    # weeks of neighbouring months overlap, yet an accident is one event
    over = Q(happened_on__gte=FIRST, happened_on__lt=date(2026, 9, 1) + timedelta(weeks=8))
    assert result["n_events"] == Accident.objects.filter(over).count()
    # beside the model stand the points of the same months
    beside, points = result["total"]["beside"], result["total"]["points"]
    assert beside["n_months"] == total["n_months"] < points["n_months"]
    assert beside["hits"] == sum(one["points"]["hits"] for one in result["months"] if one["model"])
    kinds = {one["key"]: (one["hits"], one["of"]) for one in result["kinds"]}
    used = [one["model"] or one["points"] for one in result["months"]]
    assert kinds.pop("accident") == (sum(one["hits"] for one in used), points["of"])
    assert set(kinds.values()) == {(0, 0)}


def in_weeks_after(day: date) -> Q:
    return Q(happened_on__gte=day, happened_on__lt=day + timedelta(weeks=8))


def test_a_model_never_learns_from_what_it_is_tested_on(safe: Safe, bad: list[int]) -> None:
    """What it says of a month is the same whether the months after it ever came."""
    rules, month = rules_in_force(), date(2026, 8, 1)

    def says() -> list[float]:
        MonthTable.objects.all().delete()
        tables = [month_table(one, NOW) for one in months_before(NOW, 36) if one <= month]
        learned = learn(training(tables[:-1], rules, tables[-1].at), rules)
        assert learned is not None
        told = learned.probabilities(tables[-1])
        shares = [sum(each.values()) for each in learned.shares(tables[-1], range(len(told)))]
        odds = [np.log(p / (1 - p)) for p in told]  # what is said of each fact adds up to what is said of all
        assert np.ptp(odds) > 1 and np.allclose(np.subtract(odds, shares), odds[0] - shares[0], atol=0.01)
        return told

    with_all = says()
    Accident.objects.filter(happened_on__gte=month).delete()
    assert says() == with_all


def test_the_week_has_probabilities_and_names_what_raises_them(safe: Safe, bad: list[int]) -> None:
    run = list_of_the_week(NOW)
    assert run.learned
    top = [score.enterprise_id for score in run.scores.order_by("place")[:N_BAD]]
    assert set(top) == set(bad)
    first = run.scores.get(place=1)
    assert first.probability > 0.5
    assert "accidents_365" in {name for name, _value, _points, share in first.reasons if share > 0}
    page = signed_in(safe.county.officer).get("/watch/?whole=1&sector=light").content.decode()
    assert "近一年发生生产安全事故" in page
    assert run.rules["method"] == "points"  # nothing is surely better than 20 points an accident
    assert "还没有哪个模型确实胜过积分" in page
    assert set(
        run.scores.exclude(enterprise__in=bad).exclude(points__gte=20).values_list("level", flat=True)
    ) == {""}
    own = signed_in(safe.county.officer).get(f"/watch/enterprises/{first.enterprise_id}/").content.decode()
    assert f"积分 {first.points} 分，达到红色的 60 分。" in own
    assert "（县里可改）" in own.partition('id="colour"')[2].partition("</section>")[0]
    orange = next(level for level in run.rules["levels"] if level["key"] == "orange")
    assert orange["holds"]  # whom the model had called fivefold in the months it did not know were harmed
    words = f"这样的 {orange['n']} 家次中有 {orange['n_harmed']} 家次出事"
    first.level = "orange"  # what is kept is not written over
    assert any(words in told for told in why_coloured(first, run))
    Enterprise.objects.update(status="closed")
    assert list_of_the_week(NOW + 7 * DAY).n_enterprises == 0  # nobody to say anything of


def test_months_without_anybody_unharmed_compare_no_methods(safe: Safe) -> None:
    """On later rows that all were harmed no order is better than another: the points stand."""
    rules, n = rules_in_force(), 20
    tables = [
        Table(NOW - 60 * (12 - i) * DAY, [*range(n)], {"workers": [*map(float, range(n))]}) for i in range(12)
    ]
    events = [np.arange(n) >= (10 if i < 8 else 0) for i in range(12)]
    learned = learn(Training(tables, events, 999), rules)
    assert learned is not None and learned.method == "points"


def test_too_few_events_are_said_on_the_page(safe: Safe) -> None:
    Life(safe).until()
    client = signed_in(safe.inspector)
    assert "还没有回测" in client.get("/watch/backtest/").content.decode()
    assert start_backtest(actor=None, now=NOW, at_once=True).status == Backtest.Status.DONE
    page = client.get("/watch/backtest/").content.decode()
    assert "样本不足" in page
    kinds = page.partition('id="kinds"')[2].partition("</section>")[0]
    sought = re.findall(r"<td[^>]*>([^<]*) <span[^>]*>由检查的人查出，会自己印证自己</span>", kinds)
    assert sought == ["查出重大隐患（不含企业自查）"]
    assert "生产安全事故" in kinds and "查中得多不等于预见得准" in kinds
    assert not list_of_the_week(NOW).learned


def test_one_backtest_runs_at_a_time(safe: Safe) -> None:
    client, town = signed_in(safe.inspector), signed_in(safe.county.townsman)
    assert "现在回测" in client.get("/watch/backtest/").content.decode()
    assert "现在回测" not in town.get("/watch/backtest/").content.decode()
    assert town.post("/watch/backtest/").status_code == 403 and not Backtest.objects.exists()
    client.post("/watch/backtest/")
    assert "正在后台计算" in client.get("/watch/backtest/").content.decode()
    client.post("/watch/backtest/")
    assert Backtest.objects.count() == 1


def test_what_warnings_were_worth_is_counted(safe: Safe) -> None:
    """An officer warns; whoever checks says true: the next page counts it, by its number."""
    plant, county = safe.county.enterprise, safe.county
    warning = draft_warning(
        plant, actor=safe.inspector, now=NOW, level="yellow", basis="隐患超期", requirement="整改"
    )
    client = signed_in(county.officer)
    assert counts(client) == []  # a draft warned nobody
    advance(warning, "issue", actor=safe.inspector, now=NOW, requirement="整改")
    assert counts(client) == ["1", "0", "0", "0", "1", "0"]
    advance(warning, "sign", actor=county.worker, now=NOW)
    told = {"cause": "查明", "measure": "已改", "evidence": evidence(NOW)}
    advance(warning, "dispose", actor=county.worker, now=NOW, **told)
    advance(warning, "confirm", actor=safe.verifier, now=NOW, finding="属实")
    advance(warning, "lift", actor=safe.verifier, now=NOW, verdict="true")
    assert counts(client) == ["1", "1", "0", "0", "0", "0"]
    assert warning.number in client.get("/watch/backtest/").content.decode()


def counts(client: object) -> list[str]:
    page = client.get("/watch/backtest/").content.decode()  # type: ignore[attr-defined]
    row = page.partition('id="warnings"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    return [cell.split(">")[1].split("<")[0].strip() for cell in row.split("<td")[2:]]


def test_the_background_makes_one_list_a_week_and_one_backtest_a_month(safe: Safe) -> None:
    assert list_is_due(NOW)
    assert not backtest_is_due(NOW)
    list_of_the_week(NOW)
    assert not list_is_due(NOW)
    assert list_is_due(NOW + 7 * DAY)
    assert backtest_is_due(NOW)
    start_backtest(actor=None, now=NOW, at_once=True)
    assert not backtest_is_due(NOW + DAY)
    assert backtest_is_due(NOW + 14 * DAY)
    Backtest.objects.update(status=Backtest.Status.FAILED)
    assert not backtest_is_due(NOW + timedelta(hours=2)) and backtest_is_due(NOW + 2 * DAY)
    hung = Backtest.objects.create(asked_at=NOW + 2 * DAY)  # by a process that ended
    assert not backtest_is_due(NOW + 2 * DAY) and backtest_is_due(NOW + 4 * DAY)
    start_backtest(actor=None, now=NOW + 4 * DAY, at_once=True)
    hung.refresh_from_db()
    assert hung.status == Backtest.Status.FAILED
    assert WatchRun.objects.count() == 1
