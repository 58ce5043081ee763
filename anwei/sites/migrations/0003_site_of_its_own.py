"""Every place gets its own unit, territory and sector: until now it had those of its enterprise."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def give_own(apps, schema_editor):
    site, enterprise = apps.get_model("sites", "Site"), apps.get_model("sites", "Enterprise")
    owner = enterprise.objects.filter(pk=OuterRef("enterprise"))
    site.objects.filter(unit__isnull=True).update(
        unit=Subquery(owner.values("unit")[:1]),
        territory=Subquery(owner.values("unit__territory")[:1]),
        sector=Subquery(owner.values("sector")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("sites", "0002_enterprise_file")]

    operations = [migrations.RunPython(give_own, migrations.RunPython.noop)]
