"""The HTTP door for telemetry: the same bodies as MQTT, acknowledged only once they are durable.

An ASGI application of its own beside Django's: a batch of a few hundred samples costs less than Django's
middleware, and Django would spool a body of any size to disk before the first line of ours runs.
"""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from nats.aio.client import Client

from anwei.monitoring.connection import BrokerAway, LogFull, client
from anwei.monitoring.group_commit import GroupCommit
from anwei.monitoring.models import Device
from anwei.monitoring.problems import MEDIA_TYPE, problem
from anwei.monitoring.services.devices import digest
from anwei.monitoring.stream.broker import DEVICE_PAYLOAD
from anwei.monitoring.stream.log import HTTP_PREFIX, REFUSED_PREFIX
from anwei.monitoring.stream.log_room import has_no_room
from anwei.monitoring.stream.samples import Reason

PREFIX = "/api/v1/telemetry/"
KEY_MEMORY_S = 5.0  # a revoked or rotated key is refused after this at the latest
RETRY_AFTER_S, RETRY_WHEN_FULL_S = 1, 30
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Refused(Exception):
    """The request is not taken; carries the HTTP status, the sentence and further headers."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


class HungUp(Exception):
    """The caller is gone; nobody is waiting for an answer."""


class TelemetryDoor:
    """`POST /api/v1/telemetry/<device>` with the device's key as bearer token."""

    def __init__(self) -> None:
        self._commits: dict[Client, GroupCommit] = {}
        self._keys: dict[str, tuple[float, str]] = {}  # device -> (good until, digest of its key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        with translation.override(language(headers.get(b"accept-language", ""))):
            try:
                await self._take(scope, headers, receive)
            except HungUp:
                return
            except Refused as refusal:
                body = json.dumps(problem(refusal.status, refusal.detail), ensure_ascii=False).encode()
                await _answer(send, refusal.status, MEDIA_TYPE, body, refusal.headers)
            else:
                await _answer(send, HTTPStatus.OK, "application/json", b"{}", {})

    async def _take(self, scope: Scope, headers: dict[bytes, str], receive: Receive) -> None:
        if scope["method"] != "POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, _("只接受 POST。"), {"Allow": "POST"})
        device = scope["path"].removeprefix(PREFIX)
        await self._admit(device, headers.get(b"authorization", ""))
        try:
            commit = self._commit_by(await client())
            body = await self._body(device, headers, receive, commit)
            await commit.store(HTTP_PREFIX + device, body)
        except BrokerAway as error:
            if isinstance(error, LogFull) or has_no_room(settings.DATA):
                sentence = _("存储空间已满，数据未保存，请保留数据，稍后重发。")
                wait = {"Retry-After": str(RETRY_WHEN_FULL_S)}
                raise Refused(HTTPStatus.INSUFFICIENT_STORAGE, sentence, wait) from error
            sentence = _("消息服务暂时不可用，数据未保存，请稍后重发。")
            wait = {"Retry-After": str(RETRY_AFTER_S)}
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, sentence, wait) from error

    async def _admit(self, device: str, authorization: str) -> None:
        scheme, _space, key = authorization.partition(" ")
        shown = digest(key.strip())
        good_until, known = self._keys.get(device, (0.0, ""))
        if time.monotonic() >= good_until or not hmac.compare_digest(known, shown):
            well_formed = CODE.fullmatch(device) and scheme.lower() == "bearer"
            known = await self._digest(device) if well_formed else ""
        if not hmac.compare_digest(known, shown):
            sentence = _("设备未登记、已停用或密钥不对。")
            raise Refused(HTTPStatus.UNAUTHORIZED, sentence, {"WWW-Authenticate": "Bearer"})

    async def _digest(self, device: str) -> str:
        """Return the digest of the device's key, "" where it may not send, and remember it."""
        try:
            known = await sync_to_async(_digest_in_register)(device)
        except DatabaseError as error:
            sentence = _("登记库暂时不可用，数据未保存，请稍后重发。")
            wait = {"Retry-After": str(RETRY_AFTER_S)}
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, sentence, wait) from error
        if known:
            self._keys[device] = (time.monotonic() + KEY_MEMORY_S, known)
        else:
            self._keys.pop(device, None)  # unknown codes are not remembered: their number has no bound
        return known

    def _commit_by(self, nc: Client) -> GroupCommit:
        if nc not in self._commits:
            self._commits = {nc: GroupCommit(nc)}
        return self._commits[nc]

    async def _body(
        self, device: str, headers: dict[bytes, str], receive: Receive, commit: GroupCommit
    ) -> bytes:
        stated = headers.get(b"content-length", "0")
        body = bytearray()
        oversize = not stated.isdecimal() or int(stated) > DEVICE_PAYLOAD
        more = True
        while more and not oversize:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            body += message.get("body", b"")
            more = message.get("more_body", False)
            oversize = len(body) > DEVICE_PAYLOAD
        if oversize:
            detail = f"HTTP {stated}"
            reject = {"reason": Reason.OVERSIZE, "detail": detail, "at": int(time.time() * 1000)}
            await commit.store(REFUSED_PREFIX + device, msgspec.msgpack.encode(reject))
            sentence = _("内容超过 %(limit)d 字节。") % {"limit": DEVICE_PAYLOAD}
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, {"Connection": "close"})
        return bytes(body)


def _digest_in_register(device: str) -> str:
    close_old_connections()
    known = Device.objects.filter(code=device, revoked_at=None).values_list("key_digest", flat=True)
    return known.first() or ""


def language(accept: str) -> str:
    """Return the best language of ours for an Accept-Language header."""
    for code, _quality in parse_accept_lang_header(accept.lower()):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


async def _answer(
    send: Send, status: HTTPStatus, media_type: str, body: bytes, headers: dict[str, str]
) -> None:
    fields = {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}
    encoded = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": encoded})
    await send({"type": "http.response.body", "body": body})


telemetry = TelemetryDoor()
