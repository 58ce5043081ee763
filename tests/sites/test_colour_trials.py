"""Sets of rules for the live colour: refused, tried on the days gone by, switched on and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from anwei.ledgers.background import take_up_again
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from anwei.sites.live.colouring import recolour_all
from anwei.sites.live.forms import rows_of
from anwei.sites.live.rules import SETTING
from anwei.sites.live.trial import N_DAYS, look_back
from anwei.sites.live.trying import try_rules
from anwei.sites.models import (
    Assessment,
    ColourTrial,
    Equipment,
    Insurance,
    LiveColour,
)
from anwei.sites.risks.assessing import diagnose_enterprise, rate_point
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.form19 import answers_in
from anwei.sites.risks.points import save_risk_points
from anwei.standards.risk.live_rules import default_rules, read_rules
from tests.kernel.county import NOW, County, county_clerk
from tests.monitoring.plant import build as build_plant
from tests.monitoring.plant import raised
from tests.sites.coloured import DAY, colour, ended
from tests.sites.proposals import sent
from tests.sites.risks import chemical, confirmed, installation, no_to_all, place

Browse = Callable[[Person], Client]
RULES = "/risks/colour-rules/"


@pytest.fixture(autouse=True)
def a_short_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look back on twelve days, where a test does not ask for all: each day asks every room."""
    monkeypatch.setattr("anwei.sites.live.trial.N_DAYS", 12)


