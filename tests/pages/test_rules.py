"""A limit is changed on a page, by who keeps the register, with a reason that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anwei.ledgers.models import Change
from anwei.monitoring.models import AlarmRule
from anwei.monitoring.services.positions import REGISTER, position
from anwei.org.models import Person
from tests.monitoring.plant import Plant

SignIn = Callable[[Person], Client]
HIGH = {
    "limit": "1.4",
    "deadband": "0",
    "on_delay_s": "5",
    "off_delay_s": "0",
    "severity": "red",
    "enabled": "on",
}


def _address(rule: AlarmRule) -> str:
    return f"/tags/{rule.tag_id}/rules/{rule.pk}/"


def test_a_limit_is_changed_from_the_page_of_its_tag(plant: Plant, sign_in: SignIn) -> None:
    officer, before = sign_in(plant.county.officer), position(REGISTER)
    assert _address(plant.hh) in officer.get(f"/tags/{plant.tag.number}/").content.decode()
    form = officer.get(_address(plant.hh)).content.decode()
    assert 'value="1.5"' in form and "煤矿安全规程" in form
    answer = officer.post(_address(plant.hh), HIGH | {"reason": "按新规程收紧"})
    assert (answer.status_code, answer["Location"]) == (302, f"/tags/{plant.tag.number}/")
    changed = AlarmRule.objects.get(pk=plant.hh.pk)
    assert (changed.limit, changed.on_delay_s, changed.citation, changed.kind) == (1.4, 5.0, "", "hh")
    assert position(REGISTER) == before + 1  # so that the engine learns of it
    row = Change.objects.get(verb="change", row=plant.hh.pk)
    assert row.reason == "按新规程收紧"
    assert row.content["limit"] == [1.5, 1.4]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "请写明修改理由"),
        ({"limit": "0.2"}, "限值次序有误"),
        ({"limit": "inf"}, "输入一个数字"),
        ({"on_delay_s": "90000"}, "延时不超过 24 小时"),
        ({"severity": "purple"}, "purple"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_written(
    plant: Plant, sign_in: SignIn, wrong: dict[str, Any], sentence: str
) -> None:
    answer = sign_in(plant.county.officer).post(_address(plant.hh), HIGH | {"reason": "试"} | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert AlarmRule.objects.get(pk=plant.hh.pk).limit == 1.5


def test_another_limit_of_the_tag_is_added_once(plant: Plant, sign_in: SignIn) -> None:
    officer = sign_in(plant.county.officer)
    low = HIGH | {"kind": "l", "limit": "0.1", "severity": "yellow", "reason": "断线时读数偏低"}
    assert officer.post(f"/tags/{plant.tag.number}/rules/add/", low).status_code == 302
    rule = AlarmRule.objects.get(tag=plant.tag, kind="l")
    assert (rule.limit, rule.enabled) == (0.1, True)
    assert Change.objects.get(verb="add", row=rule.pk).reason == "断线时读数偏低"
    assert officer.post(f"/tags/{plant.tag.number}/rules/add/", low).status_code == 422
    limitless = low | {"kind": "ll", "limit": ""}
    assert officer.post(f"/tags/{plant.tag.number}/rules/add/", limitless).status_code == 422


def test_an_enterprise_does_not_set_its_own_limits(plant: Plant, sign_in: SignIn) -> None:
    worker = sign_in(plant.county.worker)
    assert "/rules/" not in worker.get(f"/tags/{plant.tag.number}/").content.decode()
    assert worker.get(_address(plant.hh)).status_code == 403
    assert worker.post(_address(plant.hh), HIGH | {"reason": "嫌吵"}).status_code == 403
    assert AlarmRule.objects.get(pk=plant.hh.pk).limit == 1.5


def test_a_rule_without_a_limit_is_asked_for_none_and_one_with_a_limit_keeps_it(
    plant: Plant, sign_in: SignIn
) -> None:
    officer = sign_in(plant.county.officer)
    bad = AlarmRule.objects.get(tag=plant.tag, kind="bad")  # every tag with a range has one
    assert 'name="limit"' not in officer.get(_address(bad)).content.decode()
    calm = {"on_delay_s": "120", "off_delay_s": "0", "severity": "blue", "enabled": "on", "reason": "少打扰"}
    assert officer.post(_address(bad), calm).status_code == 302
    assert AlarmRule.objects.get(pk=bad.pk).on_delay_s == 120
    assert officer.post(_address(plant.hh), HIGH | {"limit": "", "reason": "试"}).status_code == 422
