"""Unified social credit codes (统一社会信用代码, GB 32100-2015) that are valid in form and were never issued.

They carry the registration office 990101: 99 is no province, so no office can have issued them.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def organisation_check(body: str) -> str:
    """Return the check character of an organisation code's eight characters."""
    total = sum(
        DIGITS.index(letter) * weight for letter, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def check(first_seventeen: str) -> str:
    """Return the eighteenth character of a credit code."""
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first_seventeen))
    return ALPHABET[-total % 31]


def credit_code(office: str, number: int) -> str:
    """Return the code of the enterprise `number` registered at `office` (six digits)."""
    body = f"MA{number:06d}"
    seventeen = "91" + office + body + organisation_check(body)
    return seventeen + check(seventeen)
