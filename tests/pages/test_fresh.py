"""An installation without the demo: made by commands, and every page opens before there is anything to show."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from anwei.ledgers.models import Change
from anwei.ledgers.services import change_setting
from anwei.org.models import Person, Post, Unit
from anwei.org.policy import doors
from anwei.org.scope import grants
from anwei.org.services import person_of_token
from tests.kernel.county import COUNTY, TOWN, County

OFFICE = ("--name", "张三", "--unit", "某县安委办", "--post", "值班岗")
NEW_OFFICE = (*OFFICE, "--kind", "duty", "--unit-kind", "committee_office", "--territory", COUNTY)


def said(*words: Any) -> str:
    answer = StringIO()
    call_command(*words, stdout=answer)
    return answer.getvalue().strip()


@pytest.fixture
def password(db: None) -> str:
    said("territory", COUNTY, "某县")
    return said("account", "create", "banban", *NEW_OFFICE, "--phone", "13900000000")


def logged_in(name: str, password: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": password})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/home/")
    own = {"oldpassword": password, "password1": f"My-{password}-9", "password2": f"My-{password}-9"}
    assert client.post("/account/password/", own).status_code == 302  # the first one must be changed
    return client


def test_every_page_opens_on_an_empty_installation(password: str) -> None:
    client = logged_in("banban", password)
    routes = [route for route, _view in doors(get_resolver()) if "<" not in route and route != "live/"]
    found = {route: client.get(f"/{route}").status_code for route in routes}
    assert len(routes) > 20
    amiss = {
        route: status for route, status in found.items() if status not in (200, 204, 302, 403, 405)
    }  # 403: administrators alone
    assert amiss == {
        "healthz": 503,  # no family of processes runs behind this test
        "api/v1/": 404,
        "documents/new/": 404,  # asks for the thing it belongs to
        "penalties/new/": 404,  # likewise
        "org/appoint/": 404,  # these two ask for a unit
        "org/designate/": 404,
        "watch/plan/": 404,  # these two ask for whom
        "watch/warn/": 404,
    }
    cockpit = client.get("/").content.decode()
    assert "某县安全生产综合监管系统" in cockpit and "某县安委办" in cockpit


def test_pages_open_for_somebody_without_a_post(db: None) -> None:
    person = Person.objects.create_user("nobody")
    client = Client()
    client.force_login(person)
    for route in ("", "wall/", "work/", "alarms/", "cases/", "enterprises/", "devices/", "rejects/"):
        assert client.get(f"/{route}").status_code == 200
    assert client.get("/status/").status_code == 403


def test_phone_numbers_log_in_too_and_a_closed_account_is_out(password: str) -> None:
    client = logged_in("13900000000", password)
    new = said("account", "password", "banban")
    assert client.get("/work/").status_code == 302  # the old password's sessions are over
    client = logged_in("banban", new)
    token = said("token", "create", "banban")
    assert person_of_token(token, timezone.now()) is not None
    said("account", "close", "banban")
    assert client.get("/work/").status_code == 302
    assert person_of_token(token, timezone.now()) is None
    with pytest.raises(CommandError, match="banban"):
        call_command("account", "password", "banban")
    verbs = Change.objects.filter(register="org.person").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["create", "change_password", "reset_password", "change_password", "close"]


def test_tokens_end_by_label_or_all_at_once(password: str) -> None:
    city, province = (said("token", "create", "banban", "--label", label) for label in ("市", "省"))
    said("token", "revoke", "banban", "--label", "市")
    assert (
        person_of_token(city, timezone.now()) is None
        and person_of_token(province, timezone.now()) is not None
    )
    said("token", "revoke", "banban")
    assert person_of_token(province, timezone.now()) is None


def test_accounts_join_what_is_registered(county: County) -> None:
    unit = county.enterprise.unit
    said("account", "create", "second", "--name", "李四", "--unit", unit.name, "--post", "安全科长")
    person = Person.objects.get(username="second")
    assert grants(person)[0].enterprise == county.enterprise.pk
    assert Post.objects.filter(unit=unit).count() == 2  # the one that was there
    department = ("--unit-kind", "department", "--territory", COUNTY, "--sector", "mine", "--kind", "officer")
    said("account", "create", "third", "--name", "王五", "--unit", "某局", "--post", "监管员", *department)
    assert grants(Person.objects.get(username="third"))[0].sectors == {"mine"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (OFFICE, "新单位"),
        ((*OFFICE, "--unit-kind", "township", "--territory", "999009"), "未登记"),
        (("--name", "甲", "--unit", "甲镇人民政府", "--post", "新岗"), "新岗位"),
        (("--name", "甲", "--unit", "甲镇人民政府", "--post", "安监员", "--phone", "139"), "手机号"),
    ],
)
def test_a_refused_account_leaves_nothing_behind(
    county: County, options: tuple[str, ...], sentence: str
) -> None:
    Person.objects.filter(pk=county.boss.pk).update(phone="139")
    before = Person.objects.count(), Unit.objects.count(), Post.objects.count()
    with pytest.raises(CommandError, match=sentence):
        call_command("account", "create", "new", *options)
    assert (Person.objects.count(), Unit.objects.count(), Post.objects.count()) == before


def test_a_territory_has_a_code_and_takes_another_name(county: County) -> None:
    said("territory", TOWN, "新甲镇")
    with pytest.raises(CommandError, match="区划代码"):
        call_command("territory", "9990", "短")


def test_head_and_foot_name_the_system_and_who_runs_it(db: None) -> None:
    def named() -> tuple[str, str]:
        told = Client().get("/accounts/login/").context
        return str(told["system_name"]), str(told["unit_name"])

    assert named() == ("安全生产综合监管系统", "")
    said("territory", COUNTY, "某县")
    said("account", "create", "banban", *NEW_OFFICE, "--phone", "13900000000")
    assert named() == ("某县安全生产综合监管系统", "某县安委办")
    officer = Person.objects.get(username="banban")
    change_setting(
        "system.name", "某县“安危”平台", default="", actor=officer, now=timezone.now(), reason="批复"
    )
    assert named()[0] == "某县“安危”平台"
