
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('chain', models.CharField(max_length=160, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('verb', models.CharField(max_length=40)),
                ('content', models.JSONField(default=dict)),
                ('content_digest', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('register', models.CharField(max_length=60, verbose_name='台账')),
                ('row', models.CharField(max_length=60)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
            ],
            options={
                'verbose_name': '变更记录',
            },
        ),
        migrations.CreateModel(
            name='GlobalHead',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('through', models.JSONField()),
                ('n_rows', models.PositiveBigIntegerField()),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': '整点封存',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Setting',
            fields=[
                ('key', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='键')),
                ('value', models.JSONField(verbose_name='值')),
                ('replaced', models.JSONField(null=True, verbose_name='原默认值')),
                ('changed_at', models.DateTimeField(verbose_name='修改时间')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
            ],
            options={
                'verbose_name': '县级设置',
            },
        ),
    ]
