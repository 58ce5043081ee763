"""People of the county's government for the tests of accounts, and a browser that logs in by the page."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint, create_person
from tests.kernel.county import COUNTY, IN_POST_SINCE, NOW, TOWN

PASSWORD = "Correct-Horse-7-Staple"
STEP = 30  # s
FACTOR_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def government() -> Unit:
    unit: Unit = Unit.objects.get_or_create(
        name="测试县人民政府", defaults={"kind": Unit.Kind.GOVERNMENT, "territory": COUNTY}
    )[0]
    return unit


def township() -> Unit:
    unit: Unit = Unit.objects.get_or_create(
        name="甲镇人民政府", defaults={"kind": Unit.Kind.TOWNSHIP, "territory": TOWN}
    )[0]
    return unit


def official(
    username: str, kind: str, unit: Unit | None = None, *, phone: str = "", password: str = PASSWORD
) -> Person:
    """Somebody who holds a post of the government, with a password of their own."""
    person, _plain = create_person(
        username=username, full_name=username, phone=phone, actor=None, now=NOW, password=password
    )
    post, _created = Post.objects.get_or_create(
        unit=unit or government(), kind=kind, defaults={"title": str(Post.Kind(kind).label)}
    )
    appoint(person, post, actor=None, now=NOW, from_on=IN_POST_SINCE)
    return person


def log_in(client: Client, login: str, password: str = PASSWORD, **sent: Any) -> HttpResponse:
    return client.post("/accounts/login/", {"login": login, "password": password}, **sent)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def give_factor(person: Person) -> str:
    """Set up one-time codes and return the secret."""
    TOTP.activate(person, FACTOR_SECRET)
    return FACTOR_SECRET


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code that the telephone shows now, or so many steps from now."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // STEP + steps))


def secret_of(person: Person) -> str:
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    return str(decrypt(row.data["secret"]))
