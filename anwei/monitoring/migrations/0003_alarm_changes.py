from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0002_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='alarm',
            name='recorded_at',
            field=models.DateTimeField(default=timezone.now, verbose_name='登记时间'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='alarm',
            name='changed_at',
            field=models.DateTimeField(default=timezone.now, verbose_name='变动时间'),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['changed_at'], name='alarms_by_change'),
        ),
    ]
