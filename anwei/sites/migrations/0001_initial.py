
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credit_code', models.CharField(max_length=18, unique=True, verbose_name='统一社会信用代码')),
                ('sector', models.CharField(choices=[('coal', '煤矿'), ('mine', '非煤矿山'), ('chemical', '危险化学品'), ('fireworks', '烟花爆竹'), ('construction', '建筑施工'), ('road', '道路交通'), ('fire', '消防'), ('industry', '工贸'), ('gas', '燃气')], db_index=True, max_length=20, verbose_name='行业')),
                ('status', models.CharField(choices=[('producing', '生产'), ('stopped', '停产'), ('long_stopped', '长期停产'), ('building', '在建'), ('closed', '关闭')], default='producing', max_length=20, verbose_name='状态')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='经度')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='纬度')),
                ('workers', models.PositiveIntegerField(blank=True, null=True, verbose_name='从业人数')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='enterprise', to='org.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '企业',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('kind', models.CharField(blank=True, max_length=40, verbose_name='类别')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='经度')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='纬度')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='sites.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '重点部位',
                'ordering': ['id'],
            },
        ),
    ]
