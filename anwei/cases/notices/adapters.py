"""The adapters a county can choose from: a file, an HTTP gateway of its own, and what apprise speaks."""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import apprise
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.notices.channels import Adapter, Message, Misconfigured, Undelivered

PATIENCE_S = 10.0
ANSWER_BYTES = 4096  # as much of a provider's answer as is looked at
ANSWER_LENGTH = 200


class Make(Protocol):
    """Makes an adapter from the county's setting and the channel's secret."""

    def __call__(self, setup: Mapping[str, Any], *, secret: str) -> Adapter:
        """Return the adapter; raise Misconfigured when the setting cannot work."""
        ...


class FileOutbox:
    """Writes each message as one JSON line into the data folder, for the demo or a gateway that reads it."""

    def __init__(self, setup: Mapping[str, Any], *, secret: str) -> None:
        self.path: Path = settings.DATA.folder("outbox") / "messages.jsonl"

    def send(self, message: Message) -> str:
        """Append the message durably."""
        line = {
            "at": timezone.localtime().isoformat(timespec="seconds"),
            "to": message.to,
            "text": message.text,
            "key": message.key,
        }
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return self.path.name


class HttpGateway:
    """Calls the HTTP interface of an SMS provider, described by templates (docs/operations.md).

    `url`, the values of `headers` and `body` may hold {to}, {text}, {key} and {secret}; each is escaped for
    where it stands (JSON when the body is JSON, else as in a form). `success` is a regular expression that
    the answer to an accepted message matches; its first group, if any, is the receipt.
    """

    def __init__(self, setup: Mapping[str, Any], *, secret: str) -> None:
        self.url = str(setup.get("url", ""))
        if urllib.parse.urlsplit(self.url).scheme not in ("https", "http"):
            raise Misconfigured(_("短信接口的地址须以 https:// 或 http:// 开头。"))
        self.method = str(setup.get("method", "POST"))
        self.headers: dict[str, str] = dict(setup.get("headers", {}))
        self.body = str(setup.get("body", ""))
        self.is_json = "json" in " ".join(self.headers.values()).lower()
        try:
            self.success = re.compile(str(setup["success"]))
        except KeyError:
            raise Misconfigured(_("短信接口的设置没有写明怎样算发送成功。")) from None
        except re.error as fault:
            message = _("短信接口的成功标志不是有效的正则表达式：%(fault)s") % {"fault": fault}
            raise Misconfigured(message) from fault
        self.secret = secret

    def send(self, message: Message) -> str:
        """Call the provider once."""
        words = {"to": message.to, "text": message.text, "key": message.key, "secret": self.secret}
        body = filled(self.body, words, _in_json if self.is_json else urllib.parse.quote_plus)
        request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            filled(self.url, words, lambda word: urllib.parse.quote(word, safe="")),
            data=body.encode() if body else None,
            headers={name: filled(value, words, _in_header) for name, value in self.headers.items()},
            method=self.method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:  # noqa: S310
                answer = response.read(ANSWER_BYTES).decode(errors="replace")
        except urllib.error.HTTPError as fault:
            raise Undelivered(_("短信接口答复 %(status)s。") % {"status": fault.code}) from fault
        except (OSError, ValueError, http.client.HTTPException) as fault:
            raise Undelivered(_("短信接口没有应答：%(fault)s") % {"fault": fault}) from fault
        found = self.success.search(answer)
        if found is None:
            raise Undelivered(_("短信接口未受理：%(answer)s") % {"answer": answer[:ANSWER_LENGTH]})
        return found.group(1) if found.groups() and found.group(1) else answer[:ANSWER_LENGTH]


class Apprise:
    """Mail and work chats in the words of apprise: `url` such as mailtos://... or wecombot://{secret}."""

    def __init__(self, setup: Mapping[str, Any], *, secret: str) -> None:
        self.template = str(setup.get("url", ""))
        self.secret = secret

    def send(self, message: Message) -> str:
        """Hand the message to the service that the address names."""
        words = {"to": message.to, "secret": self.secret}
        service = apprise.Apprise()
        if not service.add(filled(self.template, words, lambda word: urllib.parse.quote(word, safe=""))):
            raise Misconfigured(_("邮件或工作群的地址不能识别。"))
        result = service.notify(body=message.text, title=message.text.split("。")[0])
        if not result:
            reason = next((entry.message for entry in reversed([*result.logs()])), "")
            raise Undelivered(_("对方没有受理：%(reason)s") % {"reason": reason[:ANSWER_LENGTH]})
        return ""


ADAPTERS: dict[str, Make] = {"file": FileOutbox, "http": HttpGateway, "apprise": Apprise}


def filled(template: str, words: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    """Return the template with each {word} replaced in one pass, so that no text is taken for a template."""
    return re.sub(
        r"\{(\w+)\}", lambda found: escaped(words[found[1]]) if found[1] in words else found[0], template
    )


def _in_json(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)[1:-1]


def _in_header(word: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "", word)  # a line break would begin another header
