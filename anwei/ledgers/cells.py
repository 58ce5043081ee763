"""What a cell means: text as people type it becomes the value of a column, mended where that is certain.

Full-width digits, spaces inside numbers, dates in a dozen spellings, 是 / 有 / √ for yes. Mending is told
("repaired"), guessing is told louder ("doubtful"), and what cannot be meant is refused with a sentence.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Column, ledger_of
from anwei.ledgers.export import FORMULA_STARTS

EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(18_264, 73_051)  # Excel's day numbers from 1950 to 2099
YEARS = range(1900, 2200)
ENDLESS = {"长期", "至今", "永久", "无", "无期限", "无固定期限", "—", "-", "/", "现任", "在任"}
TRUE, FALSE = (
    {"是", "有", "√", "✓", "y", "yes", "true", "1", "对"},
    {"否", "无", "×", "✗", "n", "no", "false", "0", "不是"},
)
CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()} | {0x3000: " "}
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\s*(?:人|名|个|家|处|座|台|吨|米|元|岁|小时|天)?")
DATE = re.compile(
    r"(\d{4})[-/.年\s](\d{1,2})(?:[-/.月\s](\d{1,2})日?)?月?日?(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})日?)?"
)
LONG_TEXT = 2000
BODIES = ("人民政府", "街道办事处", "办事处", "村民委员会", "村委会", "居民委员会", "居委会")
"""What a list leaves out of a public body's name: 某镇 is 某镇人民政府."""
FEW = 500  # choices among which a misspelt one is looked for
SHOWN = 12  # choices that a refusal names


class Refused(ValueError):
    """The cell cannot be what the column holds; the text is a sentence."""


@dataclass
class Reading:
    """The value of a cell, and what was done or should be asked about it."""

    value: Any
    repairs: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class Choosing:
    """The choices of one column for one person: found by text, value, alias, or one near enough."""

    def __init__(self, column: Column, person: Any) -> None:
        self.pairs = [(value, str(text)) for value, text in column.choices(person)] if column.choices else []
        self._by_text: dict[str, Any] = {}
        self._doubled: set[str] = set()
        for value, text in self.pairs:
            for spelling in {folded(text), folded(str(value))}:
                if self._by_text.setdefault(spelling, value) != value:
                    self._doubled.add(spelling)
        for text, value in (column.aliases or {}).items():
            self._by_text.setdefault(folded(text), value)
        self.texts = dict(self.pairs)
        self._register = str(ledger_of(column.chosen_from).label) if column.chosen_from else ""
        self._found: dict[str, Reading | Refused] = {}

    def find(self, text: str) -> Reading:
        """Return the value that `text` names. Raises Refused."""
        wanted = folded(text)
        if wanted not in self._found:
            self._found[wanted] = self._look(wanted, text)
        found = self._found[wanted]
        if isinstance(found, Refused):
            raise found
        return Reading(found.value, list(found.repairs), list(found.doubts))

    def _look(self, wanted: str, text: str) -> Reading | Refused:
        if wanted in self._doubled:
            return Refused(_("“%(text)s”有多个，请填写代码或全称") % {"text": text})
        if wanted in self._by_text:
            return Reading(self._by_text[wanted])
        whole = [f"{wanted}{ending}" for ending in BODIES if f"{wanted}{ending}" in self._by_text]
        if len(whole) == 1 and whole[0] not in self._doubled:
            value = self._by_text[whole[0]]
            return Reading(value, repairs=[respelt(text, self.texts.get(value, whole[0]))])
        begun = [spelling for spelling in self._by_text if wanted and wanted in spelling]
        near = begun if len(begun) == 1 else []
        if not near and len(self._by_text) <= FEW and not wanted.isdecimal():  # a code has no near enough
            near = get_close_matches(wanted, self._by_text, n=1, cutoff=0.75)
        return self._guessed(text, near)

    def _guessed(self, text: str, near: Sequence[str]) -> Reading | Refused:
        """Return the choice whose spelling is near, in doubt; refuse where none is."""
        if not self.pairs and self._register:
            words = {"text": text, "register": self._register}
            return Refused(_("“%(text)s”还没有登记，请先登记到“%(register)s”") % words)
        some = _("、").join(text for _value, text in self.pairs[:SHOWN])
        if len(self.pairs) > SHOWN:  # a dozen others would help nobody
            some = _("共 %(n)d 个，见模板的下拉列表") % {"n": len(self.pairs)}
        if not near:
            return Refused(_("“%(text)s”不在可选范围内（%(some)s）") % {"text": text, "some": some or "—"})
        value = self._by_text[near[0]]
        doubt = _("“%(text)s”按“%(meant)s”理解") % {"text": text, "meant": self.texts.get(value, near[0])}
        if len(self.pairs) <= SHOWN:
            doubt += _("（可选：%(some)s）") % {"some": some}
        return Reading(value, doubts=[doubt])

    def text(self, value: Any) -> str:
        """Return the text of a value, or the value itself where it is none of the choices any more."""
        return self.texts.get(value, "" if value is None else str(value))


