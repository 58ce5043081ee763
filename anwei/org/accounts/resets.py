"""Resets by another hand: who gives somebody a new password or takes their telephone away could act as them.

So nobody does it in silence: the person and the audit administrators are told at once, and the pages of the
person show the last reset. A telephone that a leader sets up after a reset does not open dangerous acts until
it has stood for a day (the county's setting) or an audit administrator has asked the leader and confirmed.
The same holds for a leader's account that an administrator opens, who knows its first password.
A room above delivers what is told; it contributes by a module `account_notices.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.models import Change
from anwei.ledgers.services import county_setting, record_change
from anwei.org.accounts.administration import administered_units, is_of_the_county
from anwei.org.accounts.factors import must_have_factor
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post, RecoveryCode

REGISTER, OPEN, CONFIRM = "org.person", "create", "confirm_factor"
RESETS = ("reset_password", "remove_factor", "change_phone", "reopen")
SETTLES_H, DEFAULT_H = "accounts.factor_settles_hours", 24  # key of ledgers.Setting, hours
BOUNDS_H = (8, 168)  # a working day, in which the person and the auditors see what happened; a week
AUDITOR = Post.Kind.AUDIT_ADMIN

Teller = Callable[[Change, Person, list[Person]], None]
_tellers: list[Teller] = []


def register_teller(teller: Teller) -> None:
    """Add who tells the person and the audit administrators of a reset; called once, at the start."""
    _tellers.append(teller)


def tell_of_opening(person: Person) -> None:
    """Tell the audit administrators of a new account whose post asks for a second factor."""
    change = _changes(person).filter(verb=OPEN).latest("pk")
    if must_have_factor(person, change.at):
        tell_of_reset(change, person)


def tell_of_reset(change: Change, person: Person) -> None:
    """Tell the person and their audit administrators of a reset, in its transaction; not of one's own act."""
    if change.actor_id != person.pk:
        for teller in _tellers:
            teller(change, person, auditors_of(person, change.at))


def last_reset(person: Person) -> Change | None:
    """Return the newest reset by another hand."""
    rows = _changes(person).filter(verb__in=RESETS).exclude(actor=person)
    return rows.select_related("actor").order_by("-pk").first()


def settles_at(person: Person, now: datetime) -> datetime | None:
    """Return until when dangerous acts wait for a telephone set up after a reset; None where they do not."""
    totp = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if totp is None or not must_have_factor(person, now):
        return None
    another_s = Q(verb__in=RESETS) | Q(
        verb=OPEN, actor__isnull=False
    )  # the server's own command opens freely
    before = _changes(person).filter(another_s, at__lte=totp.created_at).exclude(actor=person)
    until = totp.created_at + timedelta(hours=float(county_setting(SETTLES_H, DEFAULT_H)))
    confirmed = _changes(person).filter(verb=CONFIRM, at__gte=totp.created_at)
    return until if now < until and before.exists() and not confirmed.exists() else None


def _changes(person: Person) -> QuerySet[Change]:
    return Change.objects.filter(register=REGISTER, row=str(person.pk))


def require_settled(person: Person, now: datetime) -> None:
    """Raise PermissionDenied while a telephone set up after a reset is too new for dangerous acts."""
    if until := settles_at(person, now):
        sentence = _(
            "账号被重置后新设的动态口令，%(until)s 起才能办理重要事项；急需时请安全审计员向本人核实后放行。"
        )
        raise PermissionDenied(sentence % {"until": timezone.localtime(until).strftime("%m-%d %H:%M")})


@transaction.atomic
def remove_factor(person: Person, *, actor: Person | None, now: datetime, reason: str = "") -> None:
    """Take the second factor away (a lost telephone); whoever must have one sets it up at the next login.

    The person and the audit administrators are told.
    """
    Authenticator.objects.filter(user=person).delete()
    RecoveryCode.objects.filter(person=person).delete()
    change = record_change(
        REGISTER, person.pk, actor=actor, now=now, verb="remove_factor", content={}, reason=reason
    )
    tell_of_reset(change, person)


@transaction.atomic
def confirm_factor(person: Person, *, actor: Person, now: datetime, reason: str) -> None:
    """Let a telephone set up after a reset count at once: the audit administrator has asked the person.

    Raises PermissionDenied for whoever does not audit the person, or when nothing waits.
    """
    if not audits(actor, person, now) or settles_at(person, now) is None:
        raise PermissionDenied(_("没有等待您核实的重置。"))
    record_change(REGISTER, person.pk, actor=actor, now=now, verb=CONFIRM, content={}, reason=reason)


def auditors_of(person: Person, now: datetime) -> list[Person]:
    """Return the audit administrators in whose reach the person is."""
    held = holdings_on(day_of(now)).filter(post__kind=AUDITOR)
    found = Person.objects.filter(holdings__in=held).distinct().order_by("pk")
    return [auditor for auditor in found if audits(auditor, person, now)]


def audits(auditor: Person, person: Person, now: datetime) -> bool:
    """Say whether the person's account is this audit administrator's to audit; never the own one."""
    if auditor.pk == person.pk:
        return False
    units = administered_units(auditor, now, AUDITOR)
    return is_of_the_county(auditor, now, AUDITOR) or person.holdings.filter(post__unit__in=units).exists()
