"""Article numbers in Chinese and Arabic numerals: 第三十八条 is 第38条."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(
    r"(?<=第)[零〇一二两三四五六七八九十百千]+(?=[条章节款项])|[零〇一二两三四五六七八九十百千]+(?=条)"
)


def chinese_number(numeral: str) -> int:
    """Return the value of a Chinese numeral below ten thousand: 一百零八 is 108, 十二 is 12, 二〇 is 20.

    Raises ValueError for another text.
    """
    if not numeral or not set(numeral) <= _DIGITS.keys() | _UNITS.keys():
        raise ValueError(numeral)
    if not set(numeral) & _UNITS.keys():
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    total, digit = 0, 0
    for sign in numeral:
        if sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def in_digits(text: str) -> str:
    """Return a text as it is compared: half width, small letters, no blanks, articles in digits."""
    return "".join(sign for sign, _start, _end in in_digits_with_places(text))


def in_digits_with_places(text: str) -> list[tuple[str, int, int]]:
    """Return the signs of a text as it is compared, each with where it begins and ends in the text itself."""
    signs = [
        (sign, place, place + 1)
        for place, raw in enumerate(text)
        for sign in unicodedata.normalize("NFKC", raw).lower()
        if not sign.isspace()
    ]
    found, last = [], 0
    for numeral in _NUMERAL.finditer("".join(sign for sign, _start, _end in signs)):
        found += signs[last : numeral.start()]
        start, end = signs[numeral.start()][1], signs[numeral.end() - 1][2]
        found += [(digit, start, end) for digit in str(chinese_number(numeral[0]))]
        last = numeral.end()
    return found + signs[last:]
