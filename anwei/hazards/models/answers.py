"""What phones sent of a visit: each act once, the hazards found there, and answers that do not stand yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.checks import Check, VisitFile
from anwei.hazards.models.hazard import Hazard, Order
from anwei.hazards.models.visits import OfVisit, Visit
from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person


class ActKind(models.TextChoices):
    """What is done on a phone at a visit."""

    BEGIN = "begin", _("开始检查")
    CHECK = "check", _("检查项")
    HAZARD = "hazard", _("登记隐患")
    END = "end", _("结束检查")


class SentAct(AppendOnly, OfVisit):
    """The receipt of an act: `key` makes it be done once, `sha256` is of its bytes as they came.

    `at` is what the device's clock said, `received_at` the server's own; `remark` says what is wrong with the
    former.
    """

    class Status(models.TextChoices):
        """What became of it."""

        WRITTEN = "written", _("已写入")
        CONFLICT = "conflict", _("待定")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="acts", verbose_name=_("检查"))
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=ActKind.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("提交人"))
    at = models.DateTimeField(_("手机时间"))
    received_at = models.DateTimeField(_("收到时间"))
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices)
    remark = models.CharField(_("时间说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("手机提交")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Answer(OfVisit):
    """An answer that does not stand, until a person decides: another one stood there, or the visit was over.

    Of a check: item, result and note. Of an end: what was seen (`note`), head, refusal, signature.
    `taken` says how it was decided.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="answers", verbose_name=_("检查"))
    kind = models.CharField(_("类别"), max_length=10, choices=ActKind.choices)
    item = models.CharField(_("检查项编号"), max_length=30, blank=True)
    result = models.CharField(_("结果"), max_length=16, choices=Check.Result.choices, blank=True)
    note = models.TextField(_("说明"), max_length=2000, blank=True)
    head = models.CharField(_("现场负责人"), max_length=60, blank=True)
    refusal = models.CharField(_("拒绝签字情况"), max_length=300, blank=True)
    signature = models.ForeignKey(
        VisitFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("检查时间"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("检查人"))
    key = models.CharField(max_length=64, blank=True)
    based_on = models.PositiveIntegerField(default=0)
    late = models.BooleanField(default=False)  # the visit had ended or was cancelled
    received_at = models.DateTimeField(_("收到时间"))
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    taken = models.BooleanField(_("采用"), null=True, blank=True)

    class Meta:
        verbose_name = _("待定的回答")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="an_answer_is_sent_once"),
            models.CheckConstraint(
                condition=Q(kind="check") & ~Q(item="") & ~Q(result="")
                | Q(kind__in=["begin", "end"], item="", result=""),
                name="an_answer_to_an_item_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, taken__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, taken__isnull=False),
                name="an_answer_is_decided_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item or self.kind} {self.result}".strip()


class VisitHazard(OfVisit):
    """A hazard that was found at a visit, with what was decided on the spot, as the papers of the visit say.

    `clause` keeps the words, source and date in force of the criterion; `is_major`: a person confirmed it.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="found", verbose_name=_("检查"))
    hazard = models.OneToOneField(
        Hazard, on_delete=models.PROTECT, related_name="found_at_visit", verbose_name=_("隐患")
    )
    item = models.CharField(_("检查项编号"), max_length=30, blank=True)
    clause = models.TextField(_("判定条款"), max_length=2000, blank=True)
    is_major = models.BooleanField(_("重大"), default=False)
    order = models.CharField(_("整改方式"), max_length=10, choices=Order.choices, blank=True)
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    requirement = models.TextField(_("整改要求"), max_length=2000, blank=True)
    measures = models.TextField(_("现场处理措施"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("检查发现的隐患")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(order__in=[Order.DATED, Order.STOP]) | Q(due_on__isnull=False),
                name="what_is_ordered_on_the_spot_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.hazard_id}"
