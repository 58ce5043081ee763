"""Telling people at once that an account was reset: whose it is, and who audits it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.notices.services import tell
from anwei.ledgers.models import Change
from anwei.org.accounts.resets import register_teller
from anwei.org.models import Person
from anwei.org.templatetags.accounts import verb_words


def tell_both(change: Change, person: Person, auditors: list[Person]) -> None:
    """Tell the person, by every channel that reaches them, and the audit administrators."""
    words = {
        "what": verb_words(change.verb),
        "hand": str(change.actor or _("服务器命令")),
        "person": str(person),
    }
    own = _("您的账号由%(hand)s办理了“%(what)s”。不是您要求的，请立即联系安全审计员。") % words
    told = _("%(person)s的账号由%(hand)s办理了“%(what)s”，请向本人核实。") % words
    address = reverse("account_reset", args=[person.pk])
    for to, text, url in (([person], own, reverse("account")), (auditors, told, address)):
        tell(
            to=to,
            text=text,
            url=url,
            level="red",
            key=f"account-reset:{change.pk}",
            now=change.at,
            actor=change.actor,
        )


register_teller(tell_both)
