"""What a campaign asks of one enterprise: to look at certain things itself and report (专项自查)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.campaigns import Campaign
from anwei.hazards.models.hazard import Hazard
from anwei.hazards.models.reports import OF_AN_ENTERPRISE
from anwei.org.models import Person
from anwei.org.scope import ScopedManager
from anwei.sites.models import Enterprise


class SpecialCheck(models.Model):
    """专项自查 of one enterprise in a campaign: what it was asked to look at, and what it answered.

    `lines` is [{"text", "basis"}], fixed when it was asked; `answers` one for each of them:
    [{"result", "note", "no_photo"}]. What failed was filed as `hazards`. `told` people were sent a notice.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="special_checks", verbose_name=_("检查计划")
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="special_checks", verbose_name=_("企业")
    )
    lines = models.JSONField(_("自查内容"))
    due_on = models.DateField(_("报送期限"))
    asked_at = models.DateTimeField(_("部署时间"))
    told = models.PositiveSmallIntegerField(_("已通知人数"), default=0)
    answers = models.JSONField(_("自查情况"), default=list, blank=True)
    reported_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    reported_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("报送人")
    )
    hazards = models.ManyToManyField(Hazard, related_name="special_checks", verbose_name=_("查出的隐患"))

    objects = ScopedManager()
    scope = OF_AN_ENTERPRISE

    class Meta:
        verbose_name = _("专项自查")
        ordering = ["campaign", "enterprise"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "enterprise"], name="an_enterprise_is_asked_once_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True, reported_by__isnull=True)
                | Q(reported_at__isnull=False, reported_by__isnull=False),
                name="a_special_check_is_reported_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.enterprise}"
