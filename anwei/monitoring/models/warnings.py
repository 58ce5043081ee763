"""An alarm that a unit must answer."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.monitoring.models.rules import AlarmRule, Severity


class Warning(Case):
    """预警: an alarm that a unit must answer, issued by the system for the county's duty post.

    Without a rule it is what a person issues to an enterprise because of what its records say (`basis`).
    """

    class Verdict(models.TextChoices):
        """What an issued warning was worth, said by who checked; a false alarm is an outcome."""

        TRUE = "true", _("属实")
        UNKNOWN = "unknown", _("无法判断")

    rule = models.ForeignKey(
        AlarmRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="warnings",
        verbose_name=_("报警规则"),
    )
    basis = models.TextField(_("预警理由"), max_length=2000, blank=True)
    requirement = models.TextField(_("要求"), max_length=1000, blank=True)
    verdict = models.CharField(_("核实结论"), max_length=8, choices=Verdict.choices, blank=True)
    level = models.CharField(_("等级"), max_length=10, choices=Severity.choices)
    open_for_site = models.CharField(
        max_length=60, blank=True
    )  # while open "<rule>:<site or device>" or "enterprise-<key>", else ""
    cause = models.TextField(_("原因"), blank=True)
    measure = models.TextField(_("处置措施"), blank=True)
    finding = models.TextField(_("现场核查情况"), blank=True)

    class Meta:
        verbose_name = _("预警")
        constraints = [
            models.UniqueConstraint(
                fields=["open_for_site"],
                condition=~Q(open_for_site=""),
                name="one_open_warning_per_rule_and_site",
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=False) | ~Q(basis=""),
                name="a_warning_has_a_rule_or_a_basis",
            ),
        ]

    @property
    def is_issued(self) -> bool:
        """Whether a person issues it, and no alarm opened it."""
        return self.rule_id is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; a closed warning gives its place free to the next one in the same statement."""
        if self.phase == Phase.CLOSED and self.open_for_site:
            self.open_for_site = ""
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "open_for_site"}
        super().save(*args, **kwargs)
