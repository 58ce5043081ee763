"""Numbers with a check: credit codes and their repairs, organisation codes, identity cards, mobile numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anwei.standards.identifiers import (
    CREDIT_LETTERS,
    FEW,
    How,
    Repair,
    credit_check,
    has_credit_form,
    is_credit_code,
    is_identity_card,
    is_organisation_code,
    mobile_number,
    normalised,
    organisation_check,
    repairs,
)

PUBLIC = "91110000802100433B"  # printed on public licences
ALSO_PUBLIC = "91350100M000100Y43"  # the example in GB 32100-2015


@some.composite
def codes(draw: some.DrawFn) -> str:
    office = draw(some.sampled_from(["110000", "140525", "350100", "520502", "990101"]))
    body = "MA" + draw(some.text(CREDIT_LETTERS, min_size=6, max_size=6))
    seventeen = "91" + office + body + organisation_check(body)
    return seventeen + credit_check(seventeen)


def test_the_codes_of_the_standard() -> None:
    assert is_credit_code(PUBLIC) and is_credit_code(ALSO_PUBLIC)
    assert not is_credit_code(PUBLIC[:-1] + "C") and has_credit_form(PUBLIC[:-1] + "C")
    assert not is_credit_code(PUBLIC[:-1]) and not has_credit_form("I" + PUBLIC[1:])
    assert is_organisation_code("80210043-3") and not is_organisation_code("80210043-4")


@settings(deadline=None, max_examples=60)
@given(codes(), some.data())
def test_one_wrong_character_never_passes_and_is_often_found(code: str, data: some.DataObject) -> None:
    place = data.draw(some.integers(0, 17))
    wrong = (
        code[:place]
        + data.draw(some.sampled_from(CREDIT_LETTERS.replace(code[place], "")))
        + code[place + 1 :]
    )
    assert not is_credit_code(wrong)
    found = repairs(wrong)
    assert len(found) <= FEW and all(is_credit_code(repair.code) for repair in found)


@settings(deadline=None, max_examples=60)
@given(codes(), some.integers(0, 16))
def test_transposed_neighbours_are_found(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if wrong != code:
        assert code in [repair.code for repair in repairs(wrong)]


@settings(deadline=None, max_examples=60)
@given(codes())
def test_spelling_leaves_one_answer(code: str) -> None:
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    for text in (
        code.lower(),
        f" {code} ",
        full_width,
        f"{code[:8]}-{code[8:]}",
        f"{code[:4]} {code[4:]}",
        f"\ufeff{code}",
    ):
        assert repairs(text) == (Repair(code, How.SPELLING),)
    assert repairs(code) == ()
    misread = code.translate(str.maketrans("0152", "OISZ"))
    assert repairs(misread) == ((Repair(code, How.LETTERS),) if misread != code else ())


def test_a_right_guess_for_common_slips() -> None:
    assert Repair(PUBLIC, How.WRONG) in repairs(PUBLIC.replace("8021", "6021"))
    assert Repair(PUBLIC, How.EXTRA) in repairs(PUBLIC[:9] + "0" + PUBLIC[9:])
    assert Repair(PUBLIC, How.MISSING) in repairs(PUBLIC.replace("0000", "000"))


@pytest.mark.parametrize("text", ["", "9111", "无", "MA12345", "?" * 18, PUBLIC * 2])
def test_what_is_past_repair(text: str) -> None:
    assert repairs(text) == ()


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("11010519491231002X", True),  # the examples in GB 11643-1999
        ("440524188001010014", True),
        ("11010519491231002x ", True),
        ("110105194912310021", False),
        ("110105194913310027", False),
        ("11010519491231002", False),
        ("٤40524188001010014", False),
    ],
)
def test_identity_cards(text: str, valid: bool) -> None:
    assert is_identity_card(text) is valid


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("12345678901", ""),
        ("0356-2022222", ""),
        ("138001380001", ""),
        ("86138001380", ""),
    ],
)
def test_mobile_numbers(text: str, number: str) -> None:
    assert mobile_number(text) == number


def test_normalised_takes_signs_away() -> None:
    assert normalised(" ９１－ab\u200b—C ") == "91ABC"
