"""What a county sets for itself."""

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
