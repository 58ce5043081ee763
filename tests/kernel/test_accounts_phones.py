"""Name and number of who can log in are changed by the security administrator alone, at every door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from anwei.cases.models import Notice
from anwei.ledgers.models import Change
from anwei.ledgers.services import record_change
from anwei.org.models import Person
from tests.kernel.accounts import is_in, log_in, official
from tests.kernel.county import NOW, County, county_clerk
from tests.ledgers.sheets import look, write

OLD, NEW = "13800000001", "13900000009"
RENAMED = {"changed": {"username": ["old", "13933330002"]}}


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def clerk(county: County) -> Person:
    """Who keeps the county's registers."""
    return county_clerk()


@pytest.fixture
def leader(county: County) -> Person:
    """The head of a township, who has a password."""
    town = county.townsman.holdings.get().post.unit
    return official("leader", "principal", town, phone=OLD)


@pytest.fixture
def villager(county: County) -> Person:
    """Somebody who is on the roster and has no password yet."""
    town = county.townsman.holdings.get().post.unit
    person = official("villager", "deputy", town, phone="13800000002")
    person.set_unusable_password()
    person.save()
    return person


def phone(person: Person) -> str:
    return Person.objects.get(pk=person.pk).phone


def doors(person: Person) -> dict[str, dict[str, Any]]:
    """The forms that keep a person's number: address, and what is typed."""
    holding, words = person.holdings.get(), {"phone": NEW, "reason": "换号", "confirmed": "1"}
    row = {"unit": holding.post.unit.name, "title": holding.post.title, "from_on": holding.from_on}
    row |= {"full_name": person.full_name, "kind": holding.post.kind}
    return {
        f"/ledgers/people/{person.pk}/edit/": {
            "full_name": person.full_name,
            "username": person.username,
            **words,
        },
        f"/ledgers/roster/{holding.pk}/edit/": row | words,
    }


def test_no_register_changes_the_number_of_who_can_log_in(clerk: Person, leader: Person) -> None:
    for door, typed in doors(leader).items():
        answer = browser(clerk).post(door, typed)
        assert answer.status_code == 422 and "只能由安全保密管理员" in answer.content.decode(), door
        assert phone(leader) == OLD
    assert not Change.objects.filter(row=str(leader.pk), verb="update").exists()


def test_of_who_cannot_log_in_it_is_the_register_s(clerk: Person, villager: Person) -> None:
    for door, typed in doors(villager).items():
        Person.objects.filter(pk=villager.pk).update(phone="13800000002")
        assert browser(clerk).post(door, typed).status_code == 302, door
        assert phone(villager) == NEW


def test_a_unified_login_lets_everybody_in_by_it(clerk: Person, villager: Person, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [{"provider_id": "unified"}]}}
    for door, typed in doors(villager).items():
        assert browser(clerk).post(door, typed).status_code == 422, door
    assert phone(villager) == "13800000002"


def test_a_sheet_s_row_is_doubtful_and_never_written(clerk: Person, leader: Person) -> None:
    head = ["单位", "职务", "姓名", "手机"]
    line = [leader.holdings.get().post.unit.name, leader.holdings.get().post.title, leader.full_name, NEW]
    [row] = look("roster", head, line, actor=clerk).rows
    assert row.state == "doubtful" and "只能由安全保密管理员" in "".join(row.doubts.values())
    for typed in ({}, {"doubtful": "1"}):  # nor when the doubt is waved away
        grid = {"rows": "\t".join(line), "reason": "换号", **typed}
        assert "只能由安全保密管理员" in browser(clerk).post("/ledgers/roster/grid/", grid).content.decode()
        assert phone(leader) == OLD


def test_the_security_administrator_changes_it_and_it_is_told(leader: Person) -> None:
    keeper, auditor = official("keeper", "security_admin"), official("auditor", "audit_admin")
    client, door = browser(keeper), f"/org/accounts/{leader.pk}/phone/"
    assert client.post(door, {"phone": "12", "reason": "换号"}).status_code == 422
    assert client.post(door, {"phone": NEW}).status_code == 422  # no reason, no act
    Person.objects.filter(pk=auditor.pk).update(phone="13700000000")
    assert "已登记" in client.post(door, {"phone": "13700000000", "reason": "换号"}).content.decode()
    assert phone(leader) == OLD
    assert client.post(door, {"phone": NEW, "reason": "换号"}).status_code == 302 and phone(leader) == NEW
    change = Change.objects.get(register="org.person", row=str(leader.pk), verb="change_phone")
    assert change.actor == keeper and change.content == {"changed": {"phone": [OLD, NEW]}}
    assert set(Notice.objects.filter(at__gte=NOW).values_list("person", flat=True)) == {leader.pk, auditor.pk}


def test_nobody_changes_the_own_number(leader: Person) -> None:
    keeper = official("keeper", "security_admin")
    typed = {"phone": NEW, "reason": "换号"}
    assert browser(keeper).post(f"/org/accounts/{keeper.pk}/phone/", typed).status_code == 404
    assert browser(leader).post(f"/org/accounts/{leader.pk}/phone/", typed).status_code == 403
    assert phone(leader) == OLD


