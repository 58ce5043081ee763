"""Records of hazards that were opened elsewhere: a paper ledger, an older system, a provincial export."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.hazard import Grade
from anwei.org.models import SECTOR_CHOICES
from anwei.org.scope import ScopeColumns, ScopedManager


class PastHazard(models.Model):
    """One line of another source's record, kept as it is told there: no case, nobody acts on it here.

    A source may give one number several times (closed, then closed again): `turn` counts the lines of a
    number. `due_on` is the day that the source tells, `reckoned_on` the day by which closing is in time here.
    """

    class Status(models.TextChoices):
        """How it stands in its source; a duplicate is the same matter reported again."""

        OPEN = "open", _("未办结")
        CLOSED = "closed", _("已办结")
        OPEN_DUPLICATE = "open_duplicate", _("重复件，未办结")
        CLOSED_DUPLICATE = "closed_duplicate", _("重复件，已办结")

    source = models.CharField(_("台账来源"), max_length=60)
    number = models.CharField(_("原编号"), max_length=60)
    turn = models.PositiveIntegerField(_("同号序次"), default=1, validators=[MinValueValidator(1)])
    filed_on = models.DateField(_("登记日期"), db_index=True)
    due_on = models.DateField(_("原定期限"), null=True, blank=True)
    reckoned_on = models.DateField(_("按期截止日"))
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices)
    grade = models.CharField(_("等级"), max_length=8, choices=Grade.choices, blank=True)
    territory = models.CharField(_("属地"), max_length=12, db_index=True)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    unit_name = models.CharField(_("单位"), max_length=120, blank=True)
    type = models.CharField(_("类型"), max_length=80, blank=True)
    text = models.TextField(_("描述"), max_length=2000, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    longitude = models.FloatField(
        _("经度"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    latitude = models.FloatField(
        _("纬度"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    duplicate_of = models.CharField(_("与哪个编号重复"), max_length=60, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector")

    class Meta:
        verbose_name = _("往年、外部隐患")
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "source", "turn"], name="a_line_of_a_source_is_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "open_duplicate"], closed_on__isnull=True)
                | Q(status__in=["closed", "closed_duplicate"], closed_on__isnull=False),
                name="a_past_hazard_is_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("filed_on")),
                name="a_past_hazard_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"
