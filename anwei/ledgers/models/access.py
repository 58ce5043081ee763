"""Who came to a door and was turned away, and who read what is under seal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models.sealed import SealedRow


class Access(SealedRow):
    """One sealed line of the day's access log: who (or nobody), when, from where, what, with which result."""

    chain_fields = ("day",)
    sealed_fields = ("at", "actor_id", "verb", "result")
    content_fields = ("content",)  # {"path": ..., "from": address}: may be erased when its time is over

    day = models.CharField(_("日期"), max_length=10)  # the county's date, ISO: one chain a day
    result = models.PositiveSmallIntegerField(_("结果"))  # the status that was answered

    class Meta:
        verbose_name = _("访问记录")
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="access_numbers_are_unique")]
        indexes = [models.Index(fields=["actor", "at"])]

    def __str__(self) -> str:
        return f"{self.day} #{self.number} {self.verb} {self.result}"
