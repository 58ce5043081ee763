"""A supervision order (督办单): what a leader or a meeting decided, to be done by a body until a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Case
from anwei.org.models import Person, Post
from anwei.oversight.models.morning import Morning
from anwei.sites.models import Enterprise

WORDS_LENGTH = 1000


class SupervisionOrder(Case):
    """督办单. The office (安委办) issues and checks, a body carries out, its principal answers.

    It is about an enterprise or a case, but never the enterprise's: what an enterprise has to do is a hazard
    or a warning, and it does not read what its regulators are told. Fields of `safety_committee.toml`
    [supervision_order].
    """

    class Origin(models.TextChoices):
        """督办类别."""

        INSTRUCTION = "instruction", _("领导批示")
        MEETING = "meeting", _("会议决定")
        MAJOR_HAZARD = "major_hazard", _("重大隐患")
        UPPER = "upper", _("上级交办")
        TIP_OFF = "tip_off", _("举报转办")
        ACCIDENT = "accident", _("事故整改")

    origin = models.CharField(_("督办类别"), max_length=20, choices=Origin.choices)
    words = models.TextField(_("批示或者决定原文"), max_length=WORDS_LENGTH)
    instructed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批示人")
    )
    document = models.CharField(_("来源文号"), max_length=80, blank=True)
    about = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supervision_orders",
        verbose_name=_("相关事项"),
    )
    about_enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supervision_orders",
        verbose_name=_("相关企业"),
    )

    morning = models.ForeignKey(
        Morning,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("今日要情"),
    )
    line = models.PositiveSmallIntegerField(_("第几条"), null=True, blank=True)
    key = models.CharField(max_length=64, blank=True)  # of the form: sent twice, it opens one order

    requirement = models.TextField(_("督办要求"), max_length=2000, blank=True)
    due_on = models.DateField(_("完成时限"), null=True, blank=True)
    charged = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办岗位")
    )
    cooperating = models.CharField(_("配合单位"), max_length=200, blank=True)
    progress = models.TextField(_("进展"), max_length=2000, blank=True)
    result = models.TextField(_("办结情况"), max_length=2000, blank=True)
    finding = models.TextField(_("审核意见"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("督办单")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="an_order_is_opened_once"),
            models.CheckConstraint(
                condition=Q(morning=None, line=None) | Q(morning__isnull=False, line__isnull=False),
                name="an_answer_names_its_line",
            ),
        ]
