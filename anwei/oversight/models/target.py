"""年度目标任务: how many accidents and deaths a township or sector may at most have in a year."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES
from anwei.org.scope import ScopeColumns, ScopedManager


class Target(models.Model):
    """One control target of a year; the territory is the county or a township, no sector means all."""

    class Measure(models.TextChoices):
        """What is limited."""

        ACCIDENTS = "accidents", _("事故起数")
        DEATHS = "deaths", _("死亡人数")
        LARGER = "larger", _("较大及以上事故起数")

    year = models.PositiveSmallIntegerField(
        _("年份"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    territory = models.CharField(_("属地"), max_length=12)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    measure = models.CharField(_("控制指标"), max_length=10, choices=Measure.choices)
    most = models.PositiveIntegerField(_("全年控制数"))
    document = models.CharField(_("下达文件"), max_length=120, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector")

    class Meta:
        verbose_name = _("年度目标")
        ordering = ["-year", "territory", "sector", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "territory", "sector", "measure"], name="a_target_is_set_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.territory} {self.get_sector_display()} {self.get_measure_display()}"
