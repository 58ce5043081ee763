"""A request for more time: a case of its own, decided by the supervisor of the case it belongs to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.case import Case, Clock


class Extension(Case):
    """延期: which clock, until when, why, and what is done meanwhile; `granted_until` once it is approved."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions")
    due_before = models.DateTimeField(_("申请时期限"))
    asked_until = models.DateField(_("申请延至"))
    reason = models.TextField(_("延期理由"))
    interim_measures = models.TextField(_("延期期间的防范措施"))
    granted_until = models.DateField(_("批准延至"), null=True, blank=True)

    class Meta:
        verbose_name = _("延期申请")
