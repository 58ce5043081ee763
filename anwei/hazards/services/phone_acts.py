"""One act as a telephone sends it: read from JSON, with limits; what is no act is refused with a sentence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from anwei.hazards.models.answers import ActKind
from anwei.hazards.services.paper_numbers import TEMPLATES

MAX_BYTES = 64 * 1024
MAX_FILES = 20  # that one hazard names
KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")
TEXTS = {  # of each kind of act: its texts and how long each may be
    ActKind.BEGIN: {"code": 20},
    ActKind.CHECK: {"item": 30, "result": 16, "note": 2000},
    ActKind.HAZARD: {
        "item": 30,
        "description": 2000,
        "place": 120,
        "criterion": 30,
        "reason": 500,
        "order": 10,
        "requirement": 2000,
        "measures": 2000,
    },
    ActKind.END: {"finding": 2000, "head": 60, "refusal": 300, "signature_key": 64, "shown": 64},
}
MULTILINE = frozenset({"note", "description", "reason", "requirement", "measures", "finding", "refusal"})


class Malformed(ValueError):
    """What came is no act; the text is a sentence for the user."""


@dataclass(frozen=True)
class Act:
    """An act: which visit, what, when by the device's clock, on which change of the item it was based.

    `person` is whose package it was made under, 0 where that is not told.
    """

    key: str
    visit: int
    kind: ActKind
    at: datetime
    sha256: str
    person: int = 0
    based_on: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    major: bool = False
    proposed: bool = False
    due_on: date | None = None
    files: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


def read_act(body: bytes) -> Act:
    """Return the act that a body is. Raises Malformed with a sentence."""
    if len(body) > MAX_BYTES:
        raise Malformed(_("提交的内容太长。"))
    try:
        told = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Malformed(_("提交的内容读不出来。")) from fault
    if not isinstance(told, dict):
        raise Malformed(_("提交的内容读不出来。"))
    kind = told.get("kind")
    if kind not in ActKind.values:
        raise Malformed(_("没有这样的操作。"))
    return Act(
        key=key_in(told.get("key")),
        visit=_number(told, "visit"),
        kind=ActKind(kind),
        at=moment_in(told.get("at")),
        sha256=sha256(body).hexdigest(),
        person=_number(told, "person", 0),
        based_on=_number(told, "based_on", 0),
        texts={name: _text(told, name, longest) for name, longest in TEXTS[ActKind(kind)].items()},
        major=told.get("major") is True,
        proposed=told.get("proposed") is True,
        due_on=_day(told),
        files=_keys(told, "files"),
        papers=_papers(told),
    )


def key_in(told: Any) -> str:
    """Return the key of an act or a file. Raises Malformed."""
    if not isinstance(told, str) or not KEY.fullmatch(told):
        raise Malformed(_("缺少提交的编号。"))
    return told


def moment_in(told: Any) -> datetime:
    """Return a moment with its zone. Raises Malformed."""
    try:
        at = parse_datetime(told) if isinstance(told, str) and len(told) <= 40 else None
        if at is None or is_naive(at) or not 2000 <= at.year <= 2100:
            raise ValueError(told)
    except ValueError as fault:
        raise Malformed(_("时间不对。")) from fault
    return at


def text_in(told: Any, longest: int, *, lines: bool = False) -> str:
    """Return a text that a database takes and a person wrote. Raises Malformed."""
    if not isinstance(told, str):
        raise Malformed(_("提交的内容读不出来。"))
    text = told.strip()
    if len(text) > longest:
        raise Malformed(_("文字太长，最长 %(n)d 字。") % {"n": longest})
    if any(_unfit(sign, lines) for sign in text):
        raise Malformed(_("文字中有不能保存的字符。"))
    return text


def _unfit(sign: str, lines: bool) -> bool:
    return (sign < " " and not (lines and sign in "\n\r\t")) or "\ud800" <= sign <= "\udfff" or sign == "\x7f"


def _text(told: dict[str, Any], name: str, longest: int) -> str:
    return text_in(told.get(name, ""), longest, lines=name in MULTILINE)


def _number(told: dict[str, Any], name: str, default: int | None = None) -> int:
    number = told.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise Malformed(_("提交的内容读不出来。"))
    return number


def _day(told: dict[str, Any]) -> date | None:
    text = told.get("due_on") or ""
    try:
        day = parse_date(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if text and (day is None or not 2000 <= day.year <= 2100):
        raise Malformed(_("日期不对。"))
    return day


def _keys(told: dict[str, Any], name: str) -> tuple[str, ...]:
    keys = told.get(name, [])
    if not isinstance(keys, list) or len(keys) > MAX_FILES:
        raise Malformed(_("一次最多附 %(n)d 个文件。") % {"n": MAX_FILES})
    return tuple(key_in(key) for key in keys)


def _papers(told: dict[str, Any]) -> tuple[str, ...]:
    kinds = told.get("papers", [])
    if not isinstance(kinds, list) or any(kind not in tuple(TEMPLATES) for kind in kinds):
        raise Malformed(_("没有这样的文书。"))
    return tuple(kind for kind in TEMPLATES if kind in kinds)
