from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("org", "0002_unit_closed_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="duty_phone",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="值班电话"),
        ),
    ]
