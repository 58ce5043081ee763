"""Files that prove something."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.case import Case, Entry
from anwei.ledgers.models import AppendOnly


class Evidence(AppendOnly):
    """A file that proves something; stored under a random name outside the web root.

    Everything this row tells is in the content of the entry that seals it (`cases.evidence.described`).
    """

    class Kind(models.TextChoices):
        """What the file answers: the kinds of need that take files."""

        EVIDENCE = "evidence", _("佐证材料")
        SIGNATURE = "signature", _("手写签名")
        VOICE = "voice", _("语音")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EVIDENCE)
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    media_type = models.CharField(max_length=80)
    n_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    by_camera = models.BooleanField(default=False)  # the camera, not the person, says when
    place = models.CharField(_("地点"), max_length=100, blank=True)  # as the person states it
    latitude = models.FloatField(_("纬度"), null=True, blank=True)  # degrees WGS84, from the camera
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    seconds = models.FloatField(_("时长"), null=True, blank=True)  # of a recording
    added_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = _("佐证材料")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
