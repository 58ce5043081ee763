"""The second factor: who must have one, one-time codes that are good once, recovery codes on paper.

The one-time codes are allauth's (RFC 6238); here each is used up in the database, so that it is good once in
every process and after a restart too (RFC 6238 section 5.2), within a step of 30 s before and after the
server's clock.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from anwei.ledgers.services import record_change
from anwei.org.holdings import posts_of
from anwei.org.models import Delegation, Person, Post, RecoveryCode, Unit
from anwei.org.scope import ADMINISTRATORS

LEADERS = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY)
LEADING_UNITS = (
    Unit.Kind.PARTY,
    Unit.Kind.GOVERNMENT,
    Unit.Kind.COMMITTEE,
    Unit.Kind.COMMITTEE_OFFICE,
    Unit.Kind.TOWNSHIP,
)
FORCED = Q(kind__in=ADMINISTRATORS) | Q(kind__in=LEADERS, unit__kind__in=LEADING_UNITS)
N_CODES, CODE_BYTES = 10, 10  # 80 bits each: a plain digest of such a code cannot be guessed back
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, without I O 0 1
LAST_STEP = "last_step"  # in Authenticator.data: the newest time step whose code was used


def must_have_factor(person: Person, now: datetime) -> bool:
    """Say whether a post asks for a second factor: leaders of county and township, the three administrators.

    Whoever acts for such a leader by delegation needs one as well: a secretary's account opens the same
    doors.
    """
    if posts_of(person, now).filter(FORCED).exists():
        return True
    acting = Delegation.objects.filter(
        deputy=person, from_at__lte=now, to_at__gt=now, revoked_at__isnull=True
    )
    return Post.objects.filter(FORCED, delegations__in=acting).exists()


def has_factor(person: Person) -> bool:
    """Say whether one-time codes are set up."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def step_of(secret: str, code: str) -> int | None:
    """Return the time step near now whose code this is, or None."""
    typed = code.replace(" ", "")
    step: int
    for step in yield_hotp_counters_from_time():
        if constant_time_compare(typed, format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def use_code(person: Person, code: str) -> bool:
    """Use up a one-time code; False for a wrong one, one that was used, or one older than that."""
    row = Authenticator.objects.select_for_update().filter(user=person, type=Authenticator.Type.TOTP).first()
    if row is None:
        return False
    step = step_of(decrypt(row.data["secret"]), code)
    if step is None or step <= row.data.get(LAST_STEP, 0):
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


def use_recovery_code(person: Person, typed: str, now: datetime) -> bool:
    """Use up a recovery code; False for a wrong or used one."""
    unused = RecoveryCode.objects.filter(person=person, digest=_digest(typed), used_at__isnull=True)
    if not unused.update(used_at=now):
        return False
    content = {"left": RecoveryCode.objects.filter(person=person, used_at__isnull=True).count()}
    record_change("org.person", person.pk, actor=person, now=now, verb="use_recovery_code", content=content)
    return True


@transaction.atomic
def issue_recovery_codes(person: Person, *, actor: Person, now: datetime) -> list[str]:
    """Replace the recovery codes of `person`; the new ones are shown only here."""
    codes = [_code() for _number in range(N_CODES)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=_digest(code)) for code in codes)
    record_change(
        "org.person", person.pk, actor=actor, now=now, verb="issue_recovery_codes", content={"codes": N_CODES}
    )
    return codes


def _code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _letter in range(CODE_BYTES * 8 // 5))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _digest(typed: str) -> str:
    plain = "".join(letter for letter in typed.upper() if letter in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()
