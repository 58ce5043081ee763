"""Tags that are older than the rule for bad data get it by a migration, as registration gives it today."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from anwei.monitoring.models import AlarmRule
from anwei.monitoring.services import add_tag, change_rule
from anwei.monitoring.services.devices import bad_data_rule
from anwei.monitoring.services.positions import REGISTER, position
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant

COLUMNS = ("tag_id", "enterprise_id", "kind", "limit", "severity", "on_delay_s", "off_delay_s", "action")
give_rules = import_module("anwei.monitoring.migrations.0005_bad_data_rules").give_rules


def test_an_old_tag_with_a_range_gets_the_rule_that_registration_gives(plant: Plant) -> None:
    officer = plant.county.officer
    ranged = {"range_low": 0.0, "actor": officer, "now": NOW}
    add_tag(plant.device, code="co", name="一氧化碳", **ranged)  # type: ignore[arg-type]
    add_tag(plant.device, code="fan", name="风机", actor=officer, now=NOW)  # no range, no such rule
    tuned = AlarmRule.objects.get(kind="bad", tag__code="co")
    change_rule(tuned, actor=officer, now=NOW, reason="设备方意见", severity="yellow")
    AlarmRule.objects.filter(kind="bad", tag=plant.tag).delete()  # as it was registered once
    before = position(REGISTER)

    give_rules(apps, None)
    given = AlarmRule.objects.get(kind="bad", tag=plant.tag)
    usual = bad_data_rule(plant.tag)
    assert [getattr(given, name) for name in COLUMNS] == [getattr(usual, name) for name in COLUMNS]
    assert (given.enabled, given.opens_warning, position(REGISTER)) == (True, False, before + 1)
    assert not AlarmRule.objects.filter(kind="bad", tag__code="fan").exists()
    tuned.refresh_from_db()
    assert tuned.severity == "yellow"

    give_rules(apps, None)
    assert (AlarmRule.objects.filter(kind="bad").count(), position(REGISTER)) == (2, before + 1)
