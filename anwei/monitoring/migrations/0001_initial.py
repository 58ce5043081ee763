
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('territory', models.CharField(max_length=12, verbose_name='属地')),
                ('sector', models.CharField(choices=[('coal', '煤矿'), ('mine', '非煤矿山'), ('chemical', '危险化学品'), ('fireworks', '烟花爆竹'), ('construction', '建筑施工'), ('road', '道路交通'), ('fire', '消防'), ('industry', '工贸'), ('gas', '燃气')], max_length=20, verbose_name='行业')),
                ('kind', models.CharField(choices=[('hh', '高高限'), ('h', '高限'), ('l', '低限'), ('ll', '低低限'), ('rate', '变化率'), ('no_data', '无数据'), ('bad', '数据异常')], max_length=10, verbose_name='类型')),
                ('severity', models.CharField(choices=[('red', '红色'), ('orange', '橙色'), ('yellow', '黄色'), ('blue', '蓝色')], max_length=10, verbose_name='等级')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('raised_at', models.DateTimeField(verbose_name='报警')),
                ('sample_at', models.DateTimeField(verbose_name='样本时间')),
                ('value', models.FloatField(null=True, verbose_name='数值')),
                ('limit', models.FloatField(null=True, verbose_name='限值')),
                ('cleared_at', models.DateTimeField(blank=True, null=True, verbose_name='恢复')),
                ('late', models.BooleanField(default=False, verbose_name='迟到数据')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                ('acknowledgement', models.CharField(blank=True, max_length=200, verbose_name='确认说明')),
            ],
            options={
                'verbose_name': '报警',
                'ordering': ['-started_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AlarmRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hh', '高高限'), ('h', '高限'), ('l', '低限'), ('ll', '低低限'), ('rate', '变化率'), ('no_data', '无数据'), ('bad', '数据异常')], max_length=10, verbose_name='类型')),
                ('limit', models.FloatField(blank=True, null=True, verbose_name='限值')),
                ('deadband', models.FloatField(default=0.0, verbose_name='回差')),
                ('on_delay_s', models.FloatField(default=0.0, verbose_name='报警延时（秒）')),
                ('off_delay_s', models.FloatField(default=0.0, verbose_name='恢复延时（秒）')),
                ('severity', models.CharField(choices=[('red', '红色'), ('orange', '橙色'), ('yellow', '黄色'), ('blue', '蓝色')], max_length=10, verbose_name='等级')),
                ('action', models.CharField(blank=True, max_length=120, verbose_name='应采取的措施')),
                ('citation', models.CharField(blank=True, max_length=120, verbose_name='依据')),
                ('opens_warning', models.BooleanField(default=False, verbose_name='自动发出预警')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
            ],
            options={
                'verbose_name': '报警规则',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9_-]{1,64}$', '设备编码只能用字母、数字、下划线和连字符，最长 64 位')], verbose_name='设备编码')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('key_digest', models.CharField(max_length=64)),
                ('key_issued_at', models.DateTimeField(verbose_name='密钥签发时间')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('registered_at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '设备',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('number', models.AutoField(primary_key=True, serialize=False, verbose_name='编号')),
                ('code', models.CharField(max_length=64, verbose_name='测点编码')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('quantity', models.CharField(blank=True, max_length=60, verbose_name='监测量')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='单位')),
                ('decimals', models.PositiveSmallIntegerField(default=2, verbose_name='小数位')),
                ('period_s', models.FloatField(default=1.0, verbose_name='周期（秒）')),
                ('range_low', models.FloatField(blank=True, null=True, verbose_name='量程下限')),
                ('range_high', models.FloatField(blank=True, null=True, verbose_name='量程上限')),
            ],
            options={
                'verbose_name': '测点',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Warning',
            fields=[
                ('case_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='cases.case')),
                ('level', models.CharField(choices=[('red', '红色'), ('orange', '橙色'), ('yellow', '黄色'), ('blue', '蓝色')], max_length=10, verbose_name='等级')),
                ('open_for_site', models.CharField(blank=True, max_length=60)),
                ('cause', models.TextField(blank=True, verbose_name='原因')),
                ('measure', models.TextField(blank=True, verbose_name='处置措施')),
                ('finding', models.TextField(blank=True, verbose_name='现场核查情况')),
            ],
            options={
                'verbose_name': '预警',
            },
            bases=('cases.case',),
        ),
    ]
