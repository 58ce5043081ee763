"""What a county counted before the system: accidents of a month, in a township and a sector (期初)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES
from anwei.org.scope import ScopeColumns, ScopedManager


class OpeningFigure(models.Model):
    """Figures of one month x sector x township, entered once; a month counts by them or by the ledger.

    `month_begins` is the first day of the month, by which periods find it. `injuries` are serious and minor.
    """

    year = models.PositiveSmallIntegerField(
        _("年份"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    month = models.PositiveSmallIntegerField(
        _("月份"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    month_begins = models.DateField(_("月初"), db_index=True)
    territory = models.CharField(_("属地"), max_length=12)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    accidents = models.PositiveIntegerField(_("事故起数"), default=0)
    fatal_accidents = models.PositiveIntegerField(_("亡人事故起数"), default=0)
    larger_accidents = models.PositiveIntegerField(_("较大及以上事故起数"), default=0)
    deaths = models.PositiveIntegerField(_("死亡人数"), default=0)
    injuries = models.PositiveIntegerField(_("受伤人数"), default=0)
    loss = models.DecimalField(
        _("直接经济损失（万元）"),
        max_digits=16,
        decimal_places=4,  # of 万元: to the yuan
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector")

    class Meta:
        verbose_name = _("事故期初数")
        ordering = ["-month_begins", "territory", "sector"]
        constraints = [
            models.UniqueConstraint(
                fields=["month_begins", "territory", "sector"], name="opening_figures_once_a_month_and_place"
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12) & Q(loss__gte=0), name="opening_figures_of_a_month"
            ),
            models.CheckConstraint(
                condition=Q(fatal_accidents__lte=F("accidents"))
                & Q(larger_accidents__lte=F("accidents"))
                & Q(deaths__gte=F("fatal_accidents"))
                & (Q(fatal_accidents__gt=0) | Q(deaths=0)),
                name="opening_figures_agree_with_each_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d} {self.territory} {self.get_sector_display()}"
