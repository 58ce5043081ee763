"""Accounts, posts and tokens: who is let in, and who answers for what from which day."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import ApiToken, Holding, Person, Post, SectorDuty, Territory, Unit


class OrgError(Exception):
    """A rule of the organisation was not met; the text is a sentence for the user."""


@transaction.atomic
def register_territory(code: str, name: str, *, actor: Person | None, now: datetime) -> Territory:
    """Register a territory, or give it another name."""
    territory, _created = Territory.objects.update_or_create(pk=code, defaults={"name": name})
    record_change("org.territory", code, actor=actor, now=now, verb="register", content={"name": name})
    return territory


@transaction.atomic
def register_unit(
    *, kind: str, name: str, territory: str, sectors: Iterable[str], actor: Person | None, now: datetime
) -> Unit:
    """Register a public body; `sectors` are those a department leads (三管三必须)."""
    unit = Unit.objects.create(kind=kind, name=name, territory=territory)
    led = sorted(set(sectors))
    SectorDuty.objects.bulk_create(SectorDuty(unit=unit, sector=sector) for sector in led)
    content = {"kind": kind, "name": name, "territory": territory, "sectors": led}
    record_change("org.unit", unit.pk, actor=actor, now=now, verb="register", content=content)
    return unit


@transaction.atomic
def create_person(
    *,
    username: str,
    full_name: str,
    actor: Person | None,
    now: datetime,
    phone: str = "",
    password: str | None = None,
    may_log_in: bool = True,
) -> tuple[Person, str]:
    """Make an account and return it with its password, random unless one is given and shown only here.

    Who may not log in yet gets no password ("") until somebody sets one.
    Raises OrgError when the name or the phone number is taken.
    """
    if Person.objects.filter(username=username).exists():
        raise OrgError(_("用户名 %(name)s 已有人使用。") % {"name": username})
    if phone and Person.objects.filter(phone=phone).exists():
        raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": phone})
    plain = (password or secrets.token_urlsafe(12)) if may_log_in else ""
    person = Person(username=username, full_name=full_name, phone=phone, date_joined=now)
    person.set_password(plain or None)
    person.save()
    record_change(
        "org.person", person.pk, actor=actor, now=now, verb="create", content={"username": username}
    )
    return person, plain


@transaction.atomic
def reset_password(person: Person, *, actor: Person | None, now: datetime) -> str:
    """Give an account a new random password, shown only here; its open sessions end."""
    plain = secrets.token_urlsafe(12)
    person.set_password(plain)
    person.save(update_fields=["password"])
    record_change("org.person", person.pk, actor=actor, now=now, verb="reset_password", content={})
    return plain


@transaction.atomic
def close_account(person: Person, *, actor: Person | None, now: datetime) -> None:
    """Put an account, its sessions and its tokens out of use from the next request on."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    record_change("org.person", person.pk, actor=actor, now=now, verb="close", content={})


@transaction.atomic
def appoint(
    person: Person,
    post: Post,
    *,
    actor: Person | None,
    now: datetime,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Holding:
    """Let `person` hold `post` from a day (today unless given), to a day or until dismissed."""
    holding = Holding.objects.create(person=person, post=post, from_on=from_on or day_of(now), to_on=to_on)
    record_change(
        "org.post",
        post.pk,
        actor=actor,
        now=now,
        verb="appoint",
        content={"person": person.pk, "from": holding.from_on, "to": to_on},
    )
    return holding


@transaction.atomic
def dismiss(holding: Holding, *, actor: Person | None, now: datetime, last_on: date, reason: str) -> None:
    """End a holding after the day `last_on`.

    Raises OrgError when that day lies before the first.
    """
    if last_on < holding.from_on:
        raise OrgError(_("离任日期不能早于任职日期。"))
    holding.to_on = last_on
    holding.save(update_fields=["to_on"])
    record_change(
        "org.post",
        holding.post_id,
        actor=actor,
        now=now,
        verb="dismiss",
        content={"person": holding.person_id, "to": last_on},
        reason=reason,
    )


@transaction.atomic
def create_token(
    person: Person, *, label: str, now: datetime, actor: Person | None = None
) -> tuple[ApiToken, str]:
    """Make a bearer token of the JSON API; the plain token is shown only here, its SHA-256 is kept."""
    plain = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(person=person, digest=_digest(plain), label=label, created_at=now)
    record_change(
        "org.apitoken",
        token.pk,
        actor=actor,
        now=now,
        verb="create",
        content={"person": person.pk, "label": label},
    )
    return token, plain


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Person | None, now: datetime) -> None:
    """End a token; the next request with it is refused."""
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    record_change("org.apitoken", token.pk, actor=actor, now=now, verb="revoke", content={})


def person_of_token(plain: str) -> Person | None:
    """Return whose token this is, or None when it is unknown, revoked or its account is out of use."""
    token = (
        ApiToken.objects.select_related("person")
        .filter(digest=_digest(plain), revoked_at__isnull=True, person__is_active=True)
        .first()
    )
    return None if token is None else token.person


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
