"""What a post answers for: duties, yearly tasks, designations; and which units signed for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models.people import Post
from anwei.org.models.periods import Confidence, PeriodQuerySet, ends_after_it_starts
from anwei.org.models.units import Unit


class Duty(models.Model):
    """One duty of a post with its article (一岗双责); the first ones come from standards/data/duties.toml."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="duties", verbose_name=_("岗位"))
    number = models.PositiveSmallIntegerField(_("序号"))
    text = models.CharField(_("职责"), max_length=300)
    citation = models.CharField(_("依据"), max_length=120, blank=True)
    confidence = models.CharField(
        _("可信度"), max_length=10, choices=Confidence.choices, default=Confidence.COUNTY
    )

    class Meta:
        verbose_name = _("岗位职责")
        ordering = ["post", "number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="duty_number_once_a_post")]

    def __str__(self) -> str:
        return self.text


class KeyTask(models.Model):
    """One item of a leader's yearly list of key tasks (年度安全生产重点工作清单)."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("岗位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    text = models.CharField(_("工作事项"), max_length=300)
    due_on = models.DateField(_("完成期限"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    reference = models.CharField(_("完成依据"), max_length=200, blank=True)  # minutes, document, case number

    class Meta:
        verbose_name = _("重点工作")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "year", "text"], name="task_once_a_post_and_year"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, reference="")
                | (Q(done_on__isnull=False) & ~Q(reference="")),
                name="task_is_done_by_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Designation(models.Model):
    """A post named for a seat of one enterprise or key site (包保责任人); comes before the general rule."""

    class Seat(models.TextChoices):
        """For which of the three nets or the three roles."""

        TERRITORY = "territory", _("属地责任")
        REGULATOR = "regulator", _("部门责任")
        ENTERPRISE = "enterprise", _("企业责任")
        SUPERVISOR = "supervisor", _("监督")
        IMPLEMENTER = "implementer", _("落实")

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="designations", verbose_name=_("企业")
    )
    site = models.CharField(_("重点部位编号"), max_length=40, blank=True)  # empty: the whole enterprise
    seat = models.CharField(_("责任"), max_length=12, choices=Seat.choices)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="designations", verbose_name=_("岗位")
    )
    title = models.CharField(_("名义"), max_length=40)  # e.g. 包保责任人
    document = models.CharField(_("依据文件"), max_length=120)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("截止日期"), null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("指定责任人")
        ordering = ["-from_on", "-id"]
        indexes = [models.Index(fields=["unit", "site"], name="designation_of_unit_and_site")]
        constraints = [
            models.CheckConstraint(condition=ends_after_it_starts(), name="designation_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title} {self.post}"


class Signing(models.Model):
    """A yearly responsibility letter (责任书) of two units, proved by a scan or by the paper's reference."""

    year = models.PositiveSmallIntegerField(_("年度"))
    upper = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("甲方"))
    lower = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="signings", verbose_name=_("乙方"))
    signed_on = models.DateField(_("签订日期"))
    reference = models.CharField(_("纸质编号"), max_length=120, blank=True)
    scan = models.CharField(_("扫描件"), max_length=64, blank=True)  # its name in the folder of papers
    scan_name = models.CharField(_("文件名"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("责任书签订")
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "upper", "lower"], name="signing_once_a_year_and_pair"),
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="signing_needs_two_sides"),
            models.CheckConstraint(
                condition=~Q(reference="") | ~Q(scan=""), name="signing_is_proved_by_scan_or_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.upper} {self.lower}"
