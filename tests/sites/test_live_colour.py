"""The live colour at the doors: alarms and papers in, one colour with its reasons out; rules tried and set."""

from __future__ import annotations

import io
import zipfile
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
from anwei.org.models import Designation, Holding, Person
from anwei.sites.colour import colour_counts
from anwei.sites.live.colouring import recolour_all
from anwei.sites.live.facts import MOST_TOLD, facts_of, sources
from anwei.sites.live.forms import rows_of
from anwei.sites.live.rules import SETTING
from anwei.sites.live.trial import N_DAYS, look_back
from anwei.sites.live.trying import try_rules
from anwei.sites.models import (
    Assessment,
    ColourChange,
    ColourTrial,
    Enterprise,
    Equipment,
    Insurance,
    Licence,
    LiveColour,
)
from anwei.sites.risks.assessing import diagnose_enterprise, rate_point
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.form19 import answers_in
from anwei.sites.risks.points import save_risk_points
from anwei.standards.risk.live_rules import default_rules, read_rules
from tests.kernel.county import NOW, County, county_clerk
from tests.monitoring.plant import Plant, cleared, raised
from tests.monitoring.plant import build as build_plant
from tests.sites.proposals import sent
from tests.sites.risks import chemical, confirmed, installation, no_to_all, place, point

Browse = Callable[[Person], Client]
RULES = "/risks/colour-rules/"
DAY = timedelta(days=1)


@pytest.fixture
def plant(county: County) -> Plant:
    return build_plant(county)


def ended(county: County, days: int = 5, **values: Any) -> Licence:
    day = (NOW - days * DAY).date()
    given = {"kind": "safety", "number": "AX-1", "expires_on": day, **values}
    return Licence.objects.create(enterprise=county.enterprise, **given)


def colour(county: County) -> str:
    return LiveColour.objects.get(pk=county.enterprise.pk).colour


def entered(*rows: tuple[str, str, str], **other: str) -> dict[str, Any]:
    fact, at_least, effect = zip(*rows, strict=True)
    return {"fact": fact, "at_least": at_least, "effect": effect, **other}


def test_every_room_gives_its_facts() -> None:
    assert set(sources()) == {"papers", "seats", "risks", "monitoring", "cases", "hazards", "closure"}


def test_an_alarm_colours_its_enterprise_and_its_end_takes_the_colour_back(plant: Plant) -> None:
    yellow, red = raised(plant.h, value=1.1), raised(plant.hh)
    record_episodes([(1, yellow)], now=NOW)
    assert colour(plant.county) == "yellow"
    record_episodes([(2, red)], now=NOW + timedelta(seconds=1))
    row = LiveColour.objects.get(pk=plant.county.enterprise.pk)
    assert (row.colour, row.changed_at) == ("red", NOW + timedelta(seconds=1))
    record_episodes([(3, cleared(red, seconds=5)), (4, cleared(yellow, seconds=5))], now=NOW)
    assert colour(plant.county) == ""
    changes = ColourChange.objects.filter(enterprise=plant.county.enterprise).order_by("pk")
    assert [(one.before, one.after) for one in changes][-2:] == [("yellow", "red"), ("red", "")]
    assert changes[len(changes) - 2].reasons == ["alarms_red"]


def test_a_sensor_whose_clock_is_ahead_colours_at_once(plant: Plant) -> None:
    record_episodes([(1, raised(plant.hh, seconds=600))], now=NOW)
    assert colour(plant.county) == "red"


def test_an_alarm_keeps_what_the_other_rooms_said(plant: Plant) -> None:
    ended(plant.county)
    recolour_all(NOW)
    record_episodes([(1, raised(plant.h, value=1.1))], now=NOW)
    row = LiveColour.objects.get(pk=plant.county.enterprise.pk)
    assert row.colour == "orange"
    assert {"licences_expired", "alarms_yellow"} <= {fact["key"] for fact in row.facts}


def test_the_sweep_repeated_writes_nothing(county: County) -> None:
    ended(county)
    assert recolour_all(NOW) == Enterprise.objects.count()
    assert recolour_all(NOW + timedelta(minutes=1)) == 0
    assert ColourChange.objects.filter(after="orange").count() == 1


