"""What lets a program in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.holdings import posts_of
from anwei.org.models import ApiToken, Person
from anwei.org.services.errors import OrgError


@transaction.atomic
def create_token(
    person: Person, *, label: str, now: datetime, actor: Person | None = None
) -> tuple[ApiToken, str]:
    """Make a bearer token of the JSON API; the plain token is shown only here, its SHA-256 is kept.

    Raises OrgError for somebody without a post today: an account ends with the last post, its tokens too.
    """
    if not posts_of(person, now).exists():
        raise OrgError(_("%(person)s现在没有任职，不能签发接口令牌。") % {"person": person})
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


def person_of_token(plain: str, now: datetime) -> Person | None:
    """Return whose token this is, or None when it is unknown, revoked, or its person has no post at `now`."""
    token = (
        ApiToken.objects.select_related("person")
        .filter(digest=_digest(plain), revoked_at__isnull=True, person__is_active=True)
        .first()
    )
    return token.person if token is not None and posts_of(token.person, now).exists() else None


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
