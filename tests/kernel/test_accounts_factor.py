"""The second factor (reliability.md S8): forced on leaders and administrators, codes good once, devices remembered."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Thread

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from pytest_django import Settings
from time_machine import TimeMachineFixture

from anwei.ledgers.models import Change
from anwei.org.accounts.factors import must_have_factor, use_code
from anwei.org.models import Delegation, Person, RecoveryCode
from tests.kernel.accounts import (
    PASSWORD,
    code_of,
    give_factor,
    government,
    is_in,
    log_in,
    official,
    secret_of,
    township,
)
from tests.kernel.county import NOW, County

FACTOR_PAGE = "/account/factor/"


def second_step(client: Client, code: str) -> int:
    return client.post("/accounts/code/", {"code": code}).status_code


def enrolled(client: Client) -> tuple[str, list[str]]:
    """Go through the page of the QR code; return the secret and the recovery codes shown."""
    page = client.get(FACTOR_PAGE).content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'key-once">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    answer = client.post(FACTOR_PAGE, {"code": code_of(secret)})
    assert answer.status_code == 200
    return secret, re.findall(r"<code>([A-Z2-9-]+)</code>", answer.content.decode())


@pytest.mark.parametrize(
    ("kind", "place", "forced"),
    [
        ("principal", "government", True),
        ("deputy", "government", True),
        ("principal", "township", True),
        ("deputy", "township", True),
        ("system_admin", "government", True),
        ("security_admin", "township", True),
        ("audit_admin", "government", True),
        ("officer", "government", False),
        ("duty", "government", False),
        ("officer", "township", False),
    ],
)
def test_who_must_have_one(db: None, kind: str, place: str, forced: bool) -> None:
    person = official("somebody", kind, {"government": government, "township": township}[place]())
    assert must_have_factor(person, NOW) is forced
    client = Client()
    log_in(client, "somebody")
    answer = client.get("/account/sessions/")
    assert answer.status_code == (302 if forced else 200)
    if forced:
        assert answer["Location"] == FACTOR_PAGE
        assert client.post("/account/sessions/").status_code == 403
        assert client.get("/account/", headers={"hx-request": "true"})["HX-Redirect"] == FACTOR_PAGE
        assert client.post("/accounts/logout/").status_code == 302


def test_enterprise_principals_choose(county: County) -> None:
    assert not must_have_factor(county.boss, NOW)


def test_a_secretary_who_acts_for_a_leader_needs_one(db: None) -> None:
    leader, secretary = official("leader", "principal"), official("secretary", "officer")
    assert not must_have_factor(secretary, NOW)
    Delegation.objects.create(
        post=leader.holdings.get().post,
        principal=leader,
        deputy=secretary,
        from_at=NOW,
        to_at=NOW + timedelta(days=1),
        reason="出差",
        granted_by=leader,
        granted_at=NOW,
    )
    assert must_have_factor(secretary, NOW)
    assert not must_have_factor(secretary, NOW + timedelta(days=2))


def test_the_first_login_leads_through_the_qr_code_to_recovery_codes_on_paper(
    db: None, time_machine: TimeMachineFixture
) -> None:
    leader = official("leader", "principal")
    client = Client()
    log_in(client, "leader")
    secret, codes = enrolled(client)
    assert len(set(codes)) == 10 and all(len(code.replace("-", "")) == 16 for code in codes)
    assert client.get("/account/").status_code == 200  # the way is free
    assert not any(code in client.get("/account/").content.decode() for code in codes)  # shown once
    kept = Authenticator.objects.get(user=leader).data
    assert secret not in str(kept) and secret_of(leader) == secret  # sealed with a key outside the database
    digests = list(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(digests) == 10 and all(len(digest) == 64 for digest in digests)
    assert Change.objects.filter(register="org.person", row=leader.pk, verb="set_up_factor").exists()
    client.post("/accounts/logout/")
    assert log_in(client, "leader")["Location"] == "/accounts/code/"
    assert not is_in(client)
    assert second_step(client, code_of(secret)) == 200  # used when it was set up
    time_machine.move_to(NOW + timedelta(minutes=1))
    assert second_step(client, code_of(secret)) == 302


def test_a_code_is_good_once(db: None, time_machine: TimeMachineFixture) -> None:
    secret = give_factor(official("leader", "principal"))
    first, second = Client(), Client(REMOTE_ADDR="198.51.100.7")
    log_in(first, "leader")
    log_in(second, "leader")
    code = code_of(secret)
    assert second_step(first, code) == 302
    assert second_step(second, code) == 200 and not is_in(second)
    assert second_step(second, code_of(secret, steps=-1)) == 200  # nor one older than the used one
    time_machine.move_to(NOW + timedelta(seconds=61))
    assert second_step(second, code) == 200  # still within the tolerance of no clock
    assert second_step(second, code_of(secret)) == 302


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_a_step_off(db: None, steps: int, taken: bool) -> None:
    leader = official("leader", "principal")
    secret = give_factor(leader)
    assert use_code(leader, code_of(secret, steps=steps)) is taken


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_the_same_code_one_comes_in() -> None:
    leader = official("leader", "principal")
    code, taken = code_of(give_factor(leader)), []

    def send() -> None:
        taken.append(use_code(leader, code))
        connections.close_all()

    threads = [Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_a_recovery_code_is_good_once(db: None) -> None:
    official("leader", "principal")
    client = Client()
    log_in(client, "leader")
    _secret, codes = enrolled(client)
    for code, status in ((codes[0].lower(), 302), (codes[0], 200), (codes[1].replace("-", " "), 302)):
        client = Client()
        log_in(client, "leader")
        assert second_step(client, code) == status
    assert RecoveryCode.objects.filter(used_at__isnull=True).count() == 8


def test_new_recovery_codes_end_the_old_ones(db: None) -> None:
    official("leader", "principal")
    client = Client()
    log_in(client, "leader")
    _secret, codes = enrolled(client)
    again = client.post("/account/recovery-codes/").content.decode()
    assert codes[0] not in again and len(re.findall(r"<code>([A-Z2-9-]+)</code>", again)) == 10
    other = Client()
    log_in(other, "leader")
    assert second_step(other, codes[0]) == 200


def test_a_device_is_remembered_for_thirty_days(db: None, time_machine: TimeMachineFixture) -> None:
    leader = official("leader", "principal")
    secret = give_factor(leader)
    client = Client()
    log_in(client, "leader")
    assert client.post("/accounts/code/", {"code": code_of(secret)})["Location"] == "/accounts/trust/"
    assert not is_in(client)
    client.post("/accounts/trust/", {"action": "trust"})
    assert is_in(client)
    client.post("/accounts/logout/")
    time_machine.move_to(NOW + timedelta(days=29))
    log_in(client, "leader")
    assert is_in(client)  # password alone, in this browser
    other = Client()
    log_in(other, "leader")
    assert not is_in(other)
    client.post("/accounts/logout/")
    time_machine.move_to(NOW + timedelta(days=31))
    log_in(client, "leader")
    assert not is_in(client)


def test_a_new_password_forgets_remembered_devices(db: None) -> None:
    leader = official("leader", "principal")
    secret = give_factor(leader)
    client = Client()
    log_in(client, "leader")
    client.post("/accounts/code/", {"code": code_of(secret)})
    client.post("/accounts/trust/", {"action": "trust"})
    client.post("/accounts/logout/")
    leader.set_password("Another-Horse-8-Staple")
    leader.save()
    log_in(client, "leader", "Another-Horse-8-Staple")
    assert not is_in(client)


def test_the_key_of_the_secrets_can_be_changed(db: None) -> None:
    leader = official("leader", "principal")
    secret = give_factor(leader)
    keys = django_settings.DATA.folder("keys")
    (keys / "second-factor").rename(keys / "second-factor.old1")
    assert secret_of(leader) == secret  # by the key laid aside; new ones are sealed with the new key
    (keys / "second-factor.old1").unlink()


def test_the_demo_forces_nothing_and_says_so(db: None, settings: Settings) -> None:
    settings.DEMO = True
    official("leader", "principal")
    client = Client()
    log_in(client, "leader")
    page = client.get("/account/")
    assert page.status_code == 200 and "不要求动态口令" in page.content.decode()


def test_a_dangerous_act_asks_again_after_ten_minutes(db: None, time_machine: TimeMachineFixture) -> None:
    keeper = official("keeper", "security_admin")
    secret = give_factor(keeper)
    target = official("target", "officer")
    client = Client()
    log_in(client, "keeper")
    client.post("/accounts/code/", {"code": code_of(secret)})
    client.post("/accounts/trust/")
    act = f"/org/accounts/{target.pk}/sessions/"
    time_machine.move_to(NOW + timedelta(minutes=9))
    assert client.post(act, {"reason": "离岗"})["Location"] == f"/org/accounts/{target.pk}/"
    time_machine.move_to(NOW + timedelta(minutes=12))
    close = f"/org/accounts/{target.pk}/close/"
    asked = client.post(close, {"reason": "离岗"})
    assert asked["Location"].startswith("/accounts/confirm/code/")  # the code, where there is one
    assert Person.objects.get(pk=target.pk).is_active
    wrong = client.post(asked["Location"], {"code": "000000", "next": close})
    assert wrong.status_code == 200 and Person.objects.get(pk=target.pk).is_active
    done = client.post(asked["Location"], {"code": code_of(secret), "next": close})
    assert done.status_code == 302
    assert not Person.objects.get(pk=target.pk).is_active  # what was sent went on
    assert client.post(act, {"reason": "离岗"}).status_code in (302, 404)


def test_a_remembered_device_spares_no_code_before_a_dangerous_act(
    db: None, time_machine: TimeMachineFixture
) -> None:
    """Else a seen password and the leader's desk would be enough to let somebody act as the leader."""
    leader, secretary = official("leader", "principal"), official("secretary", "officer")
    secret = give_factor(leader)
    client = Client()
    log_in(client, "leader")
    client.post("/accounts/code/", {"code": code_of(secret)})
    client.post("/accounts/trust/", {"action": "trust"})
    client.post("/accounts/logout/")
    time_machine.move_to(NOW + timedelta(minutes=1))
    log_in(client, "leader")
    assert is_in(client) and client.get("/account/").status_code == 200  # reading asks for no code
    form = {"holding": leader.holdings.get().pk, "deputy": secretary.pk, "reason": "出差"}
    form |= {"first_on": NOW.date(), "last_on": NOW.date()}
    asked = client.post("/delegations/", form)
    assert asked["Location"].startswith("/accounts/confirm/code/") and not Delegation.objects.exists()
    client.post(asked["Location"], {"code": code_of(secret), "next": "/delegations/"})
    assert Delegation.objects.get().deputy == secretary


