"""What must not stand in a text that everybody reads: names of people, card numbers, telephones.

Digits are recognised however they are written: full-width, in groups with blanks, dashes or dots between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

BETWEEN = r"[\s\-‐‑–—_·./]{0,2}"  # between two digits of a number


def _grouped(*digits: str) -> str:
    return BETWEEN.join(digits)


_MONTH = f"(?:{_grouped('0', '[1-9]')}|{_grouped('1', '[0-2]')})"
_DAY = f"(?:{_grouped('0', '[1-9]')}|{_grouped('[12]', '[0-9]')}|{_grouped('3', '[01]')})"
_YEAR = f"(?:(?:{_grouped('1', '9')}|{_grouped('2', '0')}){BETWEEN})?{_grouped('[0-9]', '[0-9]')}"
CARD = re.compile(
    r"(?<![0-9A-Za-z])"
    + _grouped("[1-9]", *["[0-9]"] * 5, _YEAR, _MONTH, _DAY, *["[0-9]"] * 3)
    + f"(?:{BETWEEN}[0-9Xx])?(?![0-9A-Za-z])"
)
PHONE = re.compile(
    f"(?<![0-9])(?:(?:\\+|00)?86{BETWEEN})?"
    f"(?:{_grouped('1', '[3-9]', *['[0-9]'] * 9)}"
    f"|[（(]?0[0-9]{{2,3}}[）)]?{BETWEEN}[0-9]{{3,4}}{BETWEEN}[0-9]{{4}})"
    r"(?![0-9])"
)
SHORTEST = 2  # letters of a name: a single one is a word of the language


def redacted(text: str, names: Collection[str]) -> str:
    """Return a text with card numbers, telephones and these names masked: 王某某, 1101**********0012."""
    for rule in (CARD, PHONE):
        for start, end in reversed(_spans(rule, text)):
            cover = _covered(_plain(text[start:end])) if rule is CARD else "（电话略）"
            text = text[:start] + cover + text[end:]
    for name, pattern in _patterns(names):
        text = pattern.sub(name[0] + "某" * (len(name) - 1), text)
    return text


def found_in(text: str, names: Collection[str]) -> list[str]:
    """Return what of a text would be masked, in the order of the rules."""
    found = [text[start:end] for rule in (CARD, PHONE) for start, end in _spans(rule, text)]
    return found + sorted(name for name, pattern in _patterns(names) if pattern.search(text))


def _spans(rule: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in rule.finditer(_plain(text))]


def _plain(text: str) -> str:
    """Return a text of the same length with every digit and letter of another width as its plain one."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _patterns(names: Collection[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield each usable name, 王小明 before 王小, with the pattern that finds it also with blanks inside."""
    usable = {name.strip() for name in names if len(name.strip()) >= SHORTEST}
    for name in sorted(usable, key=len, reverse=True):
        yield name, re.compile(r"\s?".join(map(re.escape, name)))


def _covered(number: str) -> str:
    digits = re.sub(BETWEEN, "", number)
    return digits[:4] + "*" * (len(digits) - 8) + digits[-4:]
