"""What users say about the system itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person

LONGEST = 1000


class Suggestion(models.Model):
    """What somebody finds burdensome or would have otherwise, on which page, and what was answered."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人"))
    page = models.CharField(_("页面"), max_length=200, blank=True)  # path of the page it was written on
    text = models.TextField(_("内容"), max_length=LONGEST)
    photo = models.CharField(max_length=64, blank=True)  # name of a file in the folder of papers
    photo_type = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(_("时间"))
    reply = models.TextField(_("答复"), max_length=LONGEST, blank=True)
    replied_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("答复人")
    )
    replied_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("投诉建议")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reply="", replied_by__isnull=True, replied_at__isnull=True)
                | ~Q(reply="") & Q(replied_by__isnull=False, replied_at__isnull=False),
                name="a_reply_has_a_hand_and_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]
