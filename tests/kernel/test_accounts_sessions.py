"""How long one is in (reliability.md S8), where, and that it ends with the account, the session, the post (S4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.test import AsyncClient, Client
from pytest_django import Settings
from time_machine import TimeMachineFixture

from anwei.ledgers.models import Change
from anwei.monitoring.live.hub import hub
from anwei.monitoring.live.rights import lapsed
from anwei.monitoring.live.watcher import Watcher
from anwei.org.accounts.sessions import device_words, sessions_of
from anwei.org.accounts.tidying import tidy_accounts
from anwei.org.models import Holding, Person, Post
from anwei.org.scope import grants
from anwei.org.services import appoint, close_account, dismiss, reset_password
from tests.kernel.accounts import is_in, log_in, official
from tests.kernel.county import IN_POST_SINCE, NOW, in_post

PAGE = "/account/"
pytestmark = pytest.mark.usefixtures("one_connection")
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def officer(db: None) -> Person:
    return official("officer", "officer")


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watch over screens use the connection of the test, which is inside a transaction."""
    monkeypatch.setattr("anwei.monitoring.live.rights.close_old_connections", lambda: None)


@pytest.fixture
def client(officer: Person) -> Client:
    client = Client()
    log_in(client, "officer")
    return client


def at(time_machine: TimeMachineFixture, **later: float) -> None:
    time_machine.move_to(NOW + timedelta(**later))


