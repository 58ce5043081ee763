"""The ways out of the system as the administrator sets them up: SMS gateway, mail, work chat, each tried out.

What is no secret is a county setting with its change log; the secret is written to the data folder's file
`keys/notices-<channel>` and never shown again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from anwei.cases.notices.adapters import ADAPTERS
from anwei.cases.notices.channels import (
    ADDRESS,
    REGISTER,
    SETTING,
    TESTED,
    Channel,
    Message,
    Misconfigured,
    Undelivered,
    hand_over,
    setup_of,
)
from anwei.cases.notices.queries import channel_states
from anwei.ledgers.services import change_setting, county_setting, record_change
from anwei.org.accounts.recent import recent
from anwei.org.models import Person, Post
from anwei.org.policy import county_administrators, person_of
from anwei.portal.system.views import changes_of

KEY_FILE = "notices-{channel}"  # name of the file in keys/
ADAPTER_LABELS = {
    "": gettext_lazy("不开通"),
    "http": gettext_lazy("短信平台的 HTTP 接口"),
    "file": gettext_lazy("写入文件（由网关读取）"),
    "apprise": gettext_lazy("地址（apprise 写法）"),
}
CHOICES = {
    Channel.SMS: ("", "http", "file"),
    Channel.MAIL: ("", "apprise"),
    Channel.CHAT: ("", "apprise"),
}
PARTS = {"": (), "file": (), "apprise": ("url",), "http": ("url", "method", "headers", "body", "success")}
PASSWORD_IN_ADDRESS = re.compile(r"//[^/@]*:(?!\{secret\}@)[^/@]+@")


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_channels(request: HttpRequest) -> HttpResponse:
    """Show all channels, and set under which address people reach the system."""
    now, error = timezone.now(), ""
    address = str(county_setting(ADDRESS, "") or "")
    if request.method == "POST":
        address = request.POST.get("address", "").strip()
        try:
            if address and not re.fullmatch(r"https?://[^\s/]+/?", address):
                raise ValueError(_("地址须写成 https://主机名 的样子。"))
            reason = request.POST.get("reason", "")
            change_setting(ADDRESS, address, default="", actor=person_of(request), now=now, reason=reason)
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录。"))
            return redirect("system_channels")
    context = {
        "states": [(one, one.is_stuck(now)) for one in channel_states(now)],
        "address": address,
        "error": error,
        "changes": changes_of(ADDRESS),
    }
    return render(request, "system/channels.html", context, status=422 if error else 200)


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_channel(request: HttpRequest, channel: str) -> HttpResponse:
    """Set one channel up, or close it; a secret can be written, never read."""
    one, error = _channel(channel), ""
    setup = setup_of(one)
    entered = {**setup, "headers": _as_lines(setup.get("headers", {}))}
    if request.method == "POST":
        entered = request.POST.dict()
        try:
            _set_up(one, entered, actor=person_of(request))
        except (ValueError, Misconfigured) as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录。请发送测试。"))
            return redirect("system_channel", channel=channel)
    context = {
        "channel": one,
        "adapters": [(value, ADAPTER_LABELS[value]) for value in CHOICES[one]],
        "entered": entered,
        "is_open": bool(setup),
        "has_secret": bool(settings.DATA.given_secret(KEY_FILE.format(channel=one))),
        "error": error,
        "changes": changes_of(SETTING.format(channel=one)),
    }
    return render(request, "system/channel.html", context, status=422 if error else 200)


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_POST
@recent
def system_channel_test(request: HttpRequest, channel: str) -> HttpResponse:
    """Send one message now, to the administrator's own number or mailbox; say what the provider answered."""
    one, person, now = _channel(channel), person_of(request), timezone.now()
    to = {Channel.SMS: person.phone, Channel.MAIL: person.email}.get(one, "")
    if not setup_of(one):
        messages.error(request, _("此渠道没有开通。"))
    elif not to and one != Channel.CHAT:
        messages.error(request, _("您的账号没有登记手机号或邮箱，无从测试。"))
    else:
        message = Message(to, _("这是一条测试消息，请勿处理。"), f"test-{one}-{now.timestamp():.0f}")
        sent, answer = True, ""
        try:
            answer = hand_over(one, message)
        except Undelivered as fault:
            sent, answer = False, str(fault)
        answer = _without_secret(answer, one)
        content = {"sent": sent, "answer": answer}
        record_change(REGISTER, one, actor=person, now=now, verb=TESTED, content=content)
        if sent:
            messages.success(request, _("已送出。渠道答复：%(answer)s") % {"answer": answer or "—"})
        else:
            messages.error(request, answer)
    return redirect("system_channel", channel=channel)


def _set_up(channel: Channel, entered: Mapping[str, str], *, actor: Person) -> None:
    """Write the setting and the secret; raises ValueError or Misconfigured, as a sentence."""
    now, reason = timezone.now(), entered.get("reason", "")
    adapter, secret = entered.get("adapter", ""), entered.get("secret", "").strip()
    if adapter not in CHOICES[channel]:
        raise ValueError(_("请选择接口。"))
    parts = {name: entered.get(name, "").strip() for name in PARTS[adapter]}
    setup: dict[str, Any] = {name: value for name, value in parts.items() if value}
    if headers := setup.pop("headers", ""):
        setup["headers"] = _from_lines(headers)
    if any(secret and secret in value for value in parts.values()) or PASSWORD_IN_ADDRESS.search(
        parts.get("url", "")
    ):
        raise ValueError(_("密钥不能写在设置里：请在该处写 {secret}，密钥填在下面。"))
    if adapter == "apprise" and not setup.get("url"):
        raise ValueError(_("请填写地址。"))
    if adapter:
        ADAPTERS[adapter](setup, secret="")
        setup["adapter"] = adapter
    with transaction.atomic():
        change_setting(
            SETTING.format(channel=channel), setup, default={}, actor=actor, now=now, reason=reason
        )
        if secret:
            record_change(REGISTER, channel, actor=actor, now=now, verb="secret", content={}, reason=reason)
            path = settings.DATA.folder("keys") / KEY_FILE.format(channel=channel)
            settings.DATA.write_private(path, secret.encode())


def _channel(name: str) -> Channel:
    if name not in Channel.values:
        raise Http404
    return Channel(name)


def _as_lines(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def _from_lines(text: str) -> dict[str, str]:
    """Return headers written one a line, "Name: value"; raises ValueError for a line that is none."""
    headers = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9-]+", name.strip()):
            raise ValueError(_("请求头每行写成“名称: 值”。"))
        headers[name.strip()] = value.strip()
    return headers


def _without_secret(answer: str, channel: Channel) -> str:
    secret = settings.DATA.given_secret(KEY_FILE.format(channel=channel))
    return answer.replace(secret, "***") if secret else answer
