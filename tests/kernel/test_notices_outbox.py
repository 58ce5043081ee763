"""What leaves the system: claimed once, tried again, given up, and seen by those whom it concerns."""

from __future__ import annotations

import email
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from anwei.cases.models import Delivery, Notice
from anwei.cases.notices import outbox
from anwei.cases.notices.channels import Channel, Message, Misconfigured, Undelivered, adapter_of
from anwei.cases.notices.outbox import BACK_OFF, FLOOD, LEASE, MAX_ATTEMPTS, Round, send_due
from anwei.cases.notices.queries import channel_states
from anwei.cases.notices.services import tell
from anwei.ledgers.services import change_setting
from anwei.org.models import Post
from tests.kernel.accounts import government
from tests.kernel.county import NOW, County, in_post
from tests.support.providers import Provider, http_gateway, mail_server

SMS = Channel.SMS


@pytest.fixture
def gateway() -> Iterator[Provider]:
    with http_gateway() as provider:
        yield provider


@pytest.fixture(autouse=True)
def addresses(county: County) -> None:
    county.worker.phone, county.worker.email = "13900000001", "worker@example.cn"
    county.worker.save()
    setting("address", "https://anwei.example.cn/", county)


def setting(name: str, value: Any, county: County) -> None:
    change_setting(f"notices.{name}", value, default=None, actor=county.boss, now=NOW, reason="开通")


def open_sms(county: County, gateway: Provider, **changes: Any) -> None:
    setup = {
        "adapter": "http",
        "url": f"http://127.0.0.1:{gateway.port}/send?id={{key}}",
        "headers": {"Content-Type": "application/json", "Authorization": "Bearer {secret}"},
        "body": '{"phone": "{to}", "content": "{text}"}',
        "success": '"code": "OK", "id": "([^"]+)"',
    }
    setting("sms", setup | changes, county)
    settings.DATA.write_private(settings.DATA.folder("keys") / "notices-sms", b"s3cret\n")


def told(county: County, key: str = "case-1-1", level: Any = "urgent", text: str = "请签收。") -> None:
    tell(to=[county.safety], text=text, url="/cases/1/", level=level, key=key, now=NOW)


def test_an_http_gateway_gets_number_text_link_and_key(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    told(county, text='预警"YJ"\n{secret}待签收。')  # a text is no template and breaks out of no string
    assert send_due(SMS, NOW) == Round(1, 0, 0)
    [(path, headers, body)] = gateway.given
    content = '预警"YJ"\n{secret}待签收。 https://anwei.example.cn/cases/1/'
    assert json.loads(body) == {"phone": "13900000001", "content": content}
    assert path == f"/send?id=case-1-1%3Asms%3A{county.worker.pk}"
    assert headers["Authorization"] == "Bearer s3cret"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.sent_at, delivery.answer) == ("sent", NOW, "r-1")
    assert send_due(SMS, NOW) == Round(0, 0, 0)


def test_a_form_is_escaped_as_a_form(county: County, gateway: Provider) -> None:
    open_sms(county, gateway, headers={}, body="mobile={to}&msg={text}", success="OK")
    told(county, text="a&b=c")
    send_due(SMS, NOW)
    assert gateway.given[0][2].startswith("mobile=13900000001&msg=a%26b%3Dc+https%3A")


@pytest.mark.parametrize(("status", "answer"), [(200, '{"code": "LIMIT"}'), (503, "later")])
def test_a_refusal_is_tried_again_and_given_up_at_last(
    county: County, gateway: Provider, status: int, answer: str
) -> None:
    leading = government()  # the system is the county's: no other body's administrator opens its channels
    admin = in_post("admin", Post.objects.create(unit=leading, kind="system_admin", title="系统管理员"))
    open_sms(county, gateway)
    gateway.status, gateway.answer = status, answer
    told(county)
    at = NOW
    for pause in BACK_OFF:
        assert send_due(SMS, at) == Round(0, 1, 0)
        assert send_due(SMS, at + pause - timedelta(seconds=1)) == Round(0, 0, 0)
        at += pause
    assert channel_states(at)[0].is_stuck(at) and Delivery.objects.get().answer
    assert send_due(SMS, at) == Round(0, 0, 1)
    assert send_due(SMS, at + timedelta(days=1)) == Round(0, 0, 0)
    assert len(gateway.given) == MAX_ATTEMPTS and Delivery.objects.get().state == "failed"
    assert "短信发送失败" in Notice.objects.get(person=admin).text
    told(county, key="2")
    Delivery.objects.filter(state="waiting").update(attempts=MAX_ATTEMPTS - 1)
    assert send_due(SMS, at).n_failed == 1 and Notice.objects.filter(person=admin).count() == 1