def is_here(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def screen_of(client: Client, person: Person) -> Watcher:
    return Watcher(
        person=person.pk,
        session=client.session.session_key,
        session_hash=person.get_session_auth_hash(),
        grants=grants(person),
        tags=frozenset(),
    )


def test_thirty_minutes_without_a_click(client: Client, time_machine: TimeMachineFixture) -> None:
    for minutes in (29, 58, 87):
        at(time_machine, minutes=minutes)
        assert is_here(client)
    at(time_machine, minutes=87 + 31)
    assert client.get(PAGE)["Location"].startswith("/accounts/login/")


def test_what_a_page_asks_for_by_itself_is_no_click(client: Client, time_machine: TimeMachineFixture) -> None:
    for minutes in (10, 20, 29):
        at(time_machine, minutes=minutes)
        assert client.get("/live/cockpit/").status_code != 302
    at(time_machine, minutes=31)
    assert not is_here(client)


def look(client: Client, *screens: Watcher) -> int:
    """Let the page say that it is still watched, with these streams open; return the status."""

    async def ask() -> int:
        browser = AsyncClient()
        browser.cookies = client.cookies
        hub()._watchers.update(screens)
        try:
            return (await browser.get("/live/watching/")).status_code
        finally:
            hub()._watchers.clear()

    return async_to_sync(ask)()


@pytest.fixture
def watchman(db: None) -> Person:
    return official("watchman", "duty")


def test_a_duty_officer_who_watches_is_not_logged_out_at_night(
    watchman: Person, time_machine: TimeMachineFixture
) -> None:
    client = Client()
    log_in(client, "watchman")
    screen = screen_of(client, watchman)
    for minutes in range(25, 12 * 60, 25):
        at(time_machine, minutes=minutes)
        assert lapsed([screen]) == [] and look(client, screen) == 204, minutes
        assert 240 <= client.cookies["sessionid"]["max-age"] <= 1800  # the browser's copy goes on too
    at(time_machine, hours=12, seconds=1)
    assert lapsed([screen]) == [screen] and look(client, screen) == 302  # twelve hours hold


def test_watching_counts_only_with_an_open_stream_of_that_session(
    watchman: Person, time_machine: TimeMachineFixture
) -> None:
    client, other = Client(), Client()
    log_in(client, "watchman")
    log_in(other, "watchman")
    for minutes in (10, 20, 29):
        at(time_machine, minutes=minutes)
        assert look(client) == 204 and look(other, screen_of(client, watchman)) == 204
    at(time_machine, minutes=31)
    assert not is_here(client) and not is_here(other)


def test_nobody_else_stays_by_watching(
    officer: Person, client: Client, time_machine: TimeMachineFixture
) -> None:
    screen = screen_of(client, officer)
    for minutes in (10, 20, 29):
        at(time_machine, minutes=minutes)
        assert look(client, screen) == 204
    at(time_machine, minutes=31)
    assert not is_here(client)


def test_the_watched_pages_say_that_they_are(watchman: Person) -> None:
    client = Client()
    log_in(client, "watchman")
    for page in ("/", "/alarms/"):
        assert 'hx-get="/live/watching/" hx-trigger="every' in client.get(page).content.decode()


def test_twelve_hours_at_the_latest(client: Client, time_machine: TimeMachineFixture) -> None:
    for click in range(1, 12 * 60 // 29 + 1):
        at(time_machine, minutes=29 * click)
        assert is_here(client), click
    at(time_machine, hours=12, seconds=1)
    assert not is_here(client)


def test_the_browser_forgets_with_the_server(client: Client, time_machine: TimeMachineFixture) -> None:
    cookie = client.cookies["sessionid"]
    assert 1790 <= cookie["max-age"] <= 1800 and cookie["httponly"] and cookie["samesite"] == "Lax"
    at(time_machine, minutes=20)
    assert 1790 <= client.get(PAGE).cookies["sessionid"]["max-age"] <= 1800


def test_clicks_of_one_minute_are_written_once(
    client: Client, time_machine: TimeMachineFixture, django_assert_num_queries: object
) -> None:
    at(time_machine, minutes=5)
    client.get(PAGE)
    before = Session.objects.get(session_key=client.session.session_key).session_data
    at(time_machine, minutes=5, seconds=50)
    assert "sessionid" not in client.get(PAGE).cookies
    assert Session.objects.get(session_key=client.session.session_key).session_data == before


def test_the_demo_is_not_played_by_the_clock(
    officer: Person, settings: Settings, time_machine: TimeMachineFixture
) -> None:
    settings.DEMO = True
    client = Client()
    log_in(client, "officer")
    at(time_machine, hours=11)
    assert is_here(client)
    at(time_machine, hours=12, seconds=1)
    assert not is_here(client)


def test_the_key_of_the_session_changes_at_login(officer: Person) -> None:
    client = Client()
    session = client.session
    session["before"] = "1"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    log_in(client, "officer")
    assert is_in(client) and client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_one_sees_where_one_is_in_and_ends_it(officer: Person, client: Client) -> None:
    other = Client(HTTP_USER_AGENT=EDGE, REMOTE_ADDR="198.51.100.7")
    log_in(other, "officer")
    page = client.get("/account/sessions/").content.decode()
    assert "Edge · Windows" in page and "198.51.100.7" in page and "本机" in page
    row = UserSession.objects.get(session_key=other.session.session_key)
    client.post("/account/sessions/", {"session": row.pk})
    assert not is_here(other) and is_here(client)
    own = UserSession.objects.get(session_key=client.session.session_key)
    client.post("/account/sessions/", {"session": own.pk})
    assert is_here(client)  # logging out has its own button
    assert Change.objects.filter(register="org.person", row=officer.pk, verb="end_sessions").count() == 1


def test_all_others_end_at_once(client: Client) -> None:
    others = [Client() for _number in range(3)]
    for other in others:
        log_in(other, "officer")
    client.post("/account/sessions/", {"session": "others"})
    assert is_here(client) and not any(is_here(other) for other in others)


def test_nobody_ends_the_session_of_somebody_else(client: Client) -> None:
    official("neighbour", "duty")
    theirs = Client()
    log_in(theirs, "neighbour")
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    client.post("/account/sessions/", {"session": row.pk})
    assert is_here(theirs)


def test_a_screen_closes_with_its_session(
    officer: Person, client: Client, time_machine: TimeMachineFixture
) -> None:
    screen = screen_of(client, officer)
    at(time_machine, minutes=29)
    assert lapsed([screen]) == []
    at(time_machine, minutes=31)
    assert lapsed([screen]) == [screen]  # asked every 3 s (monitoring.live.hub)


def test_the_account_ends_with_the_post(
    officer: Person, client: Client, time_machine: TimeMachineFixture
) -> None:
    screen = screen_of(client, officer)
    dismiss(officer.holdings.get(), actor=None, now=NOW, last_on=NOW.date(), reason="调离")
    assert is_here(client) and lapsed([screen]) == []  # the last day is still in office
    at(time_machine, hours=14, minutes=1)  # midnight in the county
    again = Client()
    answer = log_in(again, "officer")
    assert answer["Location"] == "/accounts/inactive/" and not is_in(again)
    assert "任职已经结束" in again.get("/accounts/inactive/").content.decode()
    assert lapsed([screen_of(client, Person.objects.get(pk=officer.pk))])


@pytest.mark.parametrize("between", ["nothing", "the list of sessions", "the night's tidying"])
def test_no_new_post_brings_back_the_session_of_the_old_one(
    officer: Person, time_machine: TimeMachineFixture, between: str
) -> None:
    """The last day passes by itself, and somebody is appointed anew before the session has timed out."""
    held, midnight = officer.holdings.get(), NOW + timedelta(hours=14)
    dismiss(held, actor=None, now=NOW, last_on=NOW.date(), reason="调离")
    time_machine.move_to(midnight - timedelta(minutes=5))
    client = Client()
    log_in(client, "officer")
    assert is_here(client)
    time_machine.move_to(midnight + timedelta(minutes=5))
    if between == "the list of sessions":
        assert sessions_of(officer) == []
    if between == "the night's tidying":
        tidy_accounts(midnight)
        assert not Session.objects.exists()
    appoint(officer, held.post, actor=None, now=midnight + timedelta(minutes=5))
    assert not is_here(client)
    log_in(client, "officer")
    assert is_here(client)


def test_a_dismissed_person_is_out_at_the_next_request(officer: Person, client: Client) -> None:
    screen = screen_of(client, officer)
    dismiss(
        officer.holdings.get(), actor=None, now=NOW, last_on=NOW.date() - timedelta(days=1), reason="免职"
    )
    assert not is_here(client)
    assert lapsed([screen]) == [screen]


@pytest.mark.parametrize(
    ("ends", "is_in"),
    [((), True), ((None,), True), ((0,), True), ((-1,), False), ((-1, None), True), ((-2, -1), False)],
)
def test_in_office_is_who_holds_a_post_or_never_held_one(
    officer: Person, ends: tuple[int | None, ...], is_in: bool
) -> None:
    person = in_post("somebody")
    for n, end in enumerate(ends):  # the last day of each post, in days from today
        post = Post.objects.create(unit=officer.holdings.get().post.unit, kind="officer", title=f"岗{n}")
        to_on = None if end is None else NOW.date() + timedelta(days=end)
        Holding.objects.create(person=person, post=post, from_on=IN_POST_SINCE, to_on=to_on)
    client = Client()
    client.force_login(person)
    assert (client.get(PAGE).status_code == 200) is is_in


def test_a_closed_account_is_out_at_the_next_request(officer: Person, client: Client) -> None:
    screen = screen_of(client, officer)
    close_account(officer, actor=None, now=NOW)
    assert not is_here(client) and lapsed([screen]) == [screen]
    again = Client()
    assert log_in(again, "officer")["Location"] == "/accounts/inactive/" and not is_in(again)


def test_a_reset_password_ends_every_session(officer: Person, client: Client) -> None:
    screen = screen_of(client, officer)
    reset_password(officer, actor=None, now=NOW)
    assert not is_here(client) and lapsed([screen]) == [screen]


def test_rows_of_ended_sessions_go(client: Client) -> None:
    assert UserSession.objects.count() == 1
    client.session.flush()
    tidy_accounts(NOW)
    assert UserSession.objects.count() == 0


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0", "微信 · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("curl/8", "其他浏览器"),
    ],
)
def test_devices_are_named_as_people_call_them(agent: str, words: str) -> None:
    assert device_words(agent) == words