def rename(actor: Person, person: Person, **typed: str) -> HttpResponse:
    """Write another name into the register of people."""
    row = {"full_name": "王县长", "phone": person.phone, "username": person.username}
    return browser(actor).post(f"/ledgers/people/{person.pk}/edit/", row | {"reason": "正名"} | typed)


def name(person: Person) -> str:
    return Person.objects.get(pk=person.pk).full_name


def test_no_register_changes_the_name_of_who_can_log_in(clerk: Person, leader: Person) -> None:
    clerk.set_unusable_password()  # came in by another way
    clerk.save()
    for person, refusal in ((leader, "只能由安全保密管理员"), (clerk, "不能修改自己的姓名")):
        answer = rename(clerk, person, confirmed="1")
        assert answer.status_code == 422 and refusal in answer.content.decode()
        assert name(person) == person.username
    assert not Change.objects.filter(verb="update").exists()


def test_a_name_in_the_register_is_changed_with_a_reason(clerk: Person, villager: Person) -> None:
    assert rename(clerk, villager, reason="").status_code == 422 and name(villager) == "villager"
    assert rename(clerk, villager).status_code == 302 and name(villager) == "王县长"
    change = Change.objects.get(register="org.person", row=str(villager.pk), verb="update")
    assert (change.actor, change.reason) == (clerk, "正名")
    assert change.content == {"changed": {"full_name": ["villager", "王县长"]}}


def test_the_security_administrator_corrects_a_name_and_it_is_told(leader: Person) -> None:
    keeper, auditor = official("keeper", "security_admin"), official("auditor", "audit_admin")
    client, door = browser(keeper), f"/org/accounts/{leader.pk}/name/"
    assert client.post(door, {"full_name": " ", "reason": "更正"}).status_code == 422
    assert client.post(door, {"full_name": "王五"}).status_code == 422  # no reason, no act
    assert client.post(door, {"full_name": "王五", "reason": "更正"}).status_code == 302
    change = Change.objects.get(register="org.person", row=str(leader.pk), verb="change_name")
    assert (change.actor, change.content) == (keeper, {"changed": {"full_name": ["leader", "王五"]}})
    assert set(Notice.objects.values_list("person", flat=True)) == {leader.pk, auditor.pk}
    own = browser(keeper).post(f"/org/accounts/{keeper.pk}/name/", {"full_name": "王县长", "reason": "更正"})
    assert own.status_code == 404 and name(keeper) == "keeper"


@pytest.mark.parametrize(
    "typed",
    ["139 0000 0004", "+86 13900000004", "139-0000-0004", "＋86　139 0000 0004", "１３９００００0004"],
)
def test_a_phone_number_is_typed_as_people_write_it(db: None, typed: str) -> None:
    official("zhang", "officer", phone="13900000004")
    client = Client()
    log_in(client, typed)
    assert is_in(client)


def test_a_user_name_that_is_a_phone_number_is_masked_like_one(
    county: County, clerk: Person, tmp_path: Path
) -> None:
    """Registers named people after their numbers once; those names stay good at the login."""
    villager = official(
        "13933330002", "deputy", county.townsman.holdings.get().post.unit, phone="13933330002"
    )
    Person.objects.filter(pk=villager.pk).update(full_name="钱一")
    record_change("org.person", villager.pk, actor=None, now=NOW, verb="update", content=RENAMED)
    keeper, auditor = official("keeper", "security_admin"), official("auditor", "audit_admin")
    pages = {
        clerk: [
            "/ledgers/people/",
            f"/ledgers/people/{villager.pk}/",
            f"/ledgers/people/{villager.pk}/edit/",
        ],
        keeper: ["/org/accounts/", f"/org/accounts/{villager.pk}/"],
        auditor: ["/org/accounts/audit/changes/", "/org/accounts/audit/logins/"],
    }
    log_in(Client(), "13933330002")
    for person, addresses in pages.items():
        for address in addresses:
            page = browser(person).get(address).content.decode()
            assert "13933330002" not in page and "139****0002" in page, address
    sheet = browser(clerk).get("/ledgers/people/export/?form=csv").content.decode()
    call_command("ledger", "export", "people", "-o", str(tmp_path / "people.csv"))
    for text in (sheet, (tmp_path / "people.csv").read_text()):
        assert "13933330002" not in text and "139****0002,139****0002" in text
    assert "clerk" in sheet  # other names are no secret


def test_people_of_a_sheet_get_a_number_for_a_name_not_their_phone(clerk: Person) -> None:
    lines = [["姓名", "手机", "账号"], ["王五", "13933330002", ""], ["王六", "13933330003", ""]]
    write("people", lines, actor=clerk)
    town = [["单位", "职务", "姓名", "手机"], ["甲镇人民政府", "干事", "赵七", "13933330004"]]
    write("roster", town, actor=clerk)
    names = Person.objects.filter(phone__startswith="1393333").order_by("phone")
    assert list(names.values_list("username", flat=True)) == ["p000001", "p000002", "p000003"]
