"""Codes of the standards as people write and read them: "110101 体力负荷超限", "火灾、01 物体打击"."""

from __future__ import annotations

import re

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.standards.risk.accident_types import CHANGE, accident_type, accident_types, successors
from anwei.standards.risk.hazard_factors import hazard_factors, search
from anwei.standards.risk.tables import plain

PARTS = re.compile(r"[、，,;；\n]+")
ACCIDENT_CODE = re.compile(r"(\d{2}|WSA\d{5})(?:\s.*)?", re.IGNORECASE)
FACTOR_CODE = re.compile(r"(\d{1,6})(?:\D.*)?")
SUGGESTED = 5
MOST_ACCIDENTS = 6  # what the column holds


def factor_words(code: str) -> str:
    """Return a code of GB/T 13861 with its name, "" without a code."""
    known = hazard_factors().get(code)
    return f"{code} {known.name}" if known else code


def factor_code(text: str) -> str:
    """Return the code that a text means: a code, a code with its name, or words that only one code has.

    Raises ValueError with a sentence that names the nearest codes.
    """
    text = text.strip()
    if match := FACTOR_CODE.fullmatch(text):
        if match[1] not in hazard_factors():
            raise ValueError(_("GB/T 13861-2022 没有代码“%(code)s”") % {"code": match[1]})
        return match[1]
    found = search(text, limit=SUGGESTED + 1)
    if found and (len(found) == 1 or plain(found[0].name) == plain(text)):
        return found[0].code
    if not found:
        raise ValueError(
            _("GB/T 13861-2022 没有“%(text)s”，请填写代码，具体情形写在风险描述里") % {"text": text}
        )
    near = _("、").join(factor_words(one.code) for one in found[:SUGGESTED])
    raise ValueError(_("“%(text)s”可能是：%(near)s，请填写其中一个代码") % {"text": text, "near": near})


def factor_in_words(text: str) -> str:
    """Return a hazard factor in its one spelling. Raises ValueError."""
    return factor_words(factor_code(text))


def accident_words(codes: str) -> str:
    """Return the types of accident of a column of codes; those of GB 6441-1986 with their code."""
    return _("、").join(map(_accident_words, filter(None, codes.split(","))))


def accident_codes(text: str) -> list[str]:
    """Return the codes that a text means on this day, each once.

    A name of GB 6441-1986 with one successor becomes that one (DERIVED; the page tells). Raises ValueError
    where a person must choose, or no type is meant.
    """
    found = list(dict.fromkeys(_accident_code(part.strip()) for part in PARTS.split(text) if part.strip()))
    if len(found) > MOST_ACCIDENTS:
        raise ValueError(_("事故类型最多填 %(n)d 种") % {"n": MOST_ACCIDENTS})
    return found


def accidents_in_words(text: str) -> str:
    """Return types of accident in their one spelling. Raises ValueError."""
    return accident_words(",".join(accident_codes(text)))


def outdated(codes: str) -> list[str]:
    """Return those of a column's codes that a record of this day may not have (GB 6441)."""
    valid = accident_types(timezone.localdate())
    return [code for code in filter(None, codes.split(",")) if code not in valid]


def _accident_words(code: str) -> str:
    try:
        known = accident_type(code)
    except KeyError:
        return code
    return known.name if known.code.startswith("WSA") else f"{known.code} {known.name}"


def _accident_code(word: str) -> str:
    if match := ACCIDENT_CODE.fullmatch(word):
        try:
            return accident_type(match[1].upper()).code
        except KeyError as error:
            raise ValueError(_("GB 6441 没有事故类型“%(word)s”") % {"word": word}) from error
    valid = {plain(one.name): one for one in accident_types(timezone.localdate()).values()}
    if plain(word) in valid:
        return valid[plain(word)].code
    before = {plain(one.name): one for one in accident_types(CHANGE.replace(year=CHANGE.year - 1)).values()}
    if plain(word) not in before:
        names = _("、").join(one.name for one in valid.values())
        raise ValueError(_("“%(word)s”不是 GB 6441 的事故类型（%(names)s）") % {"word": word, "names": names})
    after = successors(before[plain(word)].code)
    if len(after) == 1:
        return after[0].code
    names = _("、").join(one.name for one in after)
    raise ValueError(
        _("“%(word)s”是 GB 6441-1986 的类型，现行标准分为：%(names)s，请选择")
        % {"word": word, "names": names}
    )
