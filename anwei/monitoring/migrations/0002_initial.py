
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        ('sites', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='alarm',
            name='acknowledged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='sites.enterprise', verbose_name='企业'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='site',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='sites.site'),
        ),
        migrations.AddField(
            model_name='alarmrule',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sites.enterprise'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='monitoring.alarmrule', verbose_name='规则'),
        ),
        migrations.AddField(
            model_name='device',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='sites.enterprise', verbose_name='企业'),
        ),
        migrations.AddField(
            model_name='device',
            name='gateway',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='monitoring.device', verbose_name='所属网关'),
        ),
        migrations.AddField(
            model_name='device',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='sites.site', verbose_name='重点部位'),
        ),
        migrations.AddField(
            model_name='alarmrule',
            name='device',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='monitoring.device'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='monitoring.device', verbose_name='设备'),
        ),
        migrations.AddField(
            model_name='tag',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tags', to='monitoring.device', verbose_name='设备'),
        ),
        migrations.AddField(
            model_name='alarmrule',
            name='tag',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='monitoring.tag'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='tag',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='monitoring.tag', verbose_name='测点'),
        ),
        migrations.AddField(
            model_name='warning',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='monitoring.alarmrule', verbose_name='报警规则'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='warning',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='monitoring.warning'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('device', 'code'), name='tag_code_once_a_device'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.UniqueConstraint(condition=models.Q(('tag__isnull', False)), fields=('tag', 'kind'), name='rule_once_a_tag'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.UniqueConstraint(condition=models.Q(('device__isnull', False)), fields=('device', 'kind'), name='rule_once_a_device'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('device__isnull', True), ('tag__isnull', False)), models.Q(('device__isnull', False), ('kind', 'no_data'), ('tag__isnull', True)), _connector='OR'), name='rule_watches_a_tag_or_a_silent_device'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.CheckConstraint(condition=models.Q(('limit__isnull', False), ('kind__in', ['no_data', 'bad']), _connector='OR'), name='a_limit_rule_has_a_limit'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.UniqueConstraint(condition=models.Q(('open_for_site', ''), _negated=True), fields=('open_for_site',), name='one_open_warning_per_rule_and_site'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['cleared_at', '-started_at'], name='monitoring__cleared_7c060b_idx'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('cleared_at__isnull', True), ('acknowledged_at__isnull', True), _connector='OR'), fields=['-started_at', '-id'], name='alarms_that_ask_for_attention'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(fields=('rule', 'started_at'), name='episode_key_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='who_and_when_acknowledged_go_together'),
        ),
    ]
