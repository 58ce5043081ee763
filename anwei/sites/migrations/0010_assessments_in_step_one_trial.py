"""Assessments lie where what they assess lies now; of the trials of colour rules one runs at a time."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def put_assessments_in_step(apps: Any, schema_editor: Any) -> None:
    """Give assessments the territory, sector and owner of what they assess: it may have moved since."""
    assessments = apps.get_model("sites", "Assessment").objects
    owner = apps.get_model("sites", "Enterprise").objects.filter(pk=OuterRef("owner"))
    assessments.filter(point__isnull=True, owner__isnull=False).update(
        territory=Subquery(owner.values("unit__territory")), sector=Subquery(owner.values("sector"))
    )
    point = apps.get_model("sites", "RiskPoint").objects.filter(pk=OuterRef("point"))
    assessments.filter(point__isnull=False).update(
        territory=Subquery(point.values("site__territory")),
        sector=Subquery(point.values("site__sector")),
        owner=Subquery(point.values("site__enterprise")),
    )


def end_unfinished_trials(apps: Any, schema_editor: Any) -> None:
    """Let trials fail that say they run: nothing runs during a migration, and one may hold up all later ones."""
    apps.get_model("sites", "ColourTrial").objects.filter(status="running").update(status="failed")


class Migration(migrations.Migration):
    dependencies = [("sites", "0009_assessment_by_two")]

    operations = [
        migrations.RunPython(put_assessments_in_step, migrations.RunPython.noop),
        migrations.RunPython(end_unfinished_trials, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="colourtrial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")), fields=("status",), name="one_colour_trial_runs"
            ),
        ),
    ]
