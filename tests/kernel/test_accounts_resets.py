"""One security administrator cannot act as a leader in silence: told, shown, and a day's wait after a reset."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.models import Delivery, Notice
from anwei.ledgers.models import Change
from anwei.ledgers.services import change_setting
from anwei.org.models import Person, Post
from tests.kernel.accounts import (
    PASSWORD,
    code_of,
    give_factor,
    government,
    log_in,
    official,
    secret_of,
    township,
)
from tests.kernel.county import NOW, County

CONFIRM = "向本人当面核实"
DANGEROUS = "/account/recovery-codes/"  # like every act that asks again who one is


@pytest.fixture
def keeper(county: County) -> Person:
    return official("keeper", "security_admin")


@pytest.fixture
def auditor(county: County) -> Person:
    return official("auditor", "audit_admin")


@pytest.fixture
def leader(county: County) -> Person:
    leader = official("leader", "principal", phone="13800000001")
    give_factor(leader)
    return leader


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def reset(keeper: Person, person: Person, act: str) -> None:
    answer = browser(keeper).post(f"/org/accounts/{person.pk}/{act}/", {"reason": "手机遗失"})
    assert answer.status_code in (200, 302)


def as_the_leader(person: Person) -> Client:
    """Come in with the password and a telephone set up just now."""
    client = Client()
    log_in(client, person.username)
    client.get("/account/factor/")
    secret = client.get("/account/factor/").context["form"].secret
    assert client.post("/account/factor/", {"code": code_of(secret)}).status_code == 200
    return client


def again(person: Person) -> Client:
    """Come in with the password and the code that the person's telephone shows now."""
    client = Client()
    log_in(client, person.username)
    client.post("/accounts/code/", {"code": code_of(secret_of(person))})
    client.post("/accounts/trust/")
    return client


@pytest.mark.parametrize(("act", "words"), [("password", "重置密码"), ("factor", "解除动态口令")])
def test_the_person_and_the_auditors_are_told_at_once(
    keeper: Person, auditor: Person, leader: Person, act: str, words: str
) -> None:
    elsewhere = official("town-auditor", "audit_admin", township())
    change_setting("notices.sms", {"adapter": "file"}, default={}, actor=keeper, now=NOW, reason="开通")
    reset(keeper, leader, act)
    change = Change.objects.filter(register="org.person", row=str(leader.pk)).latest("pk")
    assert change.actor == keeper and change.reason == "手机遗失"  # sealed
    told = {notice.person: notice for notice in Notice.objects.all()}
    assert set(told) == {leader, auditor} and elsewhere not in told and keeper not in told
    assert all(words in notice.text and "keeper" in notice.text for notice in told.values())
    assert {notice.level for notice in told.values()} == {"red"}  # breaks through quiet hours
    assert Delivery.objects.filter(notice=told[leader], channel="sms").exists()
    assert told[auditor].url == f"/org/accounts/{leader.pk}/reset/"
    page = browser(auditor).get(told[auditor].url).content.decode()
    assert words in page and "keeper" in page and "手机遗失" in page


def test_a_command_at_the_server_is_told_too(auditor: Person, leader: Person) -> None:
    call_command("account", "factor", "leader")
    assert set(Notice.objects.values_list("person", flat=True)) == {leader.pk, auditor.pk}


def test_the_person_s_pages_show_the_last_reset(keeper: Person, auditor: Person, leader: Person) -> None:
    reset(keeper, leader, "password")
    colleague = official("colleague", "officer")
    pages = (
        browser(keeper).get(f"/org/accounts/{leader.pk}/"),
        browser(Person.objects.get(pk=leader.pk)).get("/account/"),
        browser(colleague).get(f"/org/people/{leader.pk}/"),
    )
    for page in pages:
        text = page.content.decode()
        assert "最近重置" in text and "重置密码" in text and "keeper" in text


def test_a_telephone_set_up_after_a_reset_waits_a_day(
    keeper: Person, auditor: Person, leader: Person, time_machine: TimeMachineFixture
) -> None:
    reset(keeper, leader, "factor")
    client = as_the_leader(leader)
    refused = client.post(DANGEROUS)
    assert refused.status_code == 403 and "11-25 10:00" in refused.content.decode()
    assert "核实放行" in client.get("/account/").content.decode()  # reading goes on
    for wait, status in ((timedelta(hours=23, minutes=59), 403), (timedelta(hours=24, seconds=30), 200)):
        time_machine.move_to(NOW + wait)
        assert again(leader).post(DANGEROUS).status_code == status


