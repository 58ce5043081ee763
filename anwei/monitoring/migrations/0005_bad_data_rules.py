"""Give the tags with a range that were registered before the rule for bad data existed that rule."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F

CHUNK = 5000  # rows a statement


def give_rules(apps: Any, _editor: Any) -> None:
    """Write the rule as registration does, and let the worker publish the register again."""
    alarm_rule, tag = apps.get_model("monitoring", "AlarmRule"), apps.get_model("monitoring", "Tag")
    position = apps.get_model("monitoring", "Position")
    ranged = tag.objects.exclude(range_low=None, range_high=None)
    without = ranged.exclude(pk__in=alarm_rule.objects.filter(kind="bad", tag__isnull=False).values("tag"))
    rules = [
        alarm_rule(
            tag_id=number,
            enterprise_id=enterprise,
            kind="bad",
            severity="blue",
            on_delay_s=60.0,
            action="核查传感器、接线与量程登记",
        )
        for number, enterprise in without.values_list("pk", "device__enterprise")
    ]
    if rules:
        alarm_rule.objects.bulk_create(rules, batch_size=CHUNK)
        position.objects.filter(name="register").update(value=F("value") + 1)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_bounds")]

    operations = [migrations.RunPython(give_rules, migrations.RunPython.noop)]
