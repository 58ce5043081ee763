"""三员分立 (reliability.md S18): no account holds two of the three, not by the service, nor by SQL, nor by delegation."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import permutations

import pytest
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from anwei.ledgers.models import Change
from anwei.org.accounts import separation
from anwei.org.models import Delegation, Holding, Person, Post
from anwei.org.services import OrgError, appoint, close_account, delegate, dismiss
from tests.kernel.accounts import government, is_in, log_in, official
from tests.kernel.county import COUNTY, IN_POST_SINCE, NOW, County, county_clerk, in_post

THREE = ("system_admin", "security_admin", "audit_admin")
TODAY = NOW.date()
PAIRS = list(permutations(THREE, 2))


def post_of(kind: str) -> Post:
    return Post.objects.get_or_create(unit=government(), kind=kind, defaults={"title": kind})[0]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_service_refuses_the_second_of_the_three(db: None, first: str, second: str) -> None:
    person = official("admin", first)
    with pytest.raises(OrgError, match="三员分立"):
        appoint(person, post_of(second), actor=None, now=NOW)
    with pytest.raises(OrgError, match="三员分立"):
        appoint(person, post_of("officer"), actor=None, now=NOW)  # business beside it


@pytest.mark.parametrize(
    ("first", "second"),
    [*PAIRS, *((kind, "officer") for kind in THREE), *(("officer", kind) for kind in THREE)],
)
def test_raw_sql_is_refused_too(db: None, first: str, second: str) -> None:
    person = official("admin", first)
    post = post_of(second)
    insert = "INSERT INTO org_holding (person_id, post_id, from_on, document) VALUES (%s, %s, %s, '')"
    with (
        pytest.raises(IntegrityError, match="separation"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert, [person.pk, post.pk, TODAY])
    assert Holding.objects.filter(person=person).count() == 1


def test_raw_updates_are_refused_too(db: None) -> None:
    system, audit = official("system", "system_admin"), official("audit", "audit_admin")
    clerk, held = official("clerk", "officer"), audit.holdings.get()
    second = Post.objects.create(unit=government(), kind="officer", title="兼职")
    officer = Holding.objects.create(person=clerk, post=second, from_on=TODAY)
    updates = [
        ("UPDATE org_holding SET person_id = %s WHERE id = %s", [system.pk, held.pk]),
        ("UPDATE org_holding SET person_id = %s WHERE id = %s", [system.pk, officer.pk]),
        ("UPDATE org_holding SET post_id = %s WHERE id = %s", [held.post_id, officer.pk]),
        ("UPDATE org_post SET kind = 'audit_admin' WHERE id = %s", [second.pk]),
    ]
    for statement, values in updates:
        refused = pytest.raises(IntegrityError, match="separation")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)


def test_no_form_gives_an_administrator_business(county: County) -> None:
    clerk, keeper = county_clerk(), official("keeper", "security_admin", phone="13800000091")
    client = Client()
    client.force_login(clerk)
    door = f"/org/appoint/?unit={county.townsman.holdings.get().post.unit_id}&kind=officer"
    form = {
        "title": "新岗",
        "phone": "13800000091",
        "from_on": TODAY,
        "document": "测任1号",
        "reason": "补缺",
    }
    refused = client.post(door, form | {"full_name": "keeper"})
    assert refused.status_code != 302 and "三员分立" in refused.content.decode()
    assert [held.post.kind for held in keeper.holdings.all()] == ["security_admin"]


def test_a_running_deputy_becomes_no_administrator(county: County) -> None:
    deputy = in_post("deputy")
    lent = {"principal": county.worker, "deputy": deputy, "reason": "出差", "actor": county.worker}
    ends = NOW + timedelta(days=2)
    delegate(county.safety, from_at=NOW, to_at=ends, now=NOW, **lent)  # type: ignore[arg-type]
    with pytest.raises(OrgError, match="三员分立"):
        appoint(deputy, post_of("audit_admin"), actor=None, now=NOW)
    appoint(deputy, post_of("audit_admin"), actor=None, now=NOW, from_on=TODAY + timedelta(days=3))
    with pytest.raises(OrgError, match="三员分立"):  # the deputy will be an administrator within these days
        delegate(county.safety, from_at=NOW, to_at=ends + timedelta(days=2), now=NOW, **lent)  # type: ignore[arg-type]


def test_one_after_the_other_is_no_two_at_once(db: None) -> None:
    person = official("admin", "system_admin")
    held = person.holdings.get()
    held.to_on = TODAY
    held.save()
    with pytest.raises(OrgError):
        appoint(person, post_of("audit_admin"), actor=None, now=NOW)  # both on this one day
    appoint(person, post_of("audit_admin"), actor=None, now=NOW, from_on=TODAY + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(pk=held.pk).update(to_on=None)
    with pytest.raises(OrgError):
        appoint(person, post_of("security_admin"), actor=None, now=NOW, from_on=IN_POST_SINCE, to_on=TODAY)


@pytest.mark.parametrize("kind", THREE)
def test_an_administrator_s_post_is_never_delegated(db: None, kind: str) -> None:
    holder, other = official("holder", kind), official("other", next(k for k in THREE if k != kind))
    post = post_of(kind)
    words = {"principal": holder, "deputy": other, "reason": "出差"}
    with pytest.raises(OrgError, match="不能委托"):
        delegate(post, **words, from_at=NOW, to_at=NOW + timedelta(days=1), actor=holder, now=NOW)
    with pytest.raises(IntegrityError, match="separation"), transaction.atomic():
        Delegation.objects.create(
            post=post, **words, from_at=NOW, to_at=NOW + timedelta(days=1), granted_by=holder, granted_at=NOW
        )


def test_no_account_of_the_database_holds_two(db: None) -> None:
    for kind in THREE:
        official(kind.replace("_", "-"), kind)
    with connection.cursor() as cursor:
        cursor.execute(separation.TWO_IN_ONE_HAND.format(rows="1 = 1"))
        assert cursor.fetchall() == []


def test_triggers_come_back_after_every_migration(db: None) -> None:
    separation.drop(connection)
    with transaction.atomic():
        person = official("admin", "system_admin")
        Holding.objects.create(person=person, post=post_of("audit_admin"), from_on=TODAY)
        transaction.set_rollback(True)
    separation.after_migrate("default")
    person = official("admin", "system_admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(person=person, post=post_of("audit_admin"), from_on=TODAY)


def test_the_first_start_of_a_real_county(db: None) -> None:
    call_command("territory", COUNTY, "测试县")
    answer = StringIO()
    words = ("--unit", "测试县应急管理局", "--unit-kind", "committee_office", "--territory", COUNTY)
    call_command("account", "administrators", *words, stdout=answer)
    made = [line.split("\t") for line in answer.getvalue().splitlines()]
    assert [name for name, _password, _title in made] == ["xitong", "anbao", "shenji"]
    assert len({password for _name, password, _title in made}) == 3
    for name, password, _title in made:
        client = Client()
        log_in(client, name, password)
        assert is_in(client)
        assert client.get("/")["Location"] == "/account/password/"  # a new one first
        assert password not in str(Person.objects.get(username=name).__dict__)
    with pytest.raises(CommandError, match="已设"):
        call_command("account", "administrators", *words, stdout=StringIO())
    assert Person.objects.count() == 3


@pytest.mark.parametrize("kind", THREE)
def test_an_administrator_whose_post_ends_is_out_at_once_and_for_good(db: None, kind: str) -> None:
    """No new post brings the old session back."""
    person, keeper = official("admin", kind), official("keeper", "security_admin")
    client, other = Client(), Client()
    client.force_login(person)
    other.force_login(keeper)
    assert client.get("/account/sessions/").status_code == 200
    yesterday = TODAY - timedelta(days=1)
    dismiss(person.holdings.get(), actor=keeper, now=NOW, last_on=yesterday, reason="轮岗")
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")
    assert not UserSession.objects.filter(user=person).exists()
    assert other.get("/account/sessions/").status_code == 200
    appoint(person, post_of("officer"), actor=None, now=NOW)
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")
    ended = Change.objects.get(register="org.person", row=str(person.pk), verb="end_sessions")
    assert (ended.actor, ended.reason) == (keeper, "轮岗")


@pytest.mark.parametrize("kind", THREE)
def test_the_server_s_command_ends_an_administrator_s_post(db: None, kind: str) -> None:
    person = official("admin", kind)
    client = Client()
    client.force_login(person)
    close_account(person, actor=None, now=NOW)  # also of who is out of use already
    answer = StringIO()
    call_command("account", "dismiss", "admin", "--reason", "轮岗", stdout=answer)
    yesterday = TODAY - timedelta(days=1)
    assert answer.getvalue() == f"{person.holdings.get()}\t{yesterday}\n"
    assert person.holdings.get().to_on == yesterday
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")
    assert Change.objects.get(register="org.post", verb="dismiss").reason == "轮岗"
    for name, fault in (("admin", "没有担任三员岗位"), ("nobody", "没有可用的用户")):
        with pytest.raises(CommandError, match=fault):
            call_command("account", "dismiss", name, "--reason", "轮岗")
