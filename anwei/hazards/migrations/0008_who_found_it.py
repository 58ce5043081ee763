"""Who counts as a finder, what was proposed when it was filed, and to whom the rectification was passed."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def keep_proposals(apps: Any, schema_editor: Any) -> None:
    """Keep as proposed what nobody has judged yet, and let the head's own verb meet the quarterly clocks."""
    apps.get_model("hazards", "Hazard").objects.filter(grade="").update(proposed=models.F("criterion"))
    clocks = apps.get_model("cases", "Clock").objects
    clocks.filter(case__kind="hazard", met_by="report", met_at=None).update(met_by="report_quarter")


class Migration(migrations.Migration):
    dependencies = [("hazards", "0007_phone"), ("org", "0002_unit_closed_on")]

    operations = [
        migrations.AddField("hazard", "also_found_by", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "hazard",
            "assigned_to",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.post",
                verbose_name="改派给",
            ),
        ),
        migrations.AddField(
            "hazard",
            "proposed",
            models.CharField(blank=True, max_length=30, verbose_name="登记时建议的判定条款"),
        ),
        migrations.RunPython(keep_proposals, migrations.RunPython.noop),
    ]