def test_what_an_adapter_raises_unforeseen_is_given_up_too_and_the_page_says_why(
    county: County, gateway: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    open_sms(county, gateway, url="http://[::1/")  # no address at all: the standard library raises ValueError
    told(county)
    at = NOW
    for pause in BACK_OFF:
        assert send_due(SMS, at) == Round(0, 1, 0)
        assert "ValueError: Invalid IPv6 URL" in channel_states(at)[0].last_fault
        at += pause
    assert send_due(SMS, at) == Round(0, 0, 1) and Delivery.objects.get().attempts == MAX_ATTEMPTS
    assert "Invalid IPv6 URL" in channel_states(at)[0].last_fault and channel_states(at)[0].is_stuck(at)
    assert sum(record.exc_info is not None for record in caplog.records) == MAX_ATTEMPTS
    assert channel_states(at + timedelta(days=2))[0].last_fault == ""


def test_the_day_a_channel_comes_back(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    gateway.status = 500
    told(county)
    send_due(SMS, NOW)
    gateway.status = 200
    assert send_due(SMS, NOW + BACK_OFF[0]) == Round(1, 0, 0)
    assert not channel_states(NOW)[0].is_stuck(NOW)


def test_a_worker_that_dies_between_sending_and_marking_sends_again_with_the_same_key(
    county: County, gateway: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(_receipt: object) -> str:
        raise Killed

    open_sms(county, gateway)
    told(county)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(outbox, "_short", killed)
        send_due(SMS, NOW)
    assert send_due(SMS, NOW + LEASE - timedelta(seconds=1)) == Round(0, 0, 0)
    assert send_due(SMS, NOW + LEASE) == Round(1, 0, 0)
    assert len({path for path, _headers, _body in gateway.given}) == 1 and len(gateway.given) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    for number in range(FLOOD):
        told(county, key=f"case-{number}")
    start, rounds = threading.Barrier(2), []

    def work(at: datetime) -> None:
        start.wait()
        rounds.append(send_due(SMS, at))
        connections.close_all()

    workers = [threading.Thread(target=work, args=(NOW,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sum(one.n_sent for one in rounds) == FLOOD == len(gateway.given)
    assert Delivery.objects.filter(state="sent", attempts=1).count() == FLOOD


def test_a_flood_to_one_phone_is_one_message(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    for number in range(FLOOD + 1):
        told(county, key=f"case-{number}", level="red" if number == 3 else "urgent", text=f"{number}。")
    assert send_due(SMS, NOW).n_sent == FLOOD + 1
    [(_path, _headers, body)] = gateway.given
    content = json.loads(body)["content"]
    assert content.startswith("6 条通知，其中红色 1 条。") and content.endswith("/notices/")


def test_red_goes_first(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    told(county, key="1", text="一般。")
    told(county, key="2", level="red", text="红色。")
    send_due(SMS, NOW)
    assert [json.loads(body)["content"][:2] for _path, _headers, body in gateway.given] == ["红色", "一般"]


def test_who_left_gets_nothing(county: County, gateway: Provider) -> None:
    open_sms(county, gateway)
    told(county)
    county.worker.is_active = False
    county.worker.save()
    assert send_due(SMS, NOW) == Round(0, 1, 0) and gateway.given == []


@pytest.mark.parametrize(
    "setup",
    [
        {"adapter": "pigeon"},
        {"adapter": "http", "url": "ftp://x", "success": "OK"},
        {"adapter": "http", "url": "file:///etc/passwd", "success": "OK"},
        {"adapter": "http", "url": "http://127.0.0.1/"},
        {"adapter": "http", "url": "http://127.0.0.1/", "success": "("},
        {"adapter": "apprise", "url": "nonsense"},
    ],
)
def test_a_setting_that_cannot_work_says_so(county: County, setup: dict[str, str]) -> None:
    setting("sms", setup, county)
    with pytest.raises(Misconfigured):
        adapter_of(SMS).send(Message("1", "2", "3"))


def test_nobody_answers(county: County, gateway: Provider) -> None:
    open_sms(county, gateway, url="http://127.0.0.1:9/")
    with pytest.raises(Undelivered, match="没有应答"):
        adapter_of(SMS).send(Message("1", "2", "3"))


def test_the_file_outbox_keeps_one_line_each(county: County) -> None:
    setting("sms", {"adapter": "file"}, county)
    told(county)
    send_due(SMS, NOW)
    path = settings.DATA.root / "outbox" / "messages.jsonl"
    line = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    assert (line["to"], line["key"]) == ("13900000001", f"case-1-1:sms:{county.worker.pk}")
    assert path.stat().st_mode & 0o077 == 0


def test_mail_goes_through_a_mail_server(county: County) -> None:
    with mail_server() as provider:
        address = f"mailto://127.0.0.1:{provider.port}/?from=anwei@example.cn&to={{to}}&format=text"
        setting("mail", {"adapter": "apprise", "url": address}, county)
        told(county, level="red", text="预警 YJ202600001 待签收。")
        assert send_due(Channel.MAIL, NOW) == Round(1, 0, 0)
    [mail] = [email.message_from_string(text) for text in provider.mails]
    assert mail["To"] == "worker@example.cn"
    assert "YJ202600001" in str(make_header(decode_header(mail["Subject"])))
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    assert any("https://anwei.example.cn/cases/1/" in part.decode() for part in parts)  # type: ignore[union-attr]


def test_the_work_chat_hears_it_once(county: County, gateway: Provider) -> None:
    setting("chat", {"adapter": "apprise", "url": f"json://127.0.0.1:{gateway.port}/{{secret}}"}, county)
    tell(
        to=[county.safety, county.duty],
        text="红色预警 YJ1。",
        url="/cases/1/",
        level="red",
        key="k",
        now=NOW,
    )
    assert Notice.objects.count() == 2
    assert send_due(Channel.CHAT, NOW) == Round(1, 0, 0)
    [(_path, _headers, body)] = gateway.given
    assert json.loads(body)["message"] == "红色预警 YJ1。 https://anwei.example.cn/cases/1/"
