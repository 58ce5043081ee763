"""Guessing is bounded (reliability.md S7): at the login, behind a proxy, at the second factor; nobody is locked out."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from axes.models import AccessFailureLog
from django.db import connection, connections
from django.test import Client, RequestFactory
from pytest_django import Settings
from time_machine import TimeMachineFixture

from anwei.org.accounts.address import client_address, counted_address
from anwei.org.accounts.lockout import KEPT, LockedOut, attempt, clean_login_records
from anwei.org.models import KnownBrowser
from anwei.org.services.accounts import reset_password
from tests.kernel.accounts import PASSWORD, give_factor, is_in, log_in, official
from tests.kernel.county import NOW, County

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}
SPOOFS = 1000


def guess(client: Client, login: str, times: int, **sent: str) -> list[int]:
    return [log_in(client, login, "wrong", **sent).status_code for _number in range(times)]


def judged(codes: list[int]) -> int:
    """How many guesses were judged: 200 with the form again, or 302 in; 429 is refused unread."""
    return sum(code != 429 for code in codes)


def test_five_guesses_then_the_page_that_says_until_when(db: None) -> None:
    official("leader", "officer")
    assert guess(Client(), "leader", 7) == [200] * 5 + [429] * 2
    page = log_in(Client(), "leader")  # the right password is not read either
    assert page.status_code == 429
    assert "10:15:0" in page.content.decode() and "后可再试" in page.content.decode()
    assert 890 <= int(page["Retry-After"]) <= 900
    assert AccessFailureLog.objects.filter(username="leader").count() == 5


def test_the_lock_ends_after_fifteen_minutes_whatever_was_tried_meanwhile(
    db: None, time_machine: TimeMachineFixture
) -> None:
    official("leader", "officer")
    guess(Client(), "leader", 5)
    for minute in range(1, 15):
        time_machine.move_to(NOW + timedelta(minutes=minute))
        assert guess(Client(), "leader", 3) == [429] * 3
    time_machine.move_to(NOW + timedelta(minutes=15, seconds=2))
    client = Client()
    assert log_in(client, "leader").status_code == 302 and is_in(client)


def test_a_password_given_anew_opens_at_once_and_counts_from_the_start(
    county: County, time_machine: TimeMachineFixture
) -> None:
    """The page of the lock sends people to the security administrator: it must help."""
    person = official("forgetful", "officer")
    assert guess(Client(), "forgetful", 6)[-1] == 429
    time_machine.move_to(NOW + timedelta(minutes=1))
    reset_password(person, actor=None, now=NOW + timedelta(minutes=1), reason="忘记")
    assert judged(guess(Client(), "forgetful", 7)) == 5
    time_machine.move_to(NOW + timedelta(minutes=2))
    plain = reset_password(person, actor=None, now=NOW + timedelta(minutes=2), reason="忘记")
    assert log_in(Client(), "forgetful", plain).status_code == 302


def test_name_and_phone_number_share_one_count(db: None) -> None:
    official("leader", "officer", phone="13800000001")
    codes = [code for login in ("leader", "13800000001", " leader ") for code in guess(Client(), login, 5)]
    assert judged(codes) == 5


def test_a_thousand_forged_addresses_gain_nothing(db: None) -> None:
    official("leader", "officer")
    codes = [
        log_in(Client(), "leader", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.{i // 250}.{i % 250}").status_code
        for i in range(SPOOFS)
    ]
    assert judged(codes) == 5


@pytest.mark.parametrize("header", ["{0}, 198.51.100.9", "{0}, {0}, 198.51.100.9", "{0},198.51.100.9"])
def test_a_thousand_forged_addresses_gain_nothing_behind_one_proxy(
    db: None, settings: Settings, header: str
) -> None:
    settings.PROXIES = 1  # it wrote the last entry; all before it the client
    official("leader", "officer")
    codes = [
        log_in(
            Client(), "leader", "wrong", HTTP_X_FORWARDED_FOR=header.format(f"203.0.113.{i % 250}")
        ).status_code
        for i in range(SPOOFS // 4)
    ]
    assert judged(codes) == 5


def test_addresses_behind_a_proxy_are_told_apart(settings: Settings) -> None:
    def seen(forwarded: str | None, proxies: int, peer: str = "10.0.0.2") -> str:
        settings.PROXIES = proxies
        sent = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
        return client_address(RequestFactory(REMOTE_ADDR=peer).get("/", **sent))

    assert seen("203.0.113.5", 0) == "10.0.0.2"
    assert seen("203.0.113.5", 1) == "203.0.113.5"
    assert seen("6.6.6.6, 203.0.113.5", 1) == "203.0.113.5"
    assert seen("203.0.113.5, 10.0.0.1", 2) == "203.0.113.5"
    assert seen("203.0.113.5", 2) == "10.0.0.2"  # walked around one of them
    assert seen(None, 1) == "10.0.0.2"
    assert seen("no address", 1) == "10.0.0.2"


def test_an_ipv6_customer_is_one_address() -> None:
    addresses = {
        counted_address(RequestFactory(REMOTE_ADDR=f"2001:db8:1:2:{i:x}::1").get("/")) for i in range(50)
    }
    assert addresses == {"2001:db8:1:2::"}
    assert counted_address(RequestFactory(REMOTE_ADDR="::ffff:198.51.100.7").get("/")) == "198.51.100.7"


def test_twenty_an_hour_from_one_address(db: None, time_machine: TimeMachineFixture) -> None:
    codes = [guess(Client(), f"nobody-{i}", 1)[0] for i in range(30)]
    assert judged(codes) == 20
    time_machine.move_to(NOW + timedelta(minutes=59))
    assert judged(guess(Client(), "somebody", 1)) == 0
    time_machine.move_to(NOW + timedelta(minutes=61))
    assert judged(guess(Client(), "somebody", 1)) == 1


def test_a_stranger_elsewhere_locks_nobody_out(db: None) -> None:
    official("leader", "officer")
    guess(Client(**ELSEWHERE), "leader", 50)
    client = Client()
    assert log_in(client, "leader").status_code == 302 and is_in(client)


def test_a_stranger_at_the_same_address_does_not_lock_out_a_known_browser(
    db: None, time_machine: TimeMachineFixture
) -> None:
    official("leader", "officer")
    client = Client()
    log_in(client, "leader")
    client.post("/accounts/logout/")
    for minute in range(60):  # an attacker who never rests, in the same building
        time_machine.move_to(NOW + timedelta(minutes=minute))
        guess(Client(), "leader", 1)
        guess(Client(), f"nobody-{minute}", 1)
    assert log_in(Client(), "leader").status_code == 429
    assert log_in(client, "leader").status_code == 302 and is_in(client)


def test_a_known_browser_has_a_bound_of_its_own(db: None) -> None:
    official("leader", "officer")
    client = Client()
    log_in(client, "leader")
    client.post("/accounts/logout/")
    codes = guess(client, "leader", 20)
    assert judged(codes) == 5
    assert not KnownBrowser.objects.exists()
    assert log_in(client, "leader").status_code == 429


def test_a_browser_is_known_for_its_own_people_only(db: None) -> None:
    official("leader", "officer")
    official("other", "deputy", password=PASSWORD)
    client = Client()
    log_in(client, "other")
    client.post("/accounts/logout/")
    assert judged(guess(client, "leader", 10)) == 5


def test_the_second_factor_is_guarded_from_everywhere(db: None) -> None:
    leader = official("leader", "principal")
    give_factor(leader)
    codes = []
    for i in range(15):  # the attacker knows the password and owns many addresses
        client = Client(REMOTE_ADDR=f"198.51.100.{i}")
        log_in(client, "leader")
        codes.append(client.post("/accounts/code/", {"code": "000000"}).status_code)
    assert judged(codes) == 10
    client = Client(**ELSEWHERE)
    log_in(client, "leader")
    assert judged([client.post("/accounts/code/", {"code": "000000"}).status_code for _ in range(3)]) == 0


def test_asking_again_is_guarded_too(db: None) -> None:
    official("leader", "officer")
    client = Client()
    log_in(client, "leader")
    KnownBrowser.objects.all().delete()
    codes = [client.post("/accounts/confirm/", {"password": "wrong"}).status_code for _number in range(8)]
    assert judged(codes) == 5


def test_wrong_name_and_wrong_password_get_the_same_answer(db: None) -> None:
    official("leader", "officer")
    known = log_in(Client(), "leader", "wrong").content.decode()
    unknown = log_in(Client(), "nobody", "wrong").content.decode()
    assert "用户名、手机号或密码不正确" in known
    strip = {"leader": "X", "nobody": "X"}
    for name, same in strip.items():
        known, unknown = known.replace(name, same), unknown.replace(name, same)
    assert _without_keys(known) == _without_keys(unknown)


def test_wrong_name_and_wrong_password_take_the_same_time(db: None, settings: Settings) -> None:
    """Within 10 % of the same time (S7), with the real hash, as the median of interleaved logins."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    official("leader", "officer", phone="13800000001")
    took: dict[str, list[float]] = {"leader": [], "13800000001": [], "nobody": []}
    for round_number in range(15):
        for name, times in took.items():
            address = f"198.51.{round_number}.{len(name)}"
            begun = time.process_time()
            log_in(Client(REMOTE_ADDR=address), name, "wrong")
            times.append(time.process_time() - begun)
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert max(medians.values()) / min(medians.values()) < 1.10, medians


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_side_by_side_count_as_guesses_sent_one_after_another() -> None:
    official("leader", "officer")
    barrier, allowed = Barrier(12), []

    def guess_at_once() -> None:
        request = RequestFactory().post("/accounts/login/")
        barrier.wait()
        try:
            with attempt(request, "leader", step="password"):
                allowed.append(1)
                raise ZeroDivisionError
        except (LockedOut, ZeroDivisionError):
            pass
        finally:
            connections.close_all()

    threads = [Thread(target=guess_at_once) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) <= 5
    connection.close()


def test_records_are_kept_half_a_year(db: None, county: County, time_machine: TimeMachineFixture) -> None:
    guess(Client(), "nobody", 2)
    clean_login_records(NOW + KEPT - timedelta(hours=1))
    assert AccessFailureLog.objects.count() == 2
    clean_login_records(NOW + KEPT + timedelta(hours=1))
    assert AccessFailureLog.objects.count() == 0


def test_records_hold_no_password(db: None) -> None:
    guess(Client(), "nobody", 1)
    row = AccessFailureLog.objects.get()
    assert (row.username, row.path_info, row.ip_address) == ("nobody", "password", "127.0.0.1")
    assert "wrong" not in str(row.__dict__)


def _without_keys(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line and "nonce" not in line]
