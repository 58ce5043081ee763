
import anwei.cases.lifecycle
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(db_index=True, max_length=30, verbose_name='类别')),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('territory', models.CharField(db_index=True, max_length=12, verbose_name='属地')),
                ('sector', models.CharField(blank=True, choices=[('coal', '煤矿'), ('mine', '非煤矿山'), ('chemical', '危险化学品'), ('fireworks', '烟花爆竹'), ('construction', '建筑施工'), ('road', '道路交通'), ('fire', '消防'), ('industry', '工贸'), ('gas', '燃气')], max_length=20, verbose_name='行业')),
                ('phase', models.CharField(choices=[(anwei.cases.lifecycle.Phase['REGISTERED'], '已登记'), (anwei.cases.lifecycle.Phase['ASSIGNED'], '待签收'), (anwei.cases.lifecycle.Phase['ACTING'], '办理中'), (anwei.cases.lifecycle.Phase['REVIEW'], '待审核'), (anwei.cases.lifecycle.Phase['CLOSED'], '已办结')], db_index=True, max_length=12, verbose_name='阶段')),
                ('outcome', models.CharField(blank=True, max_length=30, verbose_name='结果')),
                ('deadline', models.DateTimeField(blank=True, null=True, verbose_name='期限')),
                ('opened_at', models.DateTimeField(verbose_name='立案时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': '事项',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='时限')),
                ('citation', models.CharField(max_length=120, verbose_name='依据')),
                ('started_at', models.DateTimeField(verbose_name='起算')),
                ('due_at', models.DateTimeField(verbose_name='到期')),
                ('met_at', models.DateTimeField(blank=True, null=True, verbose_name='完成')),
                ('met_by', models.CharField(max_length=30)),
                ('overdue_entered', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': '时限',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('verb', models.CharField(max_length=40)),
                ('content', models.JSONField(default=dict)),
                ('content_digest', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('from_phase', models.CharField(blank=True, max_length=12)),
                ('to_phase', models.CharField(max_length=12)),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('key', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': '办理记录',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('stored_as', models.CharField(max_length=80, unique=True)),
                ('media_type', models.CharField(max_length=80)),
                ('n_bytes', models.PositiveBigIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(max_length=64)),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='拍摄时间')),
                ('added_at', models.DateTimeField(verbose_name='提交时间')),
            ],
            options={
                'verbose_name': '佐证材料',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
