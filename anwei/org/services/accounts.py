"""Who is let in: accounts and their passwords."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import require_administration
from anwei.org.accounts.passwords import initial_password, set_password
from anwei.org.accounts.resets import tell_of_reset
from anwei.org.models import ApiToken, KnownBrowser, Person, Post, Unit
from anwei.org.services.errors import OrgError
from anwei.org.services.posts import appoint

REGISTER = "org.person"
ADMINISTRATOR_NAMES = {
    Post.Kind.SYSTEM_ADMIN: "xitong",
    Post.Kind.SECURITY_ADMIN: "anbao",
    Post.Kind.AUDIT_ADMIN: "shenji",
}


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

    A random one must be changed at the first login. Who may not log in yet gets no password ("") until
    somebody sets one. Raises OrgError when name or phone number is taken, as either of the two: both log in.
    """
    if Person.objects.filter(username=username).exists() or Person.objects.filter(phone=username).exists():
        raise OrgError(_("用户名 %(name)s 已有人使用。") % {"name": username})
    _require_free_phone(phone)
    plain = (password or initial_password()) if may_log_in else ""
    person = Person(username=username, full_name=full_name, phone=phone, date_joined=now)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:  # another hand was faster
        raise OrgError(_("用户名或者手机号刚刚登记给了其他人，请核对后再试。")) from error
    if plain:
        set_password(person, plain, now=now, must_change=password is None)
    record_change(REGISTER, person.pk, actor=actor, now=now, verb="create", content={"username": username})
    return person, plain


def numbered_username() -> str:
    """Return a free user name for who is given none: p000001, p000002 ...

    It is no phone number, which pages mask and would show here; at the login the number is good as well.
    """
    numbered = Person.objects.filter(username__regex=r"^p[0-9]{6}$")
    newest = numbered.order_by("-username").values_list("username", flat=True).first() or "p0"
    return f"p{int(newest[1:]) + 1:06}"


@transaction.atomic
def reset_password(person: Person, *, actor: Person | None, now: datetime, reason: str = "") -> str:
    """Give an account a new random password, shown only here and to be changed; its open sessions end.

    The person and the audit administrators are told.

    Raises PermissionDenied when the account is not the actor's to change.
    """
    require_administration(actor, person, now)
    plain = initial_password()
    set_password(person, plain, now=now, must_change=True)
    KnownBrowser.objects.filter(person=person).delete()
    change = record_change(
        REGISTER, person.pk, actor=actor, now=now, verb="reset_password", content={}, reason=reason
    )
    tell_of_reset(change, person)
    return plain


@transaction.atomic
def change_phone(person: Person, phone: str, *, actor: Person | None, now: datetime, reason: str) -> None:
    """Give a person another phone number, or none.

    Raises OrgError when it is taken, PermissionDenied when the account is not the actor's to change.
    """
    require_administration(actor, person, now)
    _require_free_phone(phone, person)
    before, person.phone = person.phone, phone
    try:
        with transaction.atomic():
            person.save(update_fields=["phone"])
    except IntegrityError as error:
        raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": phone}) from error
    content = {"changed": {"phone": [before, phone]}}
    change = record_change(
        REGISTER, person.pk, actor=actor, now=now, verb="change_phone", content=content, reason=reason
    )
    tell_of_reset(change, person)


@transaction.atomic
def change_name(person: Person, full_name: str, *, actor: Person | None, now: datetime, reason: str) -> None:
    """Give a person another name, with which they sign from then on; they and their auditors are told.

    Raises PermissionDenied when the account is not the actor's to change.
    """
    require_administration(actor, person, now)
    before, person.full_name = person.full_name, full_name
    person.save(update_fields=["full_name"])
    content = {"changed": {"full_name": [before, full_name]}}
    change = record_change(
        REGISTER, person.pk, actor=actor, now=now, verb="change_name", content=content, reason=reason
    )
    tell_of_reset(change, person)


def _require_free_phone(phone: str, person: Person | None = None) -> None:
    """Raise OrgError when a phone number is another person's, as number or as user name: both log in."""
    others = Person.objects.filter(Q(phone=phone) | Q(username=phone))
    if person is not None:
        others = others.exclude(pk=person.pk)
    if phone and others.exists():
        raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": phone})


@transaction.atomic
def close_account(person: Person, *, actor: Person | None, now: datetime, reason: str = "") -> None:
    """Put an account, its sessions and its tokens out of use from the next request on.

    Raises PermissionDenied when the account is not the actor's to change.
    """
    require_administration(actor, person, now)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ApiToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
    record_change(REGISTER, person.pk, actor=actor, now=now, verb="close", content={}, reason=reason)


@transaction.atomic
def reopen_account(person: Person, *, actor: Person | None, now: datetime, reason: str) -> str:
    """Put a closed account into use again with a new password, shown only here.

    Raises PermissionDenied when the account is not the actor's to change.
    """
    person.is_active = True
    person.save(update_fields=["is_active"])
    record_change(REGISTER, person.pk, actor=actor, now=now, verb="reopen", content={}, reason=reason)
    return reset_password(person, actor=actor, now=now, reason=reason)


@transaction.atomic
def create_administrators(unit: Unit, *, now: datetime) -> list[tuple[Person, str, Post]]:
    """Make the three administrators of `unit`, each with a post and a random password shown only here.

    Raises OrgError when one of the accounts or posts exists already.
    """
    made = []
    for kind, username in ADMINISTRATOR_NAMES.items():
        if Post.objects.filter(unit=unit, kind=kind).exists():
            raise OrgError(_("%(unit)s已设“%(post)s”。") % {"unit": unit, "post": kind.label})
        person, password = create_person(username=username, full_name=str(kind.label), actor=None, now=now)
        post = Post.objects.create(unit=unit, kind=kind, title=str(kind.label))
        appoint(person, post, actor=None, now=now)
        made.append((person, password, post))
    return made
