"""Unified social credit codes (统一社会信用代码, GB 32100-2015) that are valid in form and were never issued.

They carry the registration office 990101: 99 is no province, so no office can have issued them.
"""

from __future__ import annotations

from anwei.standards.identifiers import credit_check, organisation_check


def credit_code(office: str, number: int) -> str:
    """Return the code of the enterprise `number` registered at `office` (six digits)."""
    body = f"MA{number:06d}"
    seventeen = "91" + office + body + organisation_check(body)
    return seventeen + credit_check(seventeen)