def read(column: Column, raw: str, choosing: Choosing | None = None) -> Reading:
    """Return what the text `raw` means in `column`. Raises Refused."""
    if "\0" in raw:
        raise Refused(_("含有不能保存的字符，请删去后重新填写"))
    text = raw if raw.isascii() and raw.isprintable() else INVISIBLE.sub("", raw).translate(WIDE)
    text = text.strip()
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]  # the mark by which an export kept this from being a formula
    if not text:
        if column.required:
            raise Refused(_("不能为空"))
        return Reading(column.default)
    found = _READERS[column.kind or "text"](column, text, choosing)
    if text != raw.strip() and not found.repairs:
        found.repairs.append(respelt(raw.strip(), text))
    if column.doubt is not None and (doubt := column.doubt(found.value)):
        found.doubts.append(doubt)
    return found


def _text(column: Column, text: str, choosing: Choosing | None) -> Reading:
    longest = column.longest or LONG_TEXT
    found = Reading(text)
    if column.clean is not None:
        found.value = _cleaned(column, text)
        if found.value != text:
            found.repairs.append(respelt(text, found.value))
    if len(found.value) > longest:
        raise Refused(_("超过 %(n)d 个字") % {"n": longest})
    return found


def _cleaned(column: Column, text: str) -> str:
    """Return a text as its column mends it. Raises Refused."""
    try:
        return text if column.clean is None else column.clean(text)
    except ValueError as error:
        raise Refused(str(error)) from error


def _number(column: Column, text: str, choosing: Choosing | None) -> Reading:
    plain = unicodedata.normalize("NFKC", _cleaned(column, text))
    about = plain.lstrip("约近")
    match = NUMBER.fullmatch(about.replace(" ", ""))
    if match is None:
        raise Refused(_("“%(text)s”不是数字") % {"text": text})
    digits = match.group(1).replace(",", "")
    value = float(digits)
    if not math.isfinite(value) or abs(value) >= 1e15:
        raise Refused(_("“%(text)s”超出范围") % {"text": text})
    doubts = [_("“%(text)s”是约数") % {"text": text}] if about != plain else []
    repairs = [] if digits == text else [respelt(text, digits)]
    return Reading(value, repairs, doubts)


def _integer(column: Column, text: str, choosing: Choosing | None) -> Reading:
    found = _number(column, text, choosing)
    if not found.value.is_integer():
        raise Refused(_("“%(text)s”不是整数") % {"text": text})
    found.value = int(found.value)
    if found.value < 0 or found.value >= 2**31:
        raise Refused(_("“%(text)s”超出范围") % {"text": text})
    return found


def _boolean(column: Column, text: str, choosing: Choosing | None) -> Reading:
    word = text.lower()
    if word in TRUE or word in FALSE:
        return Reading(word in TRUE)
    raise Refused(_("“%(text)s”请填“是”或“否”") % {"text": text})


def _date(column: Column, text: str, choosing: Choosing | None) -> Reading:
    if text in ENDLESS and not column.required:
        return Reading(None, repairs=[_("“%(text)s”按不限期理解") % {"text": text}])
    plain = unicodedata.normalize("NFKC", _spoken(text)).replace("。", ".").strip()
    if plain.isdecimal() and len(plain) == 8:
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    elif plain.isdecimal() and int(plain) in SERIALS:
        value = EXCEL_EPOCH + timedelta(days=int(plain))
        return Reading(value, [_respelt(text, value)])
    elif plain.isdecimal() and len(plain) == 6 and 1 <= int(plain[4:]) <= 12:
        plain = f"{plain[:4]}-{plain[4:]}"
    doubts = []
    match = DATE.fullmatch(plain)
    if match is None and (short := re.fullmatch(r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain)):
        match = DATE.fullmatch(f"20{short[1]}-{short[2]}-{short[3]}")
        doubts = [_("“%(text)s”按 20%(year)s 年理解") % {"text": text, "year": short[1]}]
    if match is None:
        raise Refused(_("“%(text)s”不是日期，请写成 2026-11-25") % {"text": text})
    try:
        value = date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError as error:
        raise Refused(_("“%(text)s”不是有效的日期") % {"text": text}) from error
    if value.year not in YEARS:
        raise Refused(_("“%(text)s”不是有效的日期") % {"text": text})
    if match[3] is None:
        doubts = [_("“%(text)s”没有日，按 1 日理解") % {"text": text}]
    plain_text = text in {value.isoformat(), f"{value.isoformat()} 00:00:00"}
    return Reading(value, [] if plain_text else [_respelt(text, value)], doubts)


def _respelt(text: str, day: date) -> str:
    return _("日期“%(text)s”改为“%(day)s”") % {"text": text, "day": day.isoformat()}


def _choice(column: Column, text: str, choosing: Choosing | None) -> Reading:
    return (choosing or Choosing(column, None)).find(text)


def _spoken(text: str) -> str:
    """Return a date in Chinese numerals as digits: 二〇二六年十一月二十五日."""
    match = CHINESE_DATE.fullmatch(text)
    if match is None:
        return text
    year = match[1].translate(CHINESE_DIGITS)
    return "-".join([year, *(str(_below_hundred(part)) for part in match.groups()[1:] if part)])


def _below_hundred(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    unit = int(ones.translate(CHINESE_DIGITS)) if ones else 0
    return unit + (10 * int((tens or "一").translate(CHINESE_DIGITS)) if ten else 0)


def respelt(text: str, value: str) -> str:
    """Return the sentence that tells a repair."""
    return _("“%(text)s”改为“%(value)s”") % {"text": text, "value": value}


def folded(text: str) -> str:
    """Return a text as it is compared: no blanks, no full width, no capitals."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


_READERS = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
}
