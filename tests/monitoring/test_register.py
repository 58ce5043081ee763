"""The register snapshot: what the stream and the gate get to know."""

from __future__ import annotations

from typing import Any

import pytest

from anwei.monitoring.models import AlarmRule
from anwei.monitoring.register import snapshot
from anwei.monitoring.services import add_tag, change_rule, register_device, revoke
from anwei.monitoring.stream.register import pack, unpack
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, ms


def test_the_snapshot_has_every_device_tag_and_enabled_rule_in_columns(plant: Plant) -> None:
    member, key = register_device(
        actor=None,
        now=NOW,
        code="member",
        name="下挂",
        enterprise=plant.county.enterprise,
        gateway=plant.device,
    )
    add_tag(member, actor=None, now=NOW, code="co", name="一氧化碳", decimals=1, period_s=0.5)
    change_rule(plant.h, actor=None, now=NOW, reason="停用", enabled=False)
    register = snapshot()
    assert register.version == 7
    assert register.devices.code == ["gas-1", "member"]
    assert register.devices.gateway == [-1, 0]
    assert register.devices.revoked == [False, False]
    assert register.devices.registered_at == [ms(NOW)] * 2
    assert key not in register.devices.key
    tags = register.tags
    assert (tags.device, tags.code, tags.decimals, tags.period_ms) == (
        [0, 1],
        ["ch4", "co"],
        [2, 1],
        [1000, 500],
    )
    assert (tags.low, tags.high) == ([0.0, None], [4.0, None])
    rules = dict(zip(register.rules.id, zip(*columns_of_rules(register), strict=True), strict=True))
    assert plant.h.pk not in rules
    assert rules[plant.hh.pk] == (plant.tag.pk, -1, "hh", 1.5)
    assert rules[plant.silence.pk] == (0, 0, "no_data", None)
    bad_data = plant.tag.rules.get(kind="bad")
    assert rules[bad_data.pk] == (plant.tag.pk, -1, "bad", None)
    assert len(rules) == AlarmRule.objects.filter(enabled=True).count() == 4


def columns_of_rules(register: Any) -> list[list[Any]]:
    rules = register.rules
    return [rules.tag, rules.device, rules.kind, rules.limit]


def test_a_revoked_device_stays_with_its_tags(plant: Plant) -> None:
    revoke(plant.device, actor=None, now=NOW, reason="拆除")
    register = snapshot()
    assert (register.devices.revoked, register.tags.code) == ([True], ["ch4"])


@pytest.mark.django_db
def test_an_empty_register_is_a_register() -> None:
    assert unpack(pack(snapshot())) == snapshot()
    assert snapshot().version == 0


def test_the_snapshot_takes_four_queries_and_survives_the_journey(
    plant: Plant, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        register = snapshot()
    assert unpack(pack(register)) == register
