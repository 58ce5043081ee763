"""How the head of a visited enterprise signed papers of a visit, and which version that holds for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hazards', '0010_annulled_penalties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperSigning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('head', models.CharField(blank=True, max_length=60, verbose_name='现场负责人')),
                ('refusal', models.CharField(blank=True, max_length=300, verbose_name='拒绝签字情况')),
                ('at', models.DateTimeField(verbose_name='签字时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('signature', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.visitfile', verbose_name='签名')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signings', to='hazards.visit', verbose_name='检查')),
            ],
            options={
                'verbose_name': '文书签字',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='visitpaper',
            name='signing',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='hazards.papersigning'),
        ),
        migrations.AddConstraint(
            model_name='papersigning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refusal', ''), ('signature__isnull', False)), models.Q(('signature__isnull', True), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='a_paper_is_signed_or_refused'),
        ),
    ]
