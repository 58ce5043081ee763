"""Listed supervision (挂牌督办): an order of the committee over one major hazard, known to the public."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Case
from anwei.hazards.models.hazard import Hazard
from anwei.standards.hazards.rules import listed_supervision

COUNTY_LEVEL = "3"
LEVELS = [(level, _(name)) for level, name in zip(("3", "2", "1"), listed_supervision().levels, strict=False)]
"""三级 (county), 二级 (city), 一级 (province), as the rules of the loop name who lists."""


class Listing(Case):
    """挂牌督办 of a hazard; one that stands at a time.

    It is neither parent nor child of the hazard: a child would keep the hazard from being closed off (销号
    waits for its children), and the listing is lifted only when the hazard is closed off. `authority` is who
    lists, where that is not the county; `code` the short address of its public page, made with the notice.
    """

    on_hazard = models.ForeignKey(
        Hazard, on_delete=models.PROTECT, related_name="listings", verbose_name=_("重大隐患")
    )
    level = models.CharField(_("督办级别"), max_length=1, choices=LEVELS, default=COUNTY_LEVEL)
    authority = models.CharField(_("挂牌机关"), max_length=60)
    reason = models.TextField(_("挂牌理由"), max_length=1000)
    in_force = models.BooleanField(default=True)  # proposed or listed, until declined, withdrawn or lifted
    code = models.CharField(_("短码"), max_length=12, blank=True)
    listed_on = models.DateField(_("挂牌日期"), null=True, blank=True)

    requirement = models.TextField(_("治理内容和要求"), max_length=2000, blank=True)
    due_on = models.DateField(_("治理期限"), null=True, blank=True)
    progress = models.TextField(_("进度"), max_length=2000, blank=True)
    evaluator = models.CharField(_("评估单位"), max_length=120, blank=True)
    evaluation = models.TextField(_("评估结论"), max_length=2000, blank=True)
    application = models.TextField(_("申请解除的说明"), max_length=2000, blank=True)
    finding = models.TextField(_("现场审查情况"), max_length=2000, blank=True)
    announcement = models.CharField(_("公告刊登处"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("挂牌督办")
        constraints = [
            models.UniqueConstraint(
                fields=["on_hazard"], condition=Q(in_force=True), name="a_hazard_is_listed_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="a_listing_has_its_own_code"
            ),
            models.CheckConstraint(
                condition=Q(code="", listed_on__isnull=True) | ~Q(code="") & Q(listed_on__isnull=False),
                name="a_listing_is_public_from_its_day",
            ),
        ]
