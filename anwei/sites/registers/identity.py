"""Credit codes as sheets write them: mended where that is certain, doubted with a suggestion where not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anwei.standards.identifiers import (
    CREDIT_LENGTH,
    How,
    has_credit_form,
    is_credit_code,
    normalised,
    repairs,
)

CERTAIN = (How.SPELLING, How.LETTERS)


def credit_code(text: str) -> str:
    """Return a credit code in its one spelling, with O, I, S, Z read as digits (GB 32100-2015 has none).

    Raises ValueError, with what it may mean, where it cannot be one.
    """
    code = normalised(text)
    if is_credit_code(code):
        return code
    found = repairs(text)
    if found and found[0].how in CERTAIN:
        return found[0].code
    if not has_credit_form(code):
        sentence = _("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）")
        raise ValueError(sentence + _miscounted(code) + _suggested(code))
    return code


def doubt_credit_code(code: str) -> str:
    """Return a sentence where the check digit does not fit (GB 32100-2015, mod 31), with what it may mean."""
    if not code or is_credit_code(code):
        return ""
    return _("统一社会信用代码的校验位不符，请核对") + _suggested(code)


def _miscounted(code: str) -> str:
    short = CREDIT_LENGTH - len(code)
    if not short:
        return ""
    words = {"n": len(code), "k": abs(short)}
    if short > 0:
        return _("；这里只有 %(n)d 位，少 %(k)d 位") % words
    return _("；这里有 %(n)d 位，多 %(k)d 位") % words


def _suggested(code: str) -> str:
    found = repairs(code)
    return _("；可能是 %(codes)s") % {"codes": _("、").join(one.code for one in found)} if found else ""