def test_without_a_factor_the_password_is_asked_again(db: None, time_machine: TimeMachineFixture) -> None:
    official("keeper", "officer")
    client = Client()
    log_in(client, "keeper")
    assert client.get(FACTOR_PAGE).status_code == 200  # just logged in: nothing more is asked
    time_machine.move_to(NOW + timedelta(minutes=11))
    asked = client.get(FACTOR_PAGE)
    assert asked["Location"].startswith("/accounts/confirm/?next=")
    client.post(asked["Location"], {"password": PASSWORD, "next": FACTOR_PAGE})
    assert client.get(FACTOR_PAGE).status_code == 200


@pytest.mark.parametrize(("demo", "asked"), [(False, True), (True, False)])
def test_a_session_that_nothing_vouches_for_is_recent_in_the_demo_alone(
    db: None, settings: Settings, demo: bool, asked: bool
) -> None:
    """A click in the demo opens one; it may outlive the demo on the same data folder."""
    settings.DEMO = demo
    keeper, target = official("keeper", "security_admin"), official("target", "officer")
    client = Client()
    client.force_login(keeper)
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    answer = client.post(f"/org/accounts/{target.pk}/sessions/", {"reason": "离岗"})
    assert answer["Location"].startswith("/accounts/confirm/") is asked
