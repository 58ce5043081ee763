"""The rungs of a ladder that a clock has come to: each is reached once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.case import Case, Clock, Entry


class RungReached(models.Model):
    """A clock came to a rung while it was due at a moment; the sealed entry says who was told."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rungs")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="rungs")
    code = models.CharField(max_length=40)  # of standards.ladders.Rung
    act = models.CharField(_("催办"), max_length=20)
    due_at = models.DateTimeField(_("当时期限"))  # a clock that was extended climbs the ladder anew
    occurrence = models.PositiveIntegerField(default=0)  # 1, 2, 3 ... where the rung comes again
    at = models.DateTimeField(_("时间"))
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="rung")

    class Meta:
        verbose_name = _("催办升级")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "code", "due_at", "occurrence"], name="a_rung_is_reached_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.code}"
