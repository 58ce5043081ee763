"""Channels set up by the system administrator: settings in the log, secrets in a file, tried out at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from anwei.ledgers.models import Change, Setting
from anwei.org.models import Person, Post, Unit
from tests.kernel.county import COUNTY, County, in_post
from tests.support.providers import Provider, http_gateway

PAGE = "/system/channels/sms/"
SECRET = "s3cret-of-the-provider"


@pytest.fixture
def gateway() -> Iterator[Provider]:
    with http_gateway() as provider:
        yield provider


@pytest.fixture
def administrator(county: County, visit: Callable[[Person], Client]) -> Client:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    person = in_post("admin", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员"))
    person.phone = "13900000077"
    person.save()
    return visit(person)


@pytest.fixture(autouse=True)
def no_secret_of_another_test() -> None:
    (settings.DATA.folder("keys") / "notices-sms").unlink(missing_ok=True)


def form(gateway: Provider, **changes: str) -> dict[str, str]:
    return {
        "adapter": "http",
        "url": f"http://127.0.0.1:{gateway.port}/send?id={{key}}",
        "method": "POST",
        "headers": "Content-Type: application/json\nAuthorization: Bearer {secret}",
        "body": '{"phone": "{to}", "content": "{text}"}',
        "success": '"code": "OK", "id": "([^"]+)"',
        "secret": SECRET,
        "reason": "县应急局与运营商合同",
    } | changes


def test_a_channel_is_set_up_and_tried_out(administrator: Client, gateway: Provider) -> None:
    done = administrator.post(PAGE, form(gateway), follow=True).content.decode()
    assert "已开通" in done and "县应急局与运营商合同" in done and "已有，不再显示" in done
    file = settings.DATA.folder("keys") / "notices-sms"
    assert file.read_text() == SECRET and file.stat().st_mode & 0o777 == 0o600
    answer = administrator.post(f"{PAGE}test/", follow=True).content.decode()
    assert "已送出。渠道答复：r-1" in answer
    [(_path, headers, body)] = gateway.given
    assert headers["Authorization"] == f"Bearer {SECRET}" and "13900000077" in body
    assert SECRET not in done + answer + administrator.get("/system/channels/").content.decode()
    assert SECRET not in str([*Setting.objects.values(), *Change.objects.values()])
    assert {"secret", "test"} <= set(Change.objects.values_list("verb", flat=True))


def test_an_empty_secret_leaves_the_old_one_and_a_refusal_is_said(
    administrator: Client, gateway: Provider
) -> None:
    administrator.post(PAGE, form(gateway))
    administrator.post(PAGE, form(gateway, secret="", reason="换地址"))
    assert settings.DATA.given_secret("notices-sms") == SECRET
    gateway.answer = f"no such key {SECRET}"
    said = administrator.post(f"{PAGE}test/", follow=True).content.decode()
    assert "短信接口未受理：no such key ***" in said


def test_a_test_that_failed_is_how_the_channel_is_until_one_goes_through(
    administrator: Client, gateway: Provider
) -> None:
    administrator.post(PAGE, form(gateway))
    gateway.answer = "no such key"
    administrator.post(f"{PAGE}test/")
    for page in ("/system/channels/", "/status/"):
        told = administrator.get(page).content.decode()
        assert "需要检查" in told and "短信接口未受理：no such key" in told, page
    gateway.answer = '{"code": "OK", "id": "r-2"}'
    administrator.post(f"{PAGE}test/")
    told = administrator.get("/system/channels/").content.decode()
    assert "需要检查" not in told and "no such key" not in told


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "ftp://x"}, "须以 https:// 或 http:// 开头"),
        ({"success": ""}, "怎样算发送成功"),
        ({"success": "("}, "正则表达式"),
        ({"headers": "nonsense"}, "请求头每行"),
        ({"body": f"key={SECRET}"}, "密钥不能写在设置里"),
        ({"url": "https://user:open@sms.example.cn/"}, "密钥不能写在设置里"),
        ({"adapter": "apprise"}, "请选择接口"),
        ({"reason": " "}, "须说明理由"),
    ],
)
def test_what_cannot_work_is_refused_in_place(
    administrator: Client, gateway: Provider, changes: dict[str, str], sentence: str
) -> None:
    answer = administrator.post(PAGE, form(gateway, **changes))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Setting.objects.filter(pk="notices.sms").exists()
    assert not settings.DATA.given_secret("notices-sms")


def test_a_test_message_asks_again_who_it_is(administrator: Client, gateway: Provider) -> None:
    administrator.post(PAGE, form(gateway))
    session = administrator.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - 3600}]
    session.save()
    answer = administrator.post(f"{PAGE}test/")
    assert answer.status_code == 302 and "/confirm/" in answer.headers["Location"]
    assert gateway.given == []


def test_a_closed_channel_sends_nothing(administrator: Client, gateway: Provider) -> None:
    assert "没有开通" in administrator.post(f"{PAGE}test/", follow=True).content.decode()
    administrator.post(PAGE, form(gateway))
    administrator.post(PAGE, {"adapter": "", "reason": "停用"})
    assert "未开通" in administrator.get(PAGE).content.decode()
    assert administrator.get("/system/channels/fax/").status_code == 404


def test_the_address_of_the_links_is_checked(administrator: Client) -> None:
    wrong = administrator.post("/system/channels/", {"address": "anwei", "reason": "试"})
    assert wrong.status_code == 422
    right = {"address": "https://anwei.example.gov.cn", "reason": "域名已备案"}
    assert administrator.post("/system/channels/", right).status_code == 302
    assert Setting.objects.get(pk="notices.address").value == "https://anwei.example.gov.cn"
