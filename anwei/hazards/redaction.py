"""What must not stand in a text that everybody reads: names of people, card numbers, telephones."""

from __future__ import annotations

import re
from collections.abc import Collection

CARD = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:(?:19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?(?![0-9A-Za-z])"
)
PHONE = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9A-Za-z])")
SHORTEST = 2  # letters of a name: a single one is a word of the language


def redacted(text: str, names: Collection[str]) -> str:
    """Return a text with card numbers, telephones and these names masked: 王某某, 1101**********0012."""
    text = PHONE.sub("（电话略）", CARD.sub(lambda found: _covered(found[0]), text))
    for name in sorted(_usable(names), key=len, reverse=True):  # 王小明 before 王小
        text = text.replace(name, name[0] + "某" * (len(name) - 1))
    return text


def found_in(text: str, names: Collection[str]) -> list[str]:
    """Return what of a text would be masked, in the order of the rules."""
    found = [match[0] for rule in (CARD, PHONE) for match in rule.finditer(text)]
    return found + sorted(name for name in _usable(names) if name in text)


def _usable(names: Collection[str]) -> set[str]:
    return {name.strip() for name in names if len(name.strip()) >= SHORTEST}


def _covered(number: str) -> str:
    return number[:4] + "*" * (len(number) - 8) + number[-4:]
