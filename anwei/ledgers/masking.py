"""Personal text as strangers may see it."""

from __future__ import annotations

import re

MOBILE = re.compile(r"1[3-9]\d{9}")


def masked(text: str) -> str:
    """Return a personal text as strangers may see it: 138****1234, of a short number 23****78, 张*."""
    if len(text) >= 11:
        return f"{text[:3]}****{text[-4:]}"
    if len(text) >= 7:
        return f"{text[:2]}****{text[-2:]}"
    return text[:1] + "*" * max(len(text) - 1, 1) if text else ""


def masked_if_phone(name: str) -> str:
    """Return a user name as strangers may see it: one that is a phone number is masked like the number.

    Digits behind the number (two people of one number) change nothing.
    """
    number = MOBILE.match(name)
    return masked(number[0]) + name[number.end() :] if number and name.isdecimal() else name
