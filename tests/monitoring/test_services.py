"""Devices, keys, tags and rules: what is written, logged and refused."""

from __future__ import annotations

import hashlib

import pytest
from django.core.exceptions import ValidationError

from anwei.ledgers.models import Change
from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.services import (
    MonitoringError,
    NotAllowed,
    add_rule,
    add_tag,
    change_rule,
    register_device,
    revoke,
    rotate_key,
)
from anwei.monitoring.services.positions import REGISTER, position
from anwei.org.models import Post
from tests.kernel.county import NOW, County, in_post
from tests.monitoring.plant import Plant


def test_a_device_is_registered_with_its_silence_rule_and_only_the_digest_of_its_key(plant: Plant) -> None:
    plant.device.refresh_from_db()
    assert plant.device.key_digest == hashlib.sha256(plant.key.encode()).hexdigest()
    assert plant.silence.kind == AlarmRule.Kind.NO_DATA
    change = Change.objects.get(register="monitoring.device", row=str(plant.device.pk))
    assert (change.verb, change.actor) == ("register", plant.county.officer)
    assert plant.key not in str(change.content)


def test_every_write_bumps_the_register_once(plant: Plant) -> None:
    before = position(REGISTER)
    officer = plant.county.officer
    rotate_key(plant.device, actor=officer, now=NOW)
    tag = add_tag(plant.device, actor=officer, now=NOW, code="co", name="一氧化碳")
    rule = add_rule(tag, actor=officer, now=NOW, kind="h", severity="yellow", limit=24.0)
    change_rule(rule, actor=officer, now=NOW, reason="按复核意见", limit=20.0)
    revoke(plant.device, actor=officer, now=NOW, reason="拆除")
    assert position(REGISTER) == before + 5


def test_a_rotated_key_replaces_the_old_one(plant: Plant) -> None:
    key = rotate_key(plant.device, actor=plant.county.officer, now=NOW)
    plant.device.refresh_from_db()
    assert key != plant.key
    assert plant.device.key_digest == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize("code", ["", "with space", "a.b", "a/b", "a" * 65, "中文", "gas-1"])
def test_a_malformed_or_taken_code_is_refused_and_nothing_is_written(plant: Plant, code: str) -> None:
    before = Device.objects.count()
    with pytest.raises(ValidationError):
        register_device(
            actor=None, now=NOW, code=code, name="另一台", enterprise=plant.county.enterprise, site=plant.site
        )
    assert Device.objects.count() == before


def test_site_and_gateway_must_belong_to_the_enterprise(plant: Plant) -> None:
    other = plant.county.other_enterprise
    with pytest.raises(MonitoringError, match="重点部位"):
        register_device(actor=None, now=NOW, code="x", name="x", enterprise=other, site=plant.site)
    with pytest.raises(MonitoringError, match="网关"):
        register_device(actor=None, now=NOW, code="x", name="x", enterprise=other, gateway=plant.device)


def test_an_enterprise_does_not_keep_the_register(plant: Plant) -> None:
    with pytest.raises(NotAllowed):
        change_rule(plant.hh, actor=plant.county.worker, now=NOW, reason="方便", limit=3.0)
    with pytest.raises(NotAllowed):
        register_device(
            actor=plant.county.worker, now=NOW, code="own", name="自装", enterprise=plant.county.enterprise
        )
    assert not Device.objects.filter(code="own").exists()
    dispatch = Post.objects.create(unit=plant.county.enterprise.unit, kind="duty", title="调度室")
    with pytest.raises(NotAllowed):  # a duty post of its own makes it no registrar
        change_rule(plant.hh, actor=in_post("dispatcher", dispatch), now=NOW, reason="方便", limit=3.0)


def test_a_regulator_of_another_sector_does_not_reach_the_rule(plant: Plant) -> None:
    with pytest.raises(NotAllowed, match="管辖"):
        change_rule(plant.hh, actor=plant.county.regulator, now=NOW, reason="误操作", limit=3.0)
    plant.hh.refresh_from_db()
    assert plant.hh.limit == 1.5


def test_a_changed_rule_remembers_old_new_and_why(plant: Plant) -> None:
    change_rule(plant.hh, actor=plant.county.officer, now=NOW, reason="规程修订", limit=1.4, deadband=0.1)
    change = Change.objects.get(register="monitoring.alarmrule", row=str(plant.hh.pk), verb="change")
    assert change.content == {"limit": [1.5, 1.4], "deadband": [0.0, 0.1]}
    assert change.reason == "规程修订"


def test_a_change_needs_a_reason_and_keeps_limits_in_order(plant: Plant) -> None:
    with pytest.raises(MonitoringError, match="理由"):
        change_rule(plant.hh, actor=plant.county.officer, now=NOW, reason=" ", limit=1.4)
    with pytest.raises(MonitoringError, match="次序"):
        change_rule(plant.hh, actor=plant.county.officer, now=NOW, reason="试", limit=1.0)
    plant.hh.refresh_from_db()
    assert plant.hh.limit == 1.5


def test_only_columns_of_the_rule_can_be_changed(plant: Plant) -> None:
    with pytest.raises(TypeError):
        change_rule(plant.hh, actor=plant.county.officer, now=NOW, reason="试", tag_id=1)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"code": "ts"}, "保留字"),
        ({"code": "a", "period_s": 0.0}, "周期"),
        ({"code": "a", "range_low": 4.0, "range_high": 4.0}, "量程"),
    ],
)
def test_a_tag_must_not_contradict_itself(plant: Plant, columns: dict[str, object], sentence: str) -> None:
    with pytest.raises(MonitoringError, match=sentence):
        add_tag(plant.device, actor=None, now=NOW, name="新测点", **columns)
    assert Tag.objects.count() == 1


def test_a_revoked_device_takes_no_new_key_and_no_new_tag(plant: Plant) -> None:
    revoke(plant.device, actor=plant.county.officer, now=NOW, reason="拆除")
    for attempt in (
        lambda: rotate_key(plant.device, actor=None, now=NOW),
        lambda: add_tag(plant.device, actor=None, now=NOW, code="co", name="一氧化碳"),
        lambda: revoke(plant.device, actor=None, now=NOW, reason="再停"),
    ):
        with pytest.raises(MonitoringError, match="已停用"):
            attempt()


def test_a_rule_a_kind_and_tag(plant: Plant) -> None:
    with pytest.raises(ValidationError):
        add_rule(plant.tag, actor=None, now=NOW, kind="hh", severity="red", limit=1.8)
    with pytest.raises(ValidationError):
        add_rule(plant.tag, actor=None, now=NOW, kind="rate", severity="red")


def test_nobody_without_a_post_writes(plant: Plant, county: County) -> None:
    county.officer.holdings.all().delete()
    with pytest.raises(NotAllowed, match="岗位"):
        rotate_key(plant.device, actor=county.officer, now=NOW)
