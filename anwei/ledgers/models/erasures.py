"""The erasure of personal text from a sealed row: proposed by one administrator, confirmed by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ErasureRequest(models.Model):
    """Somebody asks that the text of one sealed row be emptied; `done` only after a second person agreed."""

    class State(models.TextChoices):
        """How far it has come."""

        PROPOSED = "proposed", _("待另一人确认")
        DONE = "done", _("已抹除")
        REFUSED = "refused", _("未同意")

    model = models.CharField(max_length=60)  # label of the sealed row's model
    row = models.PositiveBigIntegerField()
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(_("理由"), max_length=200)
    citation = models.CharField(_("依据"), max_length=120)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    proposed_as = models.CharField(max_length=20)  # which administrator
    proposed_at = models.DateTimeField(_("提出时间"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("答复人"),
    )
    answered_as = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("抹除申请")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | ~Q(answered_by=F("proposed_by")) & ~Q(answered_as=F("proposed_as")),
                name="erasure_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", answered_by__isnull=True, answered_at__isnull=True)
                | ~Q(state="proposed") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="erasure_is_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["model", "row"], condition=Q(state="proposed"), name="one_open_erasure_of_a_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