@pytest.fixture
def all_days(a_short_past: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anwei.sites.live.trial.N_DAYS", N_DAYS)


def entered(*rows: tuple[str, str, str], **other: str) -> dict[str, Any]:
    fact, at_least, effect = zip(*rows, strict=True)
    return {"fact": fact, "at_least": at_least, "effect": effect, **other}


def test_only_who_arranges_the_county_sets_the_rules(county: County, browse: Browse) -> None:
    assert browse(county.officer).get(RULES).status_code == 200
    for person in (county.townsman, county.worker, county.regulator):
        assert browse(person).get(RULES).status_code == 403


def test_a_faulty_set_is_refused_with_every_fault(county: County, browse: Browse) -> None:
    rows = (("licences_expired", "x", "to:orange"), ("not_a_fact", "1", "by:1"))
    answer = browse(county.officer).post(RULES, entered(*rows, switch_on="1", reason="试"))
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 2
    assert not Change.objects.filter(register="ledgers.setting", row=SETTING).exists()


@pytest.mark.usefixtures("all_days")
def test_a_trial_says_which_enterprises_would_differ_and_changes_nothing(
    county: County, browse: Browse
) -> None:
    ended(county, days=10)
    client = browse(county.officer)
    tried = entered(("licences_expired", "1", "to:red"), **{"try": "1"})
    trial = client.post(RULES, tried, follow=True).context["trial"]
    assert [(str(one), told.n_days, told.before, told.after) for one, told in trial["differing"]] == [
        (str(county.enterprise), 10, "orange", "red")
    ]
    newest, oldest = trial["days"][0], trial["days"][N_DAYS - 1]
    assert newest[1][:2] == [(0, 1), (1, 0)]
    assert oldest[1][:2] == [(0, 0), (0, 0)]
    assert not Change.objects.filter(register="ledgers.setting", row=SETTING).exists()


def test_in_a_large_county_the_background_tries_and_the_page_says_how_far_it_is(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(county, days=10)
    monkeypatch.setattr("anwei.sites.live.trying.AT_ONCE", 1)
    monkeypatch.setattr("anwei.sites.live.trial.CHUNK", 1)
    client = browse(county.officer)
    page = client.post(RULES, entered(("licences_expired", "1", "to:red"), **{"try": "1"}), follow=True)
    address, shown = page.redirect_chain[0][0], page.context["shown"]
    assert shown.status == "running" and page.context["trial"] is None
    assert 'hx-trigger="every 2s"' in page.content.decode()
    seen = []

    def look_and_look(*given: Any) -> Any:
        *rest, progress = given

        def told(n_done: int, n_all: int) -> None:
            progress(n_done, n_all)
            seen.append(f"正在试算 {n_done} / {n_all} 家企业" in client.get(address).content.decode())

        return look_back(*rest, told)

    monkeypatch.setattr("anwei.sites.live.trying.look_back", look_and_look)
    try_rules.func(*DBTaskResult.objects.get().args_kwargs["args"])  # as the worker does
    assert seen == [True, True]
    again = client.get(address)
    assert "every 2s" not in again.content.decode()
    assert [one.n_days for _enterprise, one in again.context["trial"]["differing"]] == [10]
    assert ("licences_expired", "to:red") in [(row.fact, row.effect) for row in again.context["rows"]]
    assert address.partition("#")[0] in client.get(RULES).content.decode()  # kept, to come back to


def days_of_trial(client: Client, fact: str, at_least: int) -> list[int]:
    """Return on how many days each enterprise would differ if so many of a fact made red, all else as it is."""
    others = [rule for rule in rows_of(default_rules()) if rule.fact and rule.fact != fact]
    tried = entered(*map(astuple, others), (fact, str(at_least), "to:red"), **{"try": "1"})
    trial = client.post(RULES, tried, follow=True).context["trial"]
    return [told.n_days for _enterprise, told in trial["differing"]]


def test_a_trial_sees_the_papers_as_they_were_whatever_was_renewed_since(
    county: County, browse: Browse
) -> None:
    """Ten days ago all ended; five days ago, a little later in the day, all was put right in the registers."""
    day, later = (NOW - 10 * DAY).date(), "2029-01-01"
    ended(county, days=10, number="AX-2", kind="gas")
    of = {"enterprise": county.enterprise}
    policy = Insurance.objects.create(
        **of, insurer="保", number="B-1", starts_on=day - 365 * DAY, expires_on=day
    )
    boiler = Equipment.objects.create(**of, code="G-1", name="锅炉", inspection_due_on=day)
    lift = Equipment.objects.create(**of, code="G-2", name="电梯", inspection_due_on=day)
    successor = {"enterprise": "甲化工厂", "kind": "燃气经营许可证", "number": "AX-3", "expires_on": later}
    mended: list[tuple[str, Any, dict[str, str]]] = [
        ("licences", ended(county, days=10), {"expires_on": later}),
        ("licences", None, successor),
        ("insurances", policy, {"expires_on": later}),
        ("equipment", boiler, {"inspection_due_on": later}),
        ("equipment", lift, {"in_use": "否"}),
    ]
    clerk = county_clerk()
    with time_machine.travel(NOW - 5 * DAY + timedelta(hours=1)):
        for code, row, typed in mended:
            assert sent(browse(clerk), code, row, **typed).status_code == 302, code

    def n_days(fact: str, at_least: int) -> list[int]:
        return days_of_trial(browse(county.officer), fact, at_least)

    assert n_days("licences_expired", 2) == n_days("inspections_overdue", 2) == [5]
    assert n_days("insurance_expired", 1) == [5]
    recolour_all(NOW)
    facts = {fact["source"] for fact in LiveColour.objects.get(pk=county.enterprise.pk).facts}
    assert "papers" not in facts


@pytest.mark.usefixtures("all_days")
def test_a_trial_gives_each_day_the_grade_that_held_on_it(county: County, browse: Browse) -> None:
    """A point registered blue twenty days ago, red since five; a unit of the first level since today."""
    one = {"fact": "licences_expired", "at_least": 1, "to": "red"}
    rules = read_rules({"version": "1", "rules": [one]})  # nothing else shall raise a colour here
    site, before, officer = place(county.enterprise), NOW - 20 * DAY, county.officer
    values = {"name": "氨储罐", "code": "FX-1", "site": site.pk, "review_months": 12, "grade": "blue"}
    row = save_risk_points([Edit(None, values)], actor=None, now=before)[0]
    graver = rate_point(row, "lec", {"L": "6", "E": "6", "C": "15"}, actor=county.worker, now=NOW - 5 * DAY)
    confirm(graver, range(len(graver.result["confirm"])), actor=officer, now=NOW - 5 * DAY)
    days = look_back(rules, rules, NOW).days
    assert [day.before["red"] for day in days] == [1] * 6 + [0] * 24
    assert [day.before["blue"] for day in days] == [0] * 6 + [1] * 15 + [0] * 9
    unit = installation(county.other_enterprise)
    chemical(unit, 4000)
    confirmed(Assessment.objects.get(installation=unit), county_clerk())
    days = look_back(rules, rules, NOW).days
    assert [day.before["red"] for day in days] == [2] + [1] * 5 + [0] * 24


def test_a_trial_sees_an_overdue_review_until_it_was_done(county: County, browse: Browse) -> None:
    made = diagnose_enterprise(county.enterprise, answers_in(no_to_all()), actor=county.worker, now=NOW)
    confirmed(made, county.officer)
    past = {"assessed_at": NOW - 40 * DAY, "confirmed_at": NOW - 40 * DAY}
    Assessment.objects.update(**past, review_on=(NOW - 10 * DAY).date())
    with time_machine.travel(NOW - 5 * DAY + timedelta(hours=1)):
        answer = browse(county.worker).post(
            reverse("risk_diagnosis", args=[county.enterprise.pk]), no_to_all()
        )
        newest = Assessment.objects.get(confirmed_at=None)
        ticked = {"point": [*range(len(newest.result["confirm"]))]}
        act = f"{answer.headers['Location']}confirm/"
        assert browse(county.officer).post(act, ticked).status_code == 302
    assert days_of_trial(browse(county.officer), "assessment_overdue", 1) == [5]


TRIED = entered(("licences_expired", "1", "to:red"), **{"try": "1"})


@pytest.mark.parametrize("at_once", [300, 1])
def test_a_trial_that_breaks_off_says_so_and_lets_the_next_begin(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    client = browse(county.officer)
    monkeypatch.setattr("anwei.sites.live.trying.AT_ONCE", at_once)
    with monkeypatch.context() as broken:
        broken.setattr("anwei.sites.live.trying.look_back", lambda *given: 1 / 0)
        page = client.post(RULES, TRIED, follow=True)
        assert page.status_code == 200
        for left in DBTaskResult.objects.all():
            with pytest.raises(ZeroDivisionError):
                try_rules.func(*left.args_kwargs["args"])
    assert "没有算完" in client.get(page.redirect_chain[0][0]).content.decode()
    assert client.post(RULES, TRIED).status_code == 302


def test_one_trial_runs_at_a_time_and_the_second_is_told_so(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(county.officer)
    monkeypatch.setattr("anwei.sites.live.trying.AT_ONCE", 1)
    assert client.post(RULES, TRIED).status_code == 302
    answer = client.post(RULES, TRIED)
    assert answer.status_code == 422
    [sentence] = answer.context["problems"]
    assert sentence.startswith("officer于") and "还没有算完" in sentence
    assert ("licences_expired", "to:red") in [(row.fact, row.effect) for row in answer.context["rows"]]
    try_rules.func(*DBTaskResult.objects.get().args_kwargs["args"])
    assert client.post(RULES, TRIED).status_code == 302


def test_a_trial_that_was_given_up_runs_no_longer(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(county.officer)
    monkeypatch.setattr("anwei.sites.live.trying.AT_ONCE", 1)
    page = client.post(RULES, TRIED, follow=True).redirect_chain[0][0]
    assert "等待试算" in client.get(page).content.decode()
    starts = ["a", "b", "c"]  # each time the process ended with it
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=starts, started_at=NOW)
    assert "等待试算" in client.get(page).content.decode()
    take_up_again()
    assert "没有算完" in client.get(page).content.decode()
    assert client.post(RULES, TRIED).status_code == 302


def test_a_trial_whose_own_page_was_killed_holds_the_others_up_for_minutes_only(
    county: County, browse: Browse
) -> None:
    kept = {"asked_by": county.officer, "current": {}, "candidate": default_rules().to_json()}
    ColourTrial.objects.create(asked_at=NOW - timedelta(minutes=1), **kept)
    client = browse(county.officer)
    assert client.post(RULES, TRIED).status_code == 422
    ColourTrial.objects.update(asked_at=NOW - timedelta(minutes=6))
    assert client.post(RULES, TRIED).status_code == 302
    assert [one.status for one in ColourTrial.objects.all()] == ["done", "failed"]


def test_a_trial_of_rules_that_nobody_can_read_any_more_opens_and_says_why(
    county: County, browse: Browse
) -> None:
    candidate = {"version": "1", "rules": [{"fact": "gone", "at_least": 1, "to": "red"}]}
    old = ColourTrial.objects.create(asked_by=county.officer, asked_at=NOW, current={}, candidate=candidate)
    page = browse(county.officer).get(f"{RULES}?trial={old.pk}")
    assert page.status_code == 200 and page.context["problems"]


def test_the_same_rules_differ_nowhere(county: County) -> None:
    record_episodes([(1, raised(build_plant(county).hh))], now=NOW)
    found = look_back(default_rules(), read_rules(default_rules().to_json()), NOW)
    assert found.differing == []
    assert all(day.before == day.after for day in found.days)
    assert found.days[0].before["red"] == 1


def test_only_a_set_that_was_tried_is_switched_on_and_under_its_name(county: County, browse: Browse) -> None:
    client = browse(county.officer)
    tried, other = ("licences_expired", "1", "to:red"), ("licences_expired", "2", "to:red")
    with time_machine.travel(NOW, tick=False):
        client.post(RULES, entered(tried, **{"try": "1"}))
    with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
        client.post(RULES, entered(("licences_expired", "3", "to:red"), **{"try": "1"}))
        refused = client.post(RULES, entered(other, switch_on="1", reason="证照从严"))
        assert refused.status_code == 422 and "还没有试算过" in refused.content.decode()
        assert client.post(RULES, entered(tried, switch_on="1", reason="证照从严")).status_code == 302
    first, second = [trial.candidate["version"] for trial in ColourTrial.objects.order_by("pk")]
    assert first != second
    page = client.get(RULES).content.decode()
    assert f"现行 {first} 版" in page and second in page


def test_switched_on_with_a_reason_the_rules_colour_and_can_be_taken_back(
    county: County, browse: Browse
) -> None:
    ended(county)
    client, row = browse(county.officer), ("licences_expired", "1", "to:red")
    client.post(RULES, entered(row, **{"try": "1"}))
    assert client.post(RULES, entered(row, switch_on="1", reason=" ")).status_code == 422
    assert client.post(RULES, entered(row, switch_on="1", reason="证照从严")).status_code == 302
    recolour_all(NOW)
    assert colour(county) == "red"
    change = Change.objects.get(register="ledgers.setting", row=SETTING)
    assert (change.actor, change.reason) == (county.officer, "证照从严")
    assert client.post(RULES, entered(row, reset="1", reason="恢复")).status_code == 302
    recolour_all(NOW)
    assert colour(county) == "orange"