def test_the_sweep_asks_no_more_for_more_facts(county: County, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        ended(county, number=f"AX-{n}")
    with django_assert_max_num_queries(40):
        recolour_all(NOW)


def test_what_only_raises_by_steps_gives_no_colour_to_what_was_never_graded(county: County) -> None:
    Holding.objects.all().delete()
    recolour_all(NOW)
    row = LiveColour.objects.get(pk=county.enterprise.pk)
    assert "no_responsible_person" in {fact["key"] for fact in row.facts}
    assert (row.static, row.colour) == ("", "")
    point(place(county.enterprise), grade="yellow")
    recolour_all(NOW)
    row.refresh_from_db()
    assert (row.static, row.colour) == ("yellow", "orange")


def test_a_seat_is_empty_or_held_as_the_enterprise_itself_has_it(county: County) -> None:
    both = Enterprise.objects.filter(pk__in=(county.enterprise.pk, county.other_enterprise.pk))

    def without_head() -> set[int]:
        told = facts_of(both, NOW, ["seats"])["seats"]
        return {key for key, facts in told.items() if any("企业责任" in fact.sentence for fact in facts)}

    here, other = county.enterprise.pk, county.other_enterprise.pk
    assert without_head() == {other}  # somebody heads the one; the other has a safety post alone
    named = Designation.objects.create(
        unit=county.other_enterprise.unit, seat="enterprise", post=county.duty, from_on=NOW.date()
    )
    assert without_head() == set()
    Holding.objects.filter(post=county.duty).delete()
    assert without_head() == {other}  # the post it names stands empty
    Designation.objects.filter(pk=named.pk).update(unit=county.enterprise.unit)
    assert without_head() == {here, other}  # a designation comes before the head that is in office


def test_papers_are_facts_of_their_day(county: County) -> None:
    ended(county, days=5)
    day = (NOW - 5 * DAY).date()
    Insurance.objects.create(
        enterprise=county.enterprise, insurer="保", number="B-1", starts_on=day - 365 * DAY, expires_on=day
    )
    Equipment.objects.create(enterprise=county.enterprise, code="G-1", name="锅炉", inspection_due_on=day)

    def keys(days_ago: int) -> set[str]:
        told = facts_of(Enterprise.objects.all(), NOW - days_ago * DAY, ["papers"])["papers"]
        return {fact.key for fact in told.get(county.enterprise.pk, ())}

    assert keys(0) == {"licences_expired", "insurance_expired", "inspections_overdue"}
    assert keys(5) == set()  # the last day still counts
    Licence.objects.create(enterprise=county.enterprise, kind="safety", number="AX-2", expires_on=NOW + DAY)
    assert "licences_expired" not in keys(0)  # followed by a new one


def test_alarms_are_facts_of_their_time(plant: Plant) -> None:
    red = raised(plant.hh)
    record_episodes([(1, red)], now=NOW)
    record_episodes([(2, cleared(red, seconds=3600))], now=NOW + timedelta(hours=1))

    def n_red(minutes: int) -> int:
        told = facts_of(Enterprise.objects.all(), NOW + timedelta(minutes=minutes), ["monitoring"])
        return len(told["monitoring"].get(plant.county.enterprise.pk, ()))

    assert [n_red(minutes) for minutes in (-1, 30, 61)] == [0, 1, 0]


def test_a_flood_of_facts_is_counted_whole_and_told_in_part(county: County) -> None:
    for n in range(MOST_TOLD + 7):
        ended(county, number=f"AX-{n}")
    told = facts_of(Enterprise.objects.all(), NOW, ["papers"])["papers"][county.enterprise.pk]
    assert len(told) == MOST_TOLD + 1
    assert sum(fact.count for fact in told) == MOST_TOLD + 7


def test_the_page_names_every_fact_and_the_way_down(county: County, browse: Browse) -> None:
    ended(county)
    recolour_all(NOW)
    client = browse(county.officer)
    text = client.get(f"/enterprises/{county.enterprise.pk}/").content.decode()
    assert "安全生产许可证 AX-1，2" in text
    assert "办理延期或换证" in text
    listed = client.get("/enterprises/?colour=orange")
    assert listed.context["listing"].count == 1
    assert 'title="过期的许可证照 1' in listed.content.decode()
    assert colour_counts(Enterprise.objects.visible_to(county.officer))["orange"] == 1


def test_the_paper_says_the_way_down_too(county: County, browse: Browse) -> None:
    ended(county)
    recolour_all(NOW)
    answer = browse(county.officer).get(reverse("enterprise_export", args=[county.enterprise.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "怎样下降：以下各项都办到，降为" in text and "办理延期或换证" in text


def test_a_static_grade_says_what_gives_it(county: County, browse: Browse) -> None:
    address = f"/enterprises/{county.enterprise.pk}/"

    def told() -> str:
        recolour_all(NOW)
        return browse(county.officer).get(address).content.decode()

    assert "等级由来" not in told()
    for n in range(5):
        point(place(county.enterprise), f"FX-{n}", name=f"储罐{n}", grade="yellow")
    assert "5 个风险点（储罐0、储罐1、储罐2……）" in told()
    chemical(installation(county.enterprise, people=35), 500)
    confirmed(Assessment.objects.get(), county.officer)
    page = told()
    assert "氨罐区：一级重大危险源" in page.partition("<dt>颜色成因</dt>")[2].partition("</dd>")[0]
    assert "个风险点（" not in page and "没有再升高" in page
    answers = answers_in(no_to_all())
    made = diagnose_enterprise(county.enterprise, answers, actor=county.worker, now=NOW)
    confirmed(made, county.officer)
    page = told()
    assert reverse("risk_assessment", args=[made.pk]) in page.partition("等级由来")[2].partition("</dd>")[0]


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


def test_a_point_graver_than_the_diagnosis_is_named(county: County, browse: Browse) -> None:
    whole = diagnose_enterprise(county.enterprise, answers_in(no_to_all()), actor=county.worker, now=NOW)
    confirmed(whole, county.officer)
    page = f"/enterprises/{county.enterprise.pk}/"
    assert "更重" not in browse(county.officer).get(page).content.decode()
    point(place(county.enterprise), name="氯气瓶", grade="red")
    recolour_all(NOW)
    assert (
        "另有 1 个风险点（氯气瓶）更重，未计入：以评估诊断为准"
        in browse(county.officer).get(page).content.decode()
    )


def test_the_rules_say_that_a_missing_assessment_colours_nothing(county: County, browse: Browse) -> None:
    recolour_all(NOW)
    assert colour(county) == ""
    assert "只作提示，不单独定色" in browse(county.officer).get(RULES).content.decode()


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


def test_the_same_rules_differ_nowhere(plant: Plant) -> None:
    record_episodes([(1, raised(plant.hh))], now=NOW)
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
