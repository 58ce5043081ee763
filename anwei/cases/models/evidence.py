"""Files that prove something."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.case import Case, Entry
from anwei.ledgers.models import AppendOnly


class Evidence(AppendOnly):
    """A file that proves something; stored under a random name outside the web root."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    media_type = models.CharField(max_length=80)
    n_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    added_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = _("佐证材料")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
