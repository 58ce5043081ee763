"""What every register shares: the settings of a county and the change log."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Setting(models.Model):
    """A number or table that a county may change; the default it replaces stands in `standards`."""

    key = models.CharField(_("键"), max_length=80, primary_key=True)
    value = models.JSONField(_("值"))
    replaced = models.JSONField(_("原默认值"), null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("修改人")
    )
    changed_at = models.DateTimeField(_("修改时间"))
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        verbose_name = _("县级设置")

    def __str__(self) -> str:
        return self.key


class Change(models.Model):
    """One sealed row of a register's change log; append-only (see `anwei.ledgers.seal`)."""

    register = models.CharField(max_length=60)  # the model's label, e.g. "monitoring.device"
    row = models.CharField(max_length=60)  # primary key of the changed row
    number = models.PositiveIntegerField()  # 1, 2, 3 ... within (register, row)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    verb = models.CharField(max_length=40)
    content = models.JSONField()
    reason = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "row", "number"], name="change_numbers_are_unique")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.row} #{self.number}"
