"""What a password must be, by the profile that the county chose, shown with its clause; the first one is changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.ledgers.services import change_setting
from anwei.org.accounts.passwords import FIGURES, PROFILE, initial_password, is_due, profile, set_password
from anwei.org.models import Person
from anwei.org.services import create_person, reset_password
from anwei.standards.passwords import password_profiles
from tests.kernel.accounts import PASSWORD, is_in, log_in, official
from tests.kernel.county import NOW

CHANGE = "/account/password/"


@pytest.fixture
def officer(db: None) -> Person:
    return official("officer", "officer")


def choose(person: Person, code: str) -> None:
    change_setting(PROFILE, code, default="dengbao", actor=person, now=NOW, reason="本县选用")


def faults(password: str, person: Person | None = None) -> str:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def change(client: Client, new: str, *, old: str = PASSWORD, again: str | None = None) -> int:
    typed = {"oldpassword": old, "password1": new, "password2": again or new}
    return client.post(CHANGE, typed).status_code


def test_every_figure_says_how_sure_it_is() -> None:
    assert [one.code for one in password_profiles().values()] == ["dengbao", "asvs"]
    assert password_profiles()["dengbao"].source == "GB/T 22239-2019 8.1.4.1 a)"
    for one in password_profiles().values():
        assert set(one.confidence) == {"length", "classes", "history", "days"}
        assert set(one.confidence.values()) <= {"VERIFIED", "MEMORY", "TEMPLATE"}


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab3-Ab3-x", "长度"),
        ("abcdefghij12", "3 类"),
        ("ABCDEFGHIJKL", "3 类"),
        ("Abcdefghij12", ""),
        ("安全生产人人有责Ab1", ""),  # every script may be used
        ("x" * 127 + "Y1", "长度"),
        ("Ab1" + "x" * 100, ""),  # long ones are welcome
    ],
)
def test_the_profile_of_dengbao(db: None, password: str, fault: str) -> None:
    assert (fault in faults(password)) if fault else faults(password) == ""


def test_common_and_own_words_are_refused_in_both(officer: Person) -> None:
    for code in ("dengbao", "asvs"):
        choose(officer, code)
        assert faults("officer-Officer-1", Person(username="officer-officer", full_name="", phone=""))
    change_setting(FIGURES, {"length": 8, "classes": 1}, default={}, actor=officer, now=NOW, reason="试")
    for code in ("dengbao", "asvs"):
        choose(officer, code)
        assert faults("password1") and not faults("teal-otter-lamp")  # one of the 20,000 most common


def test_the_profile_of_asvs_asks_for_length_alone(officer: Person) -> None:
    choose(officer, "asvs")
    assert faults("correct horse battery staple") == ""
    assert "长度" in faults("Ab3-Ab3-Ab3")
    assert profile().days == 0 and not is_due(officer, NOW + timedelta(days=5000))


def test_a_county_sets_its_own_figures(officer: Person) -> None:
    change_setting(FIGURES, {"length": 12, "days": 60}, default={}, actor=officer, now=NOW, reason="测评要求")
    assert (profile().length, profile().classes, profile().days) == (12, 3, 60)
    assert is_due(officer, NOW + timedelta(days=61)) and not is_due(officer, NOW + timedelta(days=59))


def test_the_last_five_do_not_come_back(officer: Person) -> None:
    used = [f"Horse-Number-{number}-x" for number in range(7)]
    for number, plain in enumerate(used):
        set_password(officer, plain, now=NOW + timedelta(minutes=number), must_change=False)
    assert [bool(faults(plain, officer)) for plain in used] == [False, False, True, True, True, True, True]


def test_a_first_password_must_be_changed(db: None) -> None:
    person, plain = create_person(username="new-one", full_name="新人", actor=None, now=NOW)
    client = Client()
    log_in(client, "new-one", plain)
    assert is_in(client) and client.get("/account/")["Location"] == CHANGE
    page = client.get(CHANGE).content.decode()
    assert "GB/T 22239-2019 8.1.4.1" in page and "无条款，可改" in page and "由他人设置" in page
    assert change(client, "short", old=plain) == 200
    assert change(client, plain, old=plain) == 200  # the same one is no new one
    assert change(client, "My-Own-Horse-9", old="wrong") == 200
    assert change(client, "My-Own-Horse-9", old=plain, again="My-Own-Horse-8") == 200
    assert client.get("/account/").status_code == 302
    key = client.session.session_key
    assert change(client, "My-Own-Horse-9", old=plain) == 302
    page = client.get("/account/")
    assert page.status_code == 200 and "本机" in page.content.decode()  # the session goes on under a new key
    assert client.session.session_key != key
    person.refresh_from_db()
    assert not person.must_change_password and person.past_passwords.count() == 2


def test_an_old_password_must_be_changed(officer: Person, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW + timedelta(days=91))
    client = Client()
    log_in(client, "officer")
    assert client.get("/account/")["Location"] == CHANGE
    assert change(client, "My-Own-Horse-9") == 302
    assert client.get("/account/").status_code == 200


def test_changing_it_ends_the_other_sessions(officer: Person) -> None:
    here, there = Client(), Client()
    log_in(here, "officer")
    log_in(there, "officer")
    assert change(here, "My-Own-Horse-9") == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_a_reset_password_is_one_time(officer: Person) -> None:
    plain = reset_password(officer, actor=None, now=NOW)
    assert log_in(Client(), "officer").status_code == 200
    client = Client()
    log_in(client, "officer", plain)
    assert client.get("/account/")["Location"] == CHANGE


def test_initial_passwords_differ_and_meet_both_profiles(officer: Person) -> None:
    made = {initial_password() for _number in range(200)}
    assert len(made) == 200
    for code in ("dengbao", "asvs"):
        choose(officer, code)
        assert not any(faults(plain) for plain in list(made)[:5])
    assert not any(set("0O1lI") & set(plain) for plain in made)
