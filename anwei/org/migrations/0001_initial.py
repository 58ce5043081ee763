
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('principal', '主要负责人'), ('deputy', '分管负责人'), ('duty', '值班岗'), ('officer', '监管人员'), ('safety', '安全管理人员'), ('display', '大屏')], max_length=20, verbose_name='岗位类别')),
                ('title', models.CharField(max_length=60, verbose_name='岗位')),
            ],
            options={
                'verbose_name': '岗位',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('boundary', models.JSONField(blank=True, null=True, verbose_name='边界')),
            ],
            options={
                'verbose_name': '属地',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('kind', models.CharField(choices=[('person', '人员'), ('display', '大屏')], default='person', max_length=10, verbose_name='类别')),
                ('full_name', models.CharField(max_length=40, verbose_name='姓名')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='手机')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '人员',
                'verbose_name_plural': '人员',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('label', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Display',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued_at', models.DateTimeField()),
                ('code_digest', models.CharField(max_length=64, unique=True)),
                ('code_ends_at', models.DateTimeField()),
                ('secret_digest', models.CharField(blank=True, max_length=64)),
                ('bound_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='display', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '大屏',
            },
        ),
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='任职起')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='任职止')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='org.post', verbose_name='岗位')),
            ],
            options={
                'verbose_name': '任职',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('party', '党委'), ('government', '政府'), ('committee', '安委会'), ('committee_office', '安委办'), ('department', '部门'), ('township', '乡镇街道'), ('village', '村社区'), ('enterprise', '企业')], max_length=20, verbose_name='类别')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='简称')),
                ('territory', models.CharField(db_index=True, max_length=12, verbose_name='属地')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='org.unit', verbose_name='上级单位')),
            ],
            options={
                'verbose_name': '单位',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SectorDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sector', models.CharField(choices=[('coal', '煤矿'), ('mine', '非煤矿山'), ('chemical', '危险化学品'), ('fireworks', '烟花爆竹'), ('construction', '建筑施工'), ('road', '道路交通'), ('fire', '消防'), ('industry', '工贸'), ('gas', '燃气')], max_length=20, verbose_name='行业')),
                ('lead', models.BooleanField(default=True, verbose_name='牵头')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sector_duties', to='org.unit', verbose_name='部门')),
            ],
            options={
                'verbose_name': '行业监管分工',
            },
        ),
        migrations.AddField(
            model_name='post',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='org.unit', verbose_name='单位'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('phone', ''), _negated=True), fields=('phone',), name='phone_belongs_to_one_person'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='holding_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='sectorduty',
            constraint=models.UniqueConstraint(fields=('sector', 'unit'), name='duty_once_a_sector_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('unit', 'title'), name='post_once_a_unit'),
        ),
    ]
