"""What was seen at a visit, item by item, and the photos, recordings and signatures of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.evidence import keeps_files
from anwei.cases.models import Evidence
from anwei.hazards.models.hazard import Hazard
from anwei.hazards.models.visits import OfVisit, Visit
from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person


class Check(OfVisit):
    """One item of the checklist at one visit; its words and basis stay what they were.

    `change` counts its changes, so that two devices that answer differently are noticed; `key` makes a phone
    that sends twice write once.
    """

    class Result(models.TextChoices):
        """What was seen."""

        OK = "ok", _("合格")
        FAILED = "failed", _("不合格")
        NOT_APPLICABLE = "not_applicable", _("不适用")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="checks", verbose_name=_("检查"))
    item = models.CharField(_("检查项"), max_length=30)
    item_text = models.TextField(_("检查内容"))
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    result = models.CharField(_("结果"), max_length=16, choices=Result.choices)
    note = models.TextField(_("说明"), max_length=2000, blank=True)
    at = models.DateTimeField(_("检查时间"))
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("检查人")
    )
    key = models.CharField(max_length=64, blank=True)
    change = models.PositiveIntegerField(default=1)
    hazard = models.ForeignKey(
        Hazard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="checks",
        verbose_name=_("隐患"),
    )

    class Meta:
        verbose_name = _("检查结果")
        ordering = ["visit", "item"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="one_check_of_an_item_and_visit"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="a_check_is_sent_once"),
            models.CheckConstraint(condition=Q(change__gte=1), name="a_check_counts_its_changes"),
            models.CheckConstraint(
                condition=Q(hazard__isnull=True) | Q(result="failed"),
                name="only_a_failed_check_becomes_a_hazard",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.result}"


class VisitFile(AppendOnly, OfVisit):
    """A photo, recording or signature of a visit or of one check; it lies in the folder of evidence.

    `item` is what it shows of the checklist, also where the answer to it does not stand (yet).
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="files", verbose_name=_("检查"))
    check_of = models.ForeignKey(
        Check,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("检查项"),
    )
    item = models.CharField(_("检查项编号"), max_length=30, blank=True)
    kind = models.CharField(max_length=10, choices=Evidence.Kind.choices, default=Evidence.Kind.EVIDENCE)
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    media_type = models.CharField(max_length=80)
    n_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    by_camera = models.BooleanField(default=False)  # the camera, not the person, says when
    place = models.CharField(_("地点"), max_length=100, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)  # degrees WGS84
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    seconds = models.FloatField(_("时长"), null=True, blank=True)  # of a recording
    key = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    added_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = _("检查附件")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="a_visit_file_is_sent_once")
        ]

    def __str__(self) -> str:
        return self.name


keeps_files(VisitFile)
