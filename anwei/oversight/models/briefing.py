"""通报: a briefing of 1—N月 as it was made, for good; another text or later facts make another one."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models.sealed import DIGEST_LENGTH, AppendOnly
from anwei.org.models import Post
from anwei.standards.briefing import layouts

LAYOUTS = [(one.key, _(one.name)) for one in layouts().values()]
WORDS_LENGTH = 4000


class Briefing(AppendOnly):
    """One version of a briefing: the snapshot it is made of, what people wrote, and the head of the chain.

    It is a draft until its official paper is signed; whoever writes on makes the next `version`. A correction
    (更正) names the issued one it `corrects`, with the reason and what changed. `head` is the hourly head of
    the sealed chain at that moment: printed at the end, it anchors all records outside the database.
    """

    year = models.PositiveSmallIntegerField(_("年份"))
    months = models.PositiveSmallIntegerField(
        _("截至月份"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    layout = models.CharField(_("版式"), max_length=10, choices=LAYOUTS)
    version = models.PositiveSmallIntegerField(_("版本"))
    as_of = models.DateField(_("截至"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("起草岗位"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("起草人")
    )
    made_at = models.DateTimeField(_("生成时间"))
    snapshot = models.JSONField()
    causes = models.TextField(_("事故原因"), max_length=WORDS_LENGTH, blank=True)
    problems = models.TextField(_("存在问题"), max_length=WORDS_LENGTH, blank=True)
    next_steps = models.TextField(_("下步要求"), max_length=WORDS_LENGTH, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    head_number = models.PositiveIntegerField()
    head_digest = models.CharField(max_length=DIGEST_LENGTH)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="corrections",
        verbose_name=_("更正的通报"),
    )
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    differences = models.JSONField(default=list)

    class Meta:
        verbose_name = _("通报")
        ordering = ["-year", "-months", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "months", "layout", "version"], name="a_briefing_is_made_once_a_version"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, reason="") | Q(corrects__isnull=False) & ~Q(reason=""),
                name="a_corrected_briefing_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=12), name="a_briefing_ends_with_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.months:02d} {self.get_layout_display()} {self.version}"
