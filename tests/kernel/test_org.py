"""Accounts, posts, tokens, logging in, the wall's display, and who answers for what."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit
from anwei.org.display import COOKIE, bind_display, issue_display, remember, revoke_display
from anwei.org.holdings import day_of, holds
from anwei.org.models import Display, Person
from anwei.org.responsibility import Posts, Vacant, posts_for
from anwei.org.scope import grants
from anwei.org.services import OrgError, appoint, create_person, dismiss, person_of_token, renew_term
from anwei.org.services.roster import save_posts, save_roster
from tests.kernel.county import NOW, County, in_post

PASSWORD = "correct horse battery staple"


def test_accounts_get_random_passwords(db: None) -> None:
    first, password = create_person(username="a", full_name="甲", actor=None, now=NOW, phone="13800000001")
    _second, other = create_person(username="b", full_name="乙", actor=None, now=NOW)
    assert first.check_password(password) and password != other and len(password) >= 16
    assert Change.objects.get(register="org.person", row=first.pk).content == {"username": "a"}
    with pytest.raises(OrgError, match="用户名 a"):
        create_person(username="a", full_name="丙", actor=None, now=NOW)
    with pytest.raises(OrgError, match="13800000001"):
        create_person(username="c", full_name="丙", actor=None, now=NOW, phone="13800000001")


@pytest.mark.parametrize("typed", ["zhang", "13800000009", " 13800000009 "])
def test_login_by_name_or_phone_number(db: None, typed: str) -> None:
    person, _ = create_person(
        username="zhang", full_name="张三", actor=None, now=NOW, phone="13800000009", password=PASSWORD
    )
    client = Client()
    assert client.post("/accounts/login/", {"login": typed, "password": "wrong"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post("/accounts/login/", {"login": typed, "password": PASSWORD}).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_retired_account_does_not_log_in_by_phone(db: None) -> None:
    person, _ = create_person(
        username="li", full_name="李四", actor=None, now=NOW, phone="13800000008", password=PASSWORD
    )
    Person.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    client.post("/accounts/login/", {"login": "13800000008", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_token_command(county: County) -> None:
    answer = StringIO()
    call_command("token", "create", "worker", "--label", "接口", stdout=answer)
    assert person_of_token(answer.getvalue().strip(), NOW) == county.worker
    Person.objects.filter(pk=county.worker.pk).update(is_active=False)
    assert person_of_token(answer.getvalue().strip(), NOW) is None
    with pytest.raises(CommandError, match="worker"):
        call_command("token", "create", "worker")


def test_posts_are_held_by_the_county_s_calendar(county: County) -> None:
    assert day_of(NOW.replace(hour=15, minute=59)) == NOW.date()
    assert day_of(NOW.replace(hour=16)) == NOW.date() + timedelta(days=1)
    holding = county.officer.holdings.get()
    with pytest.raises(OrgError, match="早于"):
        dismiss(holding, actor=None, now=NOW, last_on=holding.from_on - timedelta(days=1), reason="")
    dismiss(holding, actor=county.boss, now=NOW, last_on=NOW.date(), reason="调动")
    assert holds(county.officer, county.duty.pk, NOW.replace(hour=15))
    assert not holds(county.officer, county.duty.pk, NOW.replace(hour=16))
    assert (
        Change.objects.filter(register="org.post", row=county.duty.pk, verb="dismiss").get().reason == "调动"
    )


def test_who_answers_for_an_enterprise_as_of_a_date(county: County) -> None:
    assert posts_for(county.enterprise, NOW) == Posts(county.principal, county.duty, county.safety)
    dismiss(county.worker.holdings.get(), actor=None, now=NOW, last_on=NOW.date(), reason="辞职")
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(Vacant, match="甲化工厂安全管理人员空缺") as vacant:
        posts_for(county.enterprise, tomorrow)
    assert vacant.value.holes == ["甲化工厂安全管理人员空缺"]
    assert posts_for(county.enterprise, NOW).implementer == county.safety
    assert posts_for(county.enterprise, tomorrow, held=False).implementer == county.safety
    appoint(in_post("newcomer"), county.safety, actor=None, now=tomorrow)
    assert posts_for(county.enterprise, tomorrow).implementer == county.safety
    with pytest.raises(Vacant, match="乙煤矿主要负责人空缺"):
        posts_for(county.other_enterprise, NOW, held=False)


def test_nobody_comes_back_or_stays_by_their_own_hand(county: County) -> None:
    today, later = NOW.date(), NOW.date() + timedelta(days=9)
    holding = county.officer.holdings.get()
    with pytest.raises(OrgError, match="不能给自己"):
        appoint(county.officer, county.safety, actor=county.officer, now=NOW)
    with pytest.raises(OrgError, match="不能给自己"):
        renew_term(holding, term_on=later, document="文", actor=county.officer, now=NOW, reason="续任")
    stale = county.officer.holdings.get()
    dismiss(holding, actor=county.officer, now=NOW, last_on=today, reason="辞职")
    with pytest.raises(OrgError, match="不能再往后延"):  # not by a form that was opened before either
        dismiss(stale, actor=county.officer, now=NOW, last_on=later, reason="又回来")
    edit = Edit(county.townsman.holdings.get(), {"to_on": None})
    with pytest.raises(OrgError, match="不能给自己"):
        save_roster([edit], actor=county.townsman, now=NOW)
    own = Edit(county.townsman.holdings.get().post, {"kind": "principal"})
    with pytest.raises(OrgError, match="不能给自己"):
        save_posts([own], actor=county.townsman, now=NOW)


@pytest.mark.urls("tests.kernel.doors")
def test_a_display_reads_for_ever_and_writes_never(county: County) -> None:
    display, code = issue_display(county.officer, now=NOW)
    client = Client()
    _bound, secret = bind_display(code, now=NOW)
    wall = client.get("/public/")
    remember(wall, secret)
    client.cookies[COOKIE] = wall.cookies[COOKIE].value
    answer = client.get("/wall/")
    assert answer.content.decode() == f"GET {display.person.username}"
    assert answer.cookies[COOKIE]["max-age"] >= 390 * 24 * 3600  # renewed with every page
    assert answer.cookies[COOKIE]["httponly"]
    assert (
        client.get("/awall/").content.decode() == f"GET {display.person.username} {display.person.username}"
    )
    for door in ("/in/", "/ain/", "/page/", "/duty/", "/aduty/"):  # what no wall shows
        assert client.get(door).status_code == 403, door
    assert client.post("/wall/").status_code == 403
    assert client.post("/public/").status_code == 403
    assert client.post("/accounts/login/").content == b"POST "  # a person may log in on the same browser
    client.force_login(county.worker)
    assert client.post("/in/").content == b"POST worker"  # and comes first
    client.logout()
    client.cookies[COOKIE] = wall.cookies[COOKIE].value
    revoke_display(display, actor=county.officer, now=NOW)
    assert client.get("/wall/").status_code == 302


@pytest.mark.urls("tests.kernel.doors")
def test_a_forged_cookie_is_a_stranger_s(county: County) -> None:
    _display, code = issue_display(county.officer, now=NOW)
    _display, secret = bind_display(code, now=NOW)
    client = Client()
    client.cookies[COOKIE] = secret
    assert client.get("/wall/").status_code == 302


def test_a_display_sees_what_the_officer_sees(county: County) -> None:
    display, _code = issue_display(county.officer, now=NOW)
    person = Person.objects.get(pk=display.person_id)
    assert grants(person) == grants(county.officer)
    assert not person.has_usable_password()


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(county: County) -> None:
    display, code = issue_display(county.officer, now=NOW)
    assert code not in Display.objects.get(pk=display.pk).code_digest
    with pytest.raises(OrgError, match="过期"):
        bind_display(code, now=NOW + timedelta(minutes=16))
    bind_display(code, now=NOW + timedelta(minutes=14))
    for wrong in (code, "", "x"):
        with pytest.raises(OrgError, match="已使用"):
            bind_display(wrong, now=NOW)
    _display, unused = issue_display(county.officer, now=NOW)
    revoke_display(Display.objects.latest("pk"), actor=county.officer, now=NOW)
    with pytest.raises(OrgError):
        bind_display(unused, now=NOW)


@pytest.mark.parametrize("who", ["worker", "boss", "townsman", "regulator"])
def test_only_who_sees_the_county_makes_displays(county: County, who: str) -> None:
    with pytest.raises(OrgError, match="全县"):
        issue_display(getattr(county, who), now=NOW)
    display, _code = issue_display(county.officer, now=NOW)
    with pytest.raises(OrgError):
        issue_display(display.person, now=NOW)
