from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="撤销日期"),
        ),
    ]
