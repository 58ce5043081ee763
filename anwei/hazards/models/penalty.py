"""A penalty that was decided, and how it is made public (安全生产法 第78条)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Case
from anwei.hazards.models.hazard import Hazard
from anwei.org.models import Unit


class Annulled(models.TextChoices):
    """What review, court or the body itself made of a decision (行政处罚法 第48条第2款)."""

    REVOKED = "revoked", _("撤销")
    VARIED = "varied", _("变更")
    ILLEGAL = "illegal", _("确认违法")
    VOID = "void", _("确认无效")


STANDS = Q(annulled_on__isnull=True) | Q(annul_kind=Annulled.VARIED)
"""What counts: decisions that stand, also with another amount than at first."""


class Penalty(Case):
    """行政处罚: who decided what under which article; its publication is what must be done, by a day.

    `fine` is the key of the fine in `standards.hazards.penalties`; article and violation are kept in the
    words of the day. `person_name` names who was penalised where that is not the enterprise. The public reads
    `public_text` alone, from `published_on` until the day before `withdraw_on`. A decision that review or
    court annulled stays on record with the day, the document and why (`annulled_on`), and counts nowhere,
    except one that was varied (变更), which counts with what it says now. Where it was public, `annul_text`
    tells the public why it was withdrawn, until the day before `annul_shown_until`.
    """

    on_hazard = models.ForeignKey(
        Hazard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="penalties",
        verbose_name=_("隐患"),
    )
    fine = models.CharField(_("罚则"), max_length=20)
    law = models.CharField(max_length=30)  # key of the law the article stands in
    article = models.CharField(_("条款"), max_length=40)
    violation = models.CharField(_("违法行为"), max_length=300)
    sanction = models.CharField(_("处罚内容"), max_length=300)
    amount = models.DecimalField(
        _("罚款（元）"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    decision_number = models.CharField(_("决定书文号"), max_length=60)
    decided_on = models.DateField(_("决定日期"), db_index=True)
    body = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="penalties", verbose_name=_("处罚机关")
    )
    person_name = models.CharField(_("受处罚的个人（处罚单位的不填）"), max_length=60, blank=True)

    public_text = models.TextField(_("公示文本"), max_length=2000, blank=True)
    published_on = models.DateField(_("公示日期"), null=True, blank=True)
    withdraw_on = models.DateField(_("撤下日期"), null=True, blank=True)

    annul_kind = models.CharField(_("变动"), max_length=10, choices=Annulled.choices, blank=True)
    annulled_on = models.DateField(_("撤销日期"), null=True, blank=True, db_index=True)
    annulled_by = models.CharField(_("撤销文书（机关、名称、文号）"), max_length=120, blank=True)
    annul_reason = models.CharField(_("撤销理由"), max_length=500, blank=True)

    varied_sanction = models.CharField(_("变更后的处罚内容"), max_length=300, blank=True)
    varied_amount = models.DecimalField(
        _("变更后的罚款（元）"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    annul_text = models.TextField(_("撤回说明"), max_length=2000, blank=True)
    annul_shown_until = models.DateField(_("撤回说明公开至"), null=True, blank=True, db_index=True)

    @property
    def stands(self) -> bool:
        """Whether the decision counts: as it was made, or as it was varied."""
        return self.annulled_on is None or self.annul_kind == Annulled.VARIED

    @property
    def standing_sanction(self) -> str:
        """What the decision says by now."""
        return self.varied_sanction or self.sanction

    @property
    def standing_amount(self) -> Decimal | None:
        """The fine by now in yuan, None where there is none."""
        return self.varied_amount if self.annul_kind == Annulled.VARIED else self.amount

    class Meta:
        verbose_name = _("行政处罚")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "decision_number"], name="one_penalty_of_a_decision_number"
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True, withdraw_on__isnull=True)
                | ~Q(public_text="") & Q(published_on__isnull=False, withdraw_on__isnull=False),
                name="what_is_published_has_a_text_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(annulled_on__isnull=True, annulled_by="", annul_reason="")
                | Q(annulled_on__isnull=False) & ~Q(annulled_by="") & ~Q(annul_reason=""),
                name="an_annulled_penalty_has_its_day_paper_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(annulled_on__isnull=True, annul_kind="")
                | Q(annulled_on__isnull=False, annul_kind__in=Annulled.values),
                name="an_annulled_penalty_has_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(annul_kind=Annulled.VARIED) & ~Q(varied_sanction="")
                | ~Q(annul_kind=Annulled.VARIED) & Q(varied_sanction="", varied_amount__isnull=True),
                name="a_varied_penalty_says_what_it_is_now",
            ),
            models.CheckConstraint(
                condition=Q(annul_text="", annul_shown_until__isnull=True)
                | ~Q(annul_text="") & Q(annul_shown_until__isnull=False, annulled_on__isnull=False),
                name="what_is_told_of_a_withdrawal_has_an_end",
            ),
        ]
