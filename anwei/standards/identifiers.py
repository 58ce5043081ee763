"""Numbers that carry their own check: credit codes, organisation codes, identity cards; and mobile numbers.

Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (组织机构代码), GB 11643-1999 (公民身份号码).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015 table 1: no I, O, S, V, Z
ORGANISATION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_LENGTH = 18
FEW = 4  # candidates that a person can still compare; more are no help
_CREDIT_CODE = re.compile(rf"[{CREDIT_LETTERS}]{{18}}")
# department and kind (GB 32100-2015 4.2), province of the office, organisation code, check
_CREDIT_SHAPE = re.compile(
    rf"[1-9ANY][1-9]([1-6]\d|71|81|82|10|99)\d{{4}}[{CREDIT_LETTERS}]{{8}}[0-9X][{CREDIT_LETTERS}]"
)
_MISREAD = str.maketrans("OISZ", "0152")
_ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        "0D",
        "0Q",
        "0C",
        "1L",
        "17",
        "1T",
        "2Z",
        "38",
        "3E",
        "5G",
        "56",
        "6G",
        "8B",
        "4A",
        "UY",
        "MN",
        "PR",
    )
)
_CARD_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CARD_CHECKS = "10X98765432"
_CARD = re.compile(r"[1-9]\d{16}[\dX]")
_MOBILE = re.compile(r"1[3-9]\d{9}")


class How(StrEnum):
    """What was done to a code to mend it; the first three leave no choice, the others are guesses."""

    SPELLING = "spelling"  # small letters, full width, blanks, hyphens
    LETTERS = "letters"  # O, I, S, Z, which no code has, for 0, 1, 5, 2
    EXTRA = "extra"  # one character too many
    TRANSPOSED = "transposed"  # two neighbours changed places
    WRONG = "wrong"  # one character is another
    MISSING = "missing"  # one character too few


@dataclass(frozen=True)
class Repair:
    """A valid credit code that a text may mean, and how it was found."""

    code: str
    how: How


def normalised(text: str) -> str:
    """Return a number in its one spelling: half width, capitals, no blanks, hyphens or invisible signs."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(
        letter
        for letter in plain
        if not letter.isspace() and unicodedata.category(letter) not in ("Pd", "Cf")
    )


def credit_check(first_seventeen: str) -> str:
    """Return the eighteenth character of a credit code (mod 31). Raises ValueError for a foreign letter."""
    total = sum(
        CREDIT_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(first_seventeen[:17])
    )
    return CREDIT_LETTERS[-total % 31]


def has_credit_form(code: str) -> bool:
    """Say whether a normalised code has the 18 characters of a credit code, whatever its check digit."""
    return _CREDIT_CODE.fullmatch(code) is not None


def is_credit_code(code: str) -> bool:
    """Say whether a normalised code has the form and the check digit of a credit code."""
    return has_credit_form(code) and credit_check(code) == code[17]


def organisation_check(first_eight: str) -> str:
    """Return the ninth character of an organisation code (mod 11). Raises ValueError for a foreign letter."""
    total = sum(
        ORGANISATION_LETTERS.index(letter) * weight
        for letter, weight in zip(first_eight, ORGANISATION_WEIGHTS, strict=True)
    )
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def is_organisation_code(code: str) -> bool:
    """Say whether a normalised code (hyphen or none) is an organisation code with its check character."""
    plain = normalised(code)
    return re.fullmatch(r"[0-9A-Z]{8}[0-9X]", plain) is not None and organisation_check(plain[:8]) == plain[8]


def repairs(text: str) -> tuple[Repair, ...]:
    """Return the credit codes that a text may mean, the likeliest first; none for a right one.

    Spelling and misread letters give one answer. A guess (one wrong, missing, extra or two transposed
    characters) must fit both check digits, of the code and of the organisation code within, and the form of
    the first eight; where more than FEW do, only those with a likely cause are named (neighbours transposed,
    characters that look alike).
    """
    plain = normalised(text)
    if is_credit_code(plain):
        return () if plain == text else (Repair(plain, How.SPELLING),)
    letters = plain.translate(_MISREAD)
    if is_credit_code(letters):
        return (Repair(letters, How.LETTERS),)
    if not CREDIT_LENGTH - 1 <= len(letters) <= CREDIT_LENGTH + 1:
        return ()
    found: dict[str, How] = {}
    likely: list[str] = []
    for code, how, is_likely in _changed(letters):
        if code not in found and _is_plausible(code):
            found[code] = how
            if is_likely:
                likely.append(code)
    named = [*likely, *(code for code in found if code not in likely)]
    if len(named) > FEW:
        named = likely if len(likely) <= FEW else []
    return tuple(Repair(code, found[code]) for code in named)


def _changed(code: str) -> Iterator[tuple[str, How, bool]]:
    """Yield the codes one slip away, and whether the slip is a common one."""
    if len(code) == CREDIT_LENGTH + 1:
        for place in range(len(code)):
            yield (
                code[:place] + code[place + 1 :],
                How.EXTRA,
                code[place : place + 1] == code[place + 1 : place + 2],
            )
    elif len(code) == CREDIT_LENGTH - 1:
        for place in range(len(code) + 1):
            for letter in CREDIT_LETTERS:
                doubled = (
                    letter in code[max(0, place - 1) : place + 1]
                )  # one of two equal neighbours was left out
                yield code[:place] + letter + code[place:], How.MISSING, doubled
    else:
        for place in range(len(code) - 1):
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :], How.TRANSPOSED, True
        for place in range(len(code)):
            for letter in CREDIT_LETTERS:
                alike = frozenset((letter, code[place])) in _ALIKE
                yield code[:place] + letter + code[place + 1 :], How.WRONG, alike


def _is_plausible(code: str) -> bool:
    return (
        _CREDIT_SHAPE.fullmatch(code) is not None
        and is_credit_code(code)
        and organisation_check(code[8:16]) == code[16]
    )


def is_identity_card(text: str) -> bool:
    """Say whether a text is an identity card's number: 18 characters, a date, the check (mod 11-2)."""
    card = normalised(text)
    if _CARD.fullmatch(card) is None:
        return False
    try:
        date(int(card[6:10]), int(card[10:12]), int(card[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(card[:17], _CARD_WEIGHTS, strict=True))
    return _CARD_CHECKS[total % 11] == card[17]


def mobile_number(text: str) -> str:
    """Return a Chinese mobile number as eleven digits, without +86 and blanks, or "" if it is none."""
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", normalised(text))
    return digits if _MOBILE.fullmatch(digits) else ""
