"""Who acts for the holder of a post while that person is away or has left the signing to a secretary."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models.people import Person, Post


class Delegation(models.Model):
    """A deputy acts at a post for one of its holders, from a moment to a moment, as somebody granted.

    It ends by itself with the holding it stands on: nobody acts for a person who has left the post.
    """

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("岗位")
    )
    principal = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegated", verbose_name=_("被代理人")
    )  # for whom the deputy acts
    deputy = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("代理人")
    )
    from_at = models.DateTimeField(_("代理起"))
    to_at = models.DateTimeField(_("代理止"))  # the first moment at which it no longer holds
    reason = models.CharField(_("事由"), max_length=200)
    granted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("授权人")
    )
    granted_at = models.DateTimeField(_("授权时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位代理")
        ordering = ["-from_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_at__gt=F("from_at")), name="delegation_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(deputy=F("principal")), name="nobody_is_their_own_deputy"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy}代{self.principal} {self.post}"
