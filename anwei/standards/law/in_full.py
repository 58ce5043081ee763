"""A citation as papers print it: every law by its full title, and none of our own remarks on its quality."""

from __future__ import annotations

import re

from anwei.standards.law.citations import cited_places
from anwei.standards.law.register import Source, sources

_DOUBT = r"(?:待核|凭记忆)"
_REMARK = re.compile(rf"[（(][^（）()]*{_DOUBT}[^（）()]*[)）]")
_EDITION = re.compile(r"[（(](?:\d{4}[^（）()]*|旧)[)）]$")  # which edition is for the register
_NUMBERED = re.compile(r"〔|^(?:GB|AQ)")  # a standard or notice is known by its number, a law by its title
_WHOLE = {"reg_road406": "中华人民共和国道路运输条例"}  # the register names it as it is collected: in short
_SIGNS = {"《": "》", "〈": "〉"}


def in_full(text: str) -> str:
    """Return what a text cites for a paper: 61号令第21条 becomes 《机关、团体、企业…规定》第21条.

    Remarks on what was not checked yet (条号待核) are left out; a law that is not registered stays as it is.
    """
    parts = (_REMARK.sub("", part).strip() for part in text.split("；"))
    return "；".join(_named(part) for part in parts if part and not re.search(_DOUBT, part))


def _named(text: str) -> str:
    written, last = "", 0
    for start, end, law, article in cited_places(text):
        if article or start < last:
            continue
        n = int(start > last and _SIGNS.get(text[start - 1]) == text[end : end + 1])  # it stands in its signs
        written += text[last : start - n] + _title(sources()[law])
        last = end + n + len(text[end + n :]) - len(text[end + n :].lstrip(" "))
    return written + text[last:]


def _title(source: Source) -> str:
    number = f"（{source.number}）" if _NUMBERED.search(source.number) else ""
    title = _WHOLE.get(source.id, source.title)
    return f"《{_EDITION.sub('', title)}》{number}"
