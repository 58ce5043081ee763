"""A draw by lot of whom to visit and who goes (双随机), kept so that anybody can draw it again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.campaigns import BodiesManager, Campaign
from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person, Unit
from anwei.org.scope import ScopeColumns


class Draw(AppendOnly):
    """One draw, never changed. Enterprises stand in it by credit code, inspectors by certificate number.

    `result` is [[credit code, [certificate numbers]], …] in the order of the lots; `algorithm` names the
    rule of `anwei.standards.inspections.lots` by which the seed gave it.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="draws", verbose_name=_("检查计划")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("抽取单位"))
    territory = models.CharField(_("属地"), max_length=12)
    seed = models.CharField(_("种子"), max_length=64)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("抽取人")
    )
    population = models.JSONField(_("抽取范围"))
    inspectors = models.JSONField(_("参加抽取的执法人员"))
    n = models.PositiveIntegerField(_("抽取家数"))
    n_inspectors = models.PositiveSmallIntegerField(_("每家人数"))
    result = models.JSONField(_("抽取结果"))
    algorithm = models.CharField(_("算法"), max_length=40)

    objects = BodiesManager()
    scope = ScopeColumns(territory="territory")

    class Meta:
        verbose_name = _("双随机抽取")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "seed"], name="a_seed_is_drawn_by_once_a_campaign"),
            models.CheckConstraint(
                condition=Q(n__gte=1) & ~Q(seed=""), name="a_draw_has_a_number_and_a_seed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.seed}"
