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
    """预警: an alarm that a unit must answer; issued by the system for the county's duty post."""

    rule = models.ForeignKey(
        AlarmRule, on_delete=models.PROTECT, related_name="warnings", verbose_name=_("报警规则")
    )
    level = models.CharField(_("等级"), max_length=10, choices=Severity.choices)
    open_for_site = models.CharField(
        max_length=60, blank=True
    )  # "<rule>:<site or device>" while open, "" when closed
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
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; a closed warning gives its place free to the next one in the same statement."""
        if self.phase == Phase.CLOSED and self.open_for_site:
            self.open_for_site = ""
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "open_for_site"}
        super().save(*args, **kwargs)
