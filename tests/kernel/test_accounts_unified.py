"""A county's unified login: people who are here already come in by it, nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from anwei.datafolder import DataFolder, UnsafeSecret
from anwei.org.models import Person
from anwei.org.services import close_account, dismiss
from anwei.portal.unified_login import PROVIDER, WrongUnifiedLogin, issuer_origin, unified_login
from tests.kernel.accounts import code_of, give_factor, is_in, official
from tests.kernel.county import NOW
from tests.kernel.provider import CLIENT, SECRET, Provider, running

DOOR = f"/accounts/unified/{PROVIDER}/"
PHONE = "13800000001"


def write(folder: DataFolder, **words: str) -> Path:
    found = {"name": "县统一身份认证", "client_id": CLIENT, "client_secret": SECRET} | words
    path = folder.folder("keys") / "unified-login.json"
    folder.write_private(path, json.dumps(found).encode())
    return path


@pytest.fixture
def provider(tmp_path: Path, settings: Settings) -> Iterator[Provider]:
    with running() as provider:
        folder = DataFolder(tmp_path)
        write(folder, issuer=provider.address)
        settings.SOCIALACCOUNT_PROVIDERS = unified_login(folder)
        yield provider


@pytest.fixture
def officer(db: None) -> Person:
    return official("officer", "officer", phone=PHONE)


def come(provider: Provider, client: Client, **claims: object) -> int:
    """Go to the provider and back as the person with these claims."""
    provider.claims = claims
    there = client.post(DOOR)
    assert there["Location"].startswith(f"{provider.address}/authorize")
    return client.get(provider.authorize(there["Location"])).status_code


def test_without_the_file_there_is_no_such_door(db: None, tmp_path: Path) -> None:
    assert unified_login(DataFolder(tmp_path)) == {} and issuer_origin(DataFolder(tmp_path)) == []
    assert Client().post(DOOR).status_code == 404
    assert "unified" not in Client().get("/accounts/login/").content.decode()


def test_the_file_is_private_whole_and_names_a_safe_address(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    path = write(folder, issuer="https://sso.example.gov.cn")
    assert issuer_origin(folder) == ["https://sso.example.gov.cn"]
    path.chmod(0o644)
    with pytest.raises(UnsafeSecret, match="chmod 600"):
        unified_login(folder)
    write(folder, issuer="http://sso.example.gov.cn")
    with pytest.raises(WrongUnifiedLogin, match="https"):
        unified_login(folder)
    write(folder, issuer="https://sso.example.gov.cn", client_secret="")
    with pytest.raises(WrongUnifiedLogin, match="client_secret"):
        unified_login(folder)


def test_the_login_page_offers_it(provider: Provider, officer: Person) -> None:
    assert "县统一身份认证" in Client().get("/accounts/login/").content.decode()


def test_a_person_comes_in_by_phone_number_and_then_by_subject(provider: Provider, officer: Person) -> None:
    client = Client()
    assert come(provider, client, sub="s-1", phone_number="+8613800000001") == 302
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert SocialAccount.objects.get().uid == "s-1"
    officer.phone = "13900000009"
    officer.save()
    again = Client()
    come(provider, again, sub="s-1")
    assert again.session["_auth_user_id"] == str(officer.pk)
    assert provider.refused == []


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "s-2"},
        {"sub": "s-2", "phone_number": "13900000000"},
        {"sub": "s-2", "phone_number": ""},
        {"sub": "s-2", "phone_number": PHONE, "phone_number_verified": False},
        {"sub": "s-2", "email": "officer@example.com", "preferred_username": "officer"},
    ],
)
def test_nobody_signs_up_by_it(provider: Provider, officer: Person, claims: dict[str, object]) -> None:
    client = Client()
    assert come(provider, client, **claims) == 403
    assert not is_in(client)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_another_subject_does_not_take_over_a_connected_person(provider: Provider, officer: Person) -> None:
    come(provider, Client(), sub="s-1", phone_number=PHONE)
    client = Client()
    assert come(provider, client, sub="s-2", phone_number=PHONE) == 403 and not is_in(client)


def test_it_lets_in_nobody_whose_account_or_post_has_ended(provider: Provider, officer: Person) -> None:
    come(provider, Client(), sub="s-1", phone_number=PHONE)
    holding = officer.holdings.get()
    dismiss(holding, actor=None, now=NOW, last_on=holding.from_on, reason="离任")
    client = Client()
    come(provider, client, sub="s-1")
    assert not is_in(client)
    close_account(officer, actor=None, now=NOW)
    come(provider, client, sub="s-1")
    assert not is_in(client)


def test_leaders_give_their_code_after_it(provider: Provider, db: None) -> None:
    leader = official("leader", "principal", phone=PHONE)
    client = Client()
    come(provider, client, sub="s-1", phone_number=PHONE)
    assert client.get("/account/")["Location"] == "/account/factor/"
    secret = give_factor(leader)
    client = Client()
    come(provider, client, sub="s-1")
    assert not is_in(client)
    client.post("/accounts/code/", {"code": code_of(secret)})
    client.post("/accounts/trust/")
    assert is_in(client)


def test_a_token_for_somebody_else_is_refused(provider: Provider, officer: Person) -> None:
    client = Client()
    provider.audience = "another-system"
    come(provider, client, sub="s-1", phone_number=PHONE)
    assert not is_in(client)
    provider.audience, provider.lifetime_s = CLIENT, -600
    come(provider, client, sub="s-1", phone_number=PHONE)
    assert not is_in(client)


def test_a_way_back_that_nobody_began_leads_nowhere(provider: Provider, officer: Person) -> None:
    client = Client()
    client.get(f"{DOOR}back/", {"code": "code-0", "state": "forged"})
    assert not is_in(client)
    there = Client().post(DOOR)["Location"]
    provider.claims = {"sub": "s-1", "phone_number": PHONE}
    client.get(provider.authorize(there))  # begun in another browser
    assert not is_in(client)
