"""Telling of enterprises that now lie in another township: the clerks of the old one and of the new."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.notices.services import tell, told_together
from anwei.org.models import Person, Post, Unit
from anwei.sites.queries import TOWNSHIP_DIGITS, township_names
from anwei.sites.services import EnterpriseMoves, on_enterprises_moved


def tell_of_moves(moves: EnterpriseMoves, actor: Person | None, now: datetime, reason: str) -> None:
    """Tell both townships which enterprise went where, and why; nobody of a move within a township."""
    names = township_names()
    with told_together(now):
        for enterprise, before, after in moves:
            old, new = before[:TOWNSHIP_DIGITS], after[:TOWNSHIP_DIGITS]
            words = {"enterprise": enterprise, "old": names.get(old, old), "new": names.get(new, new)}
            text = _("%(enterprise)s的属地由%(old)s改为%(new)s。") % words
            text += _("理由：%(reason)s") % {"reason": reason} if reason else ""
            own_page = reverse("enterprise", args=[enterprise.pk])
            # the old township sees the enterprise no more: its notice leads to what it has left
            for township, url in ((old, reverse("ledger", args=["enterprises"])), (new, own_page)):
                clerks = Post.objects.filter(
                    kind=Post.Kind.OFFICER, unit__kind=Unit.Kind.TOWNSHIP, unit__territory=township
                )
                key = f"move:{enterprise.pk}:{township}:{now.isoformat()}"
                if old != new:
                    tell(to=clerks, text=text, url=url, level="info", key=key, now=now, actor=actor)


on_enterprises_moved(tell_of_moves)
