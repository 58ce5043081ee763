"""Alarms open warnings: one a rule and site, more alarms attach, a worse one raises the level."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from anwei.cases.services import advance
from anwei.monitoring.models import Alarm, Tag, Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Post, Unit
from anwei.sites.models import Site
from tests.kernel.county import NOW, County, photo
from tests.monitoring.plant import Plant, build, cleared, raised


def test_an_alarm_of_a_rule_that_says_so_opens_a_warning_for_the_right_posts(plant: Plant) -> None:
    trend = "近 10 分钟由 0.42 升至 1.62 %"
    recorded = record_episodes([(1, raised(plant.hh))], now=NOW, trends={plant.hh.pk: trend})
    warning = Warning.objects.get()
    county = plant.county
    assert recorded.warnings == [warning.pk]
    assert (warning.phase, warning.level, warning.rule) == ("assigned", "red", plant.hh)
    assert (warning.responsible, warning.supervisor, warning.implementer) == (
        county.principal,
        county.duty,
        county.safety,
    )
    assert (warning.enterprise, warning.site, warning.sector) == (county.enterprise, plant.site, "chemical")
    assert "一号罐区" in warning.title and "甲烷" in warning.title and "高高限" in warning.title
    entry = warning.entries.get()
    assert entry.actor is None
    for part in ("1.62 %", "1.50 %", "煤矿安全规程 第173条", "断电、撤人", trend):
        assert part in entry.note
    assert Alarm.objects.get().warning == warning


def test_a_long_name_stops_no_warning(plant: Plant) -> None:
    Unit.objects.filter(pk=plant.county.enterprise.unit_id).update(name="甲" * 120)
    Site.objects.filter(pk=plant.site.pk).update(name="乙" * 80)
    Tag.objects.filter(pk=plant.tag.pk).update(name="丙" * 80)
    record_episodes([(1, raised(plant.hh))], now=NOW)
    title = Warning.objects.get().title
    assert len(title) == 200 and title.endswith("…")


def test_the_clocks_of_a_red_warning_run_from_its_issue(plant: Plant) -> None:
    record_episodes([(1, raised(plant.hh))], now=NOW)
    warning = Warning.objects.get()
    due = {clock.met_by: clock.due_at - NOW for clock in warning.clocks.all()}
    assert due == {"sign": timedelta(minutes=10), "dispose": timedelta(hours=1)}
    assert warning.deadline == NOW + timedelta(minutes=10)


def test_a_rule_that_does_not_say_so_opens_none(plant: Plant) -> None:
    record_episodes([(1, raised(plant.h))], now=NOW)
    assert not Warning.objects.exists()


def test_later_alarms_attach_while_it_is_open(plant: Plant) -> None:
    first = raised(plant.hh)
    record_episodes([(1, first), (2, cleared(first, seconds=20)), (3, raised(plant.hh, seconds=40))], now=NOW)
    record_episodes([(4, raised(plant.hh, seconds=80))], now=NOW)
    warning = Warning.objects.get()
    assert warning.alarms.count() == 3
    assert warning.entries.count() == 1


def test_hh_includes_h_in_one_warning(plant: Plant) -> None:
    record_episodes([(1, raised(plant.h)), (2, raised(plant.hh, seconds=1))], now=NOW)
    warning = Warning.objects.get()
    assert (warning.level, warning.rule) == ("red", plant.hh)
    assert warning.alarms.count() == 2
    record_episodes([(3, raised(plant.h, seconds=9))], now=NOW)
    assert Warning.objects.count() == 1
    assert warning.alarms.count() == 3


def test_an_h_alarm_that_stood_before_belongs_to_the_warning_too(plant: Plant) -> None:
    record_episodes([(1, raised(plant.h))], now=NOW)
    record_episodes([(2, raised(plant.hh, seconds=30))], now=NOW)
    assert set(Warning.objects.get().alarms.values_list("rule", flat=True)) == {plant.h.pk, plant.hh.pk}


def test_a_worse_alarm_raises_the_level_and_shortens_the_clock(county: County) -> None:
    plant = build(county, h_opens=True)
    record_episodes([(1, raised(plant.h))], now=NOW)
    warning = Warning.objects.get()
    assert (warning.level, warning.deadline) == ("yellow", NOW + timedelta(hours=2))
    later = NOW + timedelta(minutes=5)
    record_episodes([(2, raised(plant.hh, seconds=300))], now=later)
    warning = Warning.objects.get()
    assert (warning.level, warning.deadline) == ("red", later + timedelta(minutes=10))
    rise = warning.entries.get(verb="rise")
    assert rise.actor is None
    assert rise.content["level"] == "red"
    assert "1.62 %" in rise.note
    record_episodes([(3, raised(plant.h, seconds=320))], now=later)
    assert Warning.objects.get().level == "red"  # it does not fall again


def test_two_events_at_once_open_one_warning_under_the_worse_level(county: County) -> None:
    plant = build(county, h_opens=True)
    record_episodes([(1, raised(plant.h)), (2, raised(plant.hh))], now=NOW)
    warning = Warning.objects.get()
    assert warning.level == "red"
    assert [entry.verb for entry in warning.entries.all()] == ["open"]


def test_a_rise_after_signing_starts_no_second_signature(county: County) -> None:
    plant = build(county, h_opens=True)
    record_episodes([(1, raised(plant.h))], now=NOW)
    advance(Warning.objects.get(), "sign", actor=county.worker, now=NOW)
    record_episodes([(2, raised(plant.hh, seconds=60))], now=NOW)
    unmet = Warning.objects.get().clocks.filter(met_at=None)
    assert {clock.met_by for clock in unmet} == {"dispose"}
    assert Warning.objects.get().deadline == NOW + timedelta(hours=1)


def test_another_site_has_a_warning_of_its_own(county: County) -> None:
    for number, code in enumerate(("gas-1", "gas-2"), start=1):
        record_episodes([(number, raised(build(county, code=code).hh))], now=NOW)
    assert Warning.objects.count() == 2


def test_a_whole_life_and_a_new_warning_after_it(plant: Plant) -> None:
    county = plant.county
    event = raised(plant.hh)
    record_episodes([(1, event), (2, cleared(event, seconds=50))], now=NOW)
    warning = Warning.objects.get()
    seen = [replace(photo(), place="一号罐区")]
    for verb, person, papers in (
        ("sign", county.worker, {}),
        ("dispose", county.worker, {"cause": "阀门泄漏", "measure": "更换垫片", "evidence": seen}),
        ("confirm", county.officer, {"finding": "现场浓度 0.1 %", "evidence": seen}),
        ("lift", county.officer, {}),
    ):
        advance(warning, verb, actor=person, now=NOW + timedelta(minutes=5), **papers)
    warning.refresh_from_db()
    assert (warning.phase, warning.outcome, warning.open_for_site) == ("closed", "lifted", "")
    assert (warning.cause, warning.finding) == ("阀门泄漏", "现场浓度 0.1 %")
    record_episodes([(3, raised(plant.hh, seconds=3600))], now=NOW + timedelta(hours=1))
    assert Warning.objects.filter(phase="assigned").count() == 1


@pytest.mark.parametrize(("age", "opened"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_history_sends_nobody_out(plant: Plant, age: timedelta, opened: bool) -> None:
    event = raised(plant.hh, seconds=-age.total_seconds(), late=True)
    record_episodes([(1, event)], now=NOW)
    assert Alarm.objects.get().late
    assert Warning.objects.exists() is opened


def test_an_enterprise_without_posts_keeps_its_alarm(plant: Plant) -> None:
    Post.objects.filter(unit=plant.county.enterprise.unit).update(kind="officer")
    record_episodes([(1, raised(plant.hh))], now=NOW)
    assert Alarm.objects.get().warning is None
    assert not Warning.objects.exists()