def test_another_reset_does_not_shorten_the_wait(keeper: Person, auditor: Person, leader: Person) -> None:
    reset(keeper, leader, "factor")
    client = as_the_leader(leader)
    call_command("account", "password", "leader")
    Person.objects.filter(pk=leader.pk).update(password=leader.password, must_change_password=False)
    assert client.post(DANGEROUS).status_code == 403


def test_the_auditor_lets_it_count_at_once(keeper: Person, auditor: Person, leader: Person) -> None:
    reset(keeper, leader, "factor")
    client, door = as_the_leader(leader), f"/org/accounts/{leader.pk}/reset/"
    for other in (keeper, leader, official("officer2", "officer")):
        assert browser(other).post(door, {"reason": CONFIRM}).status_code == 403
    assert browser(auditor).post(door, {"reason": " "}).status_code == 422
    assert client.post(DANGEROUS).status_code == 403
    assert browser(auditor).post(door, {"reason": CONFIRM}).status_code == 302
    assert client.post(DANGEROUS).status_code == 200
    change = Change.objects.get(verb="confirm_factor")
    assert (change.actor, change.row, change.reason) == (auditor, str(leader.pk), CONFIRM)
    assert browser(auditor).post(door, {"reason": CONFIRM}).status_code == 403  # nothing waits any more


def test_a_confirmation_is_good_for_that_telephone_alone(
    keeper: Person, auditor: Person, leader: Person, time_machine: TimeMachineFixture
) -> None:
    reset(keeper, leader, "factor")
    as_the_leader(leader)
    browser(auditor).post(f"/org/accounts/{leader.pk}/reset/", {"reason": CONFIRM})
    time_machine.move_to(NOW + timedelta(hours=1))
    reset(keeper, leader, "factor")
    assert as_the_leader(leader).post(DANGEROUS).status_code == 403


def test_an_auditor_confirms_within_reach_and_never_for_oneself(
    keeper: Person, auditor: Person, leader: Person
) -> None:
    town = official("town-auditor", "audit_admin", township())
    reset(keeper, leader, "factor")
    as_the_leader(leader)
    assert browser(town).post(f"/org/accounts/{leader.pk}/reset/", {"reason": CONFIRM}).status_code == 404
    assert browser(auditor).post(f"/org/accounts/{auditor.pk}/reset/", {"reason": "x"}).status_code == 404


def test_the_county_sets_the_hours(keeper: Person, auditor: Person, leader: Person) -> None:
    change_setting("accounts.factor_settles_hours", 0, default=24, actor=keeper, now=NOW, reason="演练")
    reset(keeper, leader, "factor")
    assert as_the_leader(leader).post(DANGEROUS).status_code == 200


def test_who_was_never_reset_waits_for_nothing(county: County) -> None:
    leader = official("fresh", "principal", password=PASSWORD)
    assert as_the_leader(leader).post(DANGEROUS).status_code == 200


def test_an_account_opened_in_a_leader_s_post_is_told_and_waits(keeper: Person, auditor: Person) -> None:
    post = Post.objects.create(unit=government(), kind="deputy", title="副县长")
    typed = {"full_name": "某人", "username": "somebody", "post": post.pk}
    page = browser(keeper).post("/org/accounts/new/", typed).content.decode()
    newcomer = Person.objects.get(username="somebody")
    assert "登记" in Notice.objects.get(person=auditor).text
    client, new = Client(), "Another-Horse-8-Staple"
    old = re.search(r'code-once">([^<]+)<', page)[1]
    log_in(client, "somebody", old)
    client.post("/account/password/", {"oldpassword": old, "password1": new, "password2": new})
    secret = client.get("/account/factor/").context["form"].secret
    client.post("/account/factor/", {"code": code_of(secret)})
    assert client.post(DANGEROUS).status_code == 403
    browser(auditor).post(f"/org/accounts/{newcomer.pk}/reset/", {"reason": CONFIRM})
    assert client.post(DANGEROUS).status_code == 200


def test_an_account_below_is_no_auditor_s_affair(keeper: Person, auditor: Person) -> None:
    post = Post.objects.create(unit=township(), kind="officer", title="专干")
    typed = {"full_name": "某人", "username": "somebody", "post": post.pk}
    assert browser(keeper).post("/org/accounts/new/", typed).status_code == 200
    assert not Notice.objects.exists()
