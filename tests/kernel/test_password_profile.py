"""The security administrator of the county chooses the rules of passwords; whoever changes theirs meets them."""

from __future__ import annotations

import pytest
from django.test import Client

from anwei.ledgers.models import Change, Setting
from anwei.org.accounts.passwords import FIGURES, PROFILE, profile
from anwei.org.accounts.resets import SETTLES_H
from anwei.org.models import Post, Unit
from tests.kernel.accounts import PASSWORD, log_in, official
from tests.kernel.county import COUNTY, TOWN, County, in_post

PAGE = "/system/passwords/"
PHRASE = "correct horse battery staple"  # long, of two classes: lower case and spaces


def browser(post: Post, name: str) -> Client:
    client = Client()
    client.force_login(in_post(name, post))
    return client


@pytest.fixture
def keeper(county: County) -> Client:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return browser(Post.objects.create(unit=unit, kind="security_admin", title="安全保密管理员"), "keeper")


def change(new: str) -> int:
    client = Client()
    log_in(client, "changer")
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post("/account/password/", typed).status_code


def test_the_choice_holds_for_the_next_password_and_is_sealed(keeper: Client) -> None:
    official("changer", "officer")
    assert change(PHRASE) == 200  # refused in place: 等保 asks for three classes
    page = keeper.get(PAGE).content.decode()
    assert "GB/T 22239-2019 8.1.4.1 a)" in page and "OWASP ASVS 5.0.0" in page and "每 90 天更换" in page
    chosen = {"profile": "asvs", "length": "20", "history": "1", "reason": "县网信办〔2026〕7号"}
    assert keeper.post(PAGE, chosen).status_code == 302
    sealed = Change.objects.get(register="ledgers.setting", row=PROFILE)
    assert (sealed.actor.username, sealed.reason) == ("keeper", "县网信办〔2026〕7号")
    assert (sealed.content["before"], sealed.content["after"]) == ("dengbao", "asvs")
    assert Setting.objects.get(pk=FIGURES).value == {"length": 20}
    page = keeper.get(PAGE).content.decode()
    assert "县网信办〔2026〕7号" in page and "20 至 128 位，不同于最近 1 次用过的密码。" in page
    assert change("horse battery staple"[:19]) == 200
    assert change(PHRASE) == 302
    keeper.post(PAGE, {"profile": "dengbao", "reason": "恢复"})
    assert (profile().code, profile().length) == ("dengbao", 10)  # the other's figures do not stay behind


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"profile": "asvs"}, "须说明理由"),
        ({"profile": "none", "reason": "试"}, "没有这种密码规则"),
        ({"profile": "dengbao", "length": "7", "reason": "试"}, "最少位数须为 8 至 64"),
        ({"profile": "dengbao", "days": "0", "reason": "试"}, "须为 1 至 365"),  # the clause asks for change
        ({"profile": "dengbao", "classes": "1", "reason": "试"}, "须为 2 至 4"),
        ({"profile": "asvs", "length": "x", "reason": "试"}, "请填写整数"),
    ],
)
def test_what_breaks_the_clause_is_refused(keeper: Client, entered: dict[str, str], said: str) -> None:
    answer = keeper.post(PAGE, entered)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Setting.objects.filter(pk__in=(PROFILE, FIGURES)).exists()


def test_what_the_standard_fixes_cannot_be_set(keeper: Client) -> None:
    keeper.post(PAGE, {"profile": "asvs", "days": "30", "classes": "4", "reason": "试"})
    assert (profile().days, profile().classes) == (0, 1)


def test_nobody_else_chooses(county: County, keeper: Client) -> None:
    office = Unit.objects.get(kind="committee_office")
    town = Unit.objects.create(kind="township", name="丙镇", territory=TOWN)
    others = [
        browser(Post.objects.create(unit=office, kind="system_admin", title="系统管理员"), "system"),
        browser(Post.objects.create(unit=office, kind="audit_admin", title="审计管理员"), "audit"),
        browser(Post.objects.create(unit=town, kind="security_admin", title="安全保密管理员"), "town"),
    ]
    for client in others:
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"profile": "asvs", "reason": "试"}).status_code == 403
    assert profile().code == "dengbao"
    assert PAGE in keeper.get("/org/accounts/").content.decode()
    assert PAGE not in others[-1].get("/org/accounts/").content.decode()


def test_the_wait_after_a_reset_is_shown_and_set_within_its_bounds(keeper: Client) -> None:
    field = 'id="after-reset-settles_hours" name="settles_hours" value="{}"'
    page = keeper.get(PAGE).content.decode()
    assert field.format(24) in page and "默认 24，可设 8 至 168" in page
    assert keeper.post(PAGE, {"settles_hours": "48", "reason": "县网信办〔2026〕8号"}).status_code == 302
    sealed = Change.objects.get(register="ledgers.setting", row=SETTLES_H)
    assert (sealed.actor.username, sealed.content["before"], sealed.content["after"]) == ("keeper", 24, 48)
    page = keeper.get(PAGE).content.decode()
    assert field.format(48) in page and "县网信办〔2026〕8号" in page
    assert profile().code == "dengbao" and not Setting.objects.filter(pk=PROFILE).exists()


@pytest.mark.parametrize(
    ("hours", "reason", "said"),
    [
        ("7", "试", "须为 8 至 168"),  # none at all would let one administrator act as a leader in silence
        ("169", "试", "须为 8 至 168"),
        ("", "试", "须为 8 至 168"),
        ("一天", "试", "请填写整数"),
        ("12", " ", "须说明理由"),
    ],
)
def test_a_wait_out_of_bounds_or_without_a_reason_is_refused(
    keeper: Client, hours: str, reason: str, said: str
) -> None:
    answer = keeper.post(PAGE, {"settles_hours": hours, "reason": reason})
    page = answer.content.decode()
    assert (
        answer.status_code == 422 and said in page and f'name="settles_hours" value="{hours or 24}"' in page
    )
    assert not Setting.objects.filter(pk=SETTLES_H).exists()
