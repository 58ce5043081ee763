"""Looking again at what was closed: what the signals say, a sample drawn by lot, what was seen on site."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Document, Evidence
from anwei.hazards.models.hazard import Hazard
from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person
from anwei.sites.models import Enterprise


class PhotoHash(models.Model):
    """The perceptual hashes of a photo (`standards.formalism.pictures`), "" where nothing is to compare.

    Computed in the background, never while somebody hands a photo in.
    """

    evidence = models.OneToOneField(
        Evidence, on_delete=models.CASCADE, primary_key=True, related_name="photo_hash"
    )
    difference = models.CharField(max_length=16, blank=True)  # 64 bits in hex
    frequency = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("照片特征")
        constraints = [
            models.CheckConstraint(
                condition=Q(difference="", frequency="") | ~Q(difference="") & ~Q(frequency=""),
                name="a_photo_has_both_hashes_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.difference} {self.frequency}"


class SignalReport(models.Model):
    """What the signals said when they were last computed; one row, replaced each time.

    What a sample was drawn from stays with the draw.
    """

    at = models.DateTimeField(_("计算时间"))
    content = models.JSONField()  # hazards.signals.suggestions.Report

    class Meta:
        verbose_name = _("抽查建议")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class RecheckDraw(AppendOnly):
    """建议抽查的抽样, never changed: anybody can draw it again from seed, population and rule.

    `population` are the keys of what the signals suggested ("hazard:7", "enterprise:3"), `others` those of
    closures without any signal, of which `n_random` were drawn for comparison.
    """

    seed = models.CharField(_("种子"), max_length=64, unique=True)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("抽取人"))
    computed_at = models.DateTimeField(_("建议计算时间"))
    population = models.JSONField(_("建议抽查范围"))
    others = models.JSONField(_("随机对照范围"))
    n = models.PositiveIntegerField(_("抽取件数"))
    n_random = models.PositiveIntegerField(_("随机对照件数"))
    algorithm = models.CharField(_("算法"), max_length=40)

    class Meta:
        verbose_name = _("抽查抽样")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(seed="") & Q(n__gte=1), name="a_recheck_draw_has_a_seed")
        ]

    def __str__(self) -> str:
        return self.seed


class RecheckItem(AppendOnly):
    """One drawn closure or enterprise, with the signals as they stood then; none where it is a comparison."""

    draw = models.ForeignKey(
        RecheckDraw, on_delete=models.PROTECT, related_name="items", verbose_name=_("抽样")
    )
    place = models.PositiveIntegerField(_("序号"))
    hazard = models.ForeignKey(
        Hazard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recheck_items",
        verbose_name=_("隐患"),
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("企业")
    )
    signals = models.JSONField(_("抽查理由"))

    class Meta:
        verbose_name = _("抽查对象")
        ordering = ["draw", "place"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "place"], name="recheck_items_are_numbered"),
            models.CheckConstraint(
                condition=Q(hazard__isnull=True, enterprise__isnull=False)
                | Q(hazard__isnull=False, enterprise__isnull=True),
                name="a_recheck_is_of_a_hazard_or_an_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return str(self.hazard or self.enterprise)


class Recheck(AppendOnly):
    """What somebody saw on site; append-only: a second look is a second row, and the last one counts.

    What does not hold is filed as a new hazard that repeats the old one; its photos lie there, those of what
    holds in the enterprise's documents.
    """

    class Outcome(models.TextChoices):
        """Whether what was recorded is so."""

        HOLDS = "holds", _("属实")
        FAILS = "fails", _("不符")

    item = models.ForeignKey(
        RecheckItem, on_delete=models.PROTECT, related_name="rechecks", verbose_name=_("抽查对象")
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("抽查人"))
    at = models.DateTimeField(_("抽查时间"))
    outcome = models.CharField(_("结果"), max_length=5, choices=Outcome.choices)
    note = models.TextField(_("抽查情况"), max_length=2000)
    hazard = models.OneToOneField(
        Hazard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("重新登记的隐患"),
    )
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("照片")
    )

    class Meta:
        verbose_name = _("抽查记录")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="fails", hazard__isnull=False) | Q(outcome="holds", hazard__isnull=True),
                name="what_fails_a_recheck_is_filed_anew",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_outcome_display()}"
