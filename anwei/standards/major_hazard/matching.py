"""Finding a chemical of table 1 by what people write: its name, another name of it, or its CAS number."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from anwei.standards.major_hazard.tables import Chemical, chemicals, rules

CAS = re.compile(r"\d{2,7}-\d{2}-\d")
BRACKETS = re.compile(r"[(\[].*[)\]]")
OPENINGS, CLOSINGS = "【〔", "】〕"


def find(words: str) -> tuple[Chemical, ...]:
    """Return the rows of table 1 that `words` may mean: none, one, or several of other strength or form."""
    key = _plain(words)
    numbers = _by_name().get(key) or _by_name().get(BRACKETS.sub("", key), ())
    return tuple(chemicals()[number] for number in numbers)


def is_cas(words: str) -> bool:
    """Say whether it is written like a CAS number and its check digit is right."""
    plain = _plain(words)
    if not CAS.fullmatch(plain):
        return False
    digits = [int(digit) for digit in reversed(plain.replace("-", ""))]
    return sum(place * digit for place, digit in enumerate(digits)) % 10 == digits[0]


def qualifier(chemical: Chemical, words: str) -> str:
    """Return what table 1 says in brackets of the chemical and `words` does not: "含量>90%", or ""."""
    found = BRACKETS.search(_plain(chemical.name))
    return "" if found is None or found[0] in _plain(words) else found[0][1:-1]


def remark(chemical: Chemical, words: str) -> str:
    """Return what `words` says in brackets and no name of the row does: "25%水溶液", or ""."""
    found = BRACKETS.search(_plain(words))
    names = (_plain(name) for name in (chemical.name, *chemical.aliases))
    return "" if found is None or any(found[0] in name for name in names) else found[0][1:-1]


@cache
def _by_name() -> dict[str, tuple[int, ...]]:
    """Return numbers of table 1 by name; a whole name comes before one without its brackets."""
    whole: dict[str, set[int]] = {}
    short: dict[str, set[int]] = {}
    for chemical in chemicals().values():
        for name in (chemical.name, *chemical.aliases, *chemical.cas):
            whole.setdefault(_plain(name), set()).add(chemical.number)
            for part in _parts(BRACKETS.sub("", _plain(name))):
                short.setdefault(part, set()).add(chemical.number)
    also = {_plain(name): {number} for name, number in rules().also_named.items()}
    return {name: tuple(sorted(numbers)) for name, numbers in (short | whole | also).items()}


def _parts(name: str) -> list[str]:
    """Split "甲烷,天然气" but not "1,3-丁二烯"."""
    return [name] if re.search(r"\d", name) else name.split(",")


def _plain(words: str) -> str:
    """Return a name as it is compared: half width, no spaces, capitals, round and square brackets only."""
    plain = unicodedata.normalize("NFKC", words).upper()
    plain = plain.translate(str.maketrans(OPENINGS + CLOSINGS, "[" * 2 + "]" * 2))
    return re.sub(r"\s+", "", plain)
