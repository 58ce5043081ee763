from django.conf import settings
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("org", "0002_administrators"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_at", models.DateTimeField(verbose_name="代理起")),
                ("to_at", models.DateTimeField(verbose_name="代理止")),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                ("granted_at", models.DateTimeField(verbose_name="授权时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("deputy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to=settings.AUTH_USER_MODEL, verbose_name="代理人")),
                ("granted_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="授权人")),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="org.post", verbose_name="岗位")),
                ("principal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="delegated", to=settings.AUTH_USER_MODEL, verbose_name="被代理人")),
            ],
            options={
                "verbose_name": "岗位代理",
                "ordering": ["-from_at", "-id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("to_at__gt", models.F("from_at"))), name="delegation_ends_after_it_starts"), models.CheckConstraint(condition=models.Q(("deputy", models.F("principal")), _negated=True), name="nobody_is_their_own_deputy")],
            },
        ),
    ]
