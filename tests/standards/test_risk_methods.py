"""LEC and LS: their tables and bands against the source, every edge, what a county may set, worked examples."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.standards.risk.bands import Bands, Unusable, read_bands
from anwei.standards.risk.grades import BLUE, GRADES, ORANGE, RED, YELLOW
from anwei.standards.risk.methods import Method, lec, ls
from anwei.standards.risk.rating import rate
from anwei.standards.sentences import Unassessable
from tests.standards.shared import needs_shared, shared_table
from tests.support.broker import REPOSITORY

LEC_BANDS = [
    {"low": 0, "high": 70, "grade": "blue"},
    {"low": 70, "high": 160, "grade": "yellow"},
    {"low": 160, "high": 320, "grade": "orange"},
    {"low": 320, "high": None, "grade": "red"},
]
LS_BANDS = [
    {"low": 1, "high": 3, "grade": "blue"},
    {"low": 4, "high": 9, "grade": "yellow"},
    {"low": 10, "high": 16, "grade": "orange"},
    {"low": 20, "high": 25, "grade": "red"},
]


def test_grades_are_declared_from_red_to_blue_with_word_colour_and_shape() -> None:
    assert [(g.key, g.word, g.colour, g.shape) for g in GRADES] == [
        ("red", "重大", "红色", "▲"),
        ("orange", "较大", "橙色", "◆"),
        ("yellow", "一般", "黄色", "●"),
        ("blue", "低", "蓝色", "■"),
    ]
    assert [grade.rank for grade in GRADES] == [4, 3, 2, 1]
    assert (BLUE.raised(1), YELLOW.raised(9), RED.raised(-1), BLUE.raised(-1)) == (YELLOW, RED, ORANGE, BLUE)


def test_the_style_sheet_draws_the_grades_as_declared() -> None:
    css = (REPOSITORY / "anwei/portal/static/css/gov.css").read_text("utf-8")
    for grade in GRADES:
        assert f"--{grade.key}: {grade.fill}" in css
        assert f'.severity-{grade.key}::before {{ content: "{grade.shape}"' in css
        ink = re.search(rf"\.severity-{grade.key} {{[^}}]* color: (#[0-9a-f]+)", css)
        assert ink and grade.ink in (ink[1], ink[1] + ink[1][1:])


@pytest.mark.parametrize("grade", GRADES)
def test_text_on_a_fill_is_readable(grade: Any) -> None:
    """WCAG 2: the contrast of text and ground is at least 4.5."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(grade.fill), luminance(grade.ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@needs_shared
@pytest.mark.parametrize(("factor", "row"), [("L", "L"), ("E", "E"), ("C", "C_industry"), ("C", "C_classic")])
def test_lec_values_are_those_of_the_source(factor: str, row: str) -> None:
    method = lec({"consequence": "classic"} if row == "C_classic" else None)
    choices = next(one.choices for one in method.factors if one.symbol == factor)
    known = shared_table("risk_methods.toml")["LEC"][row]
    assert [(choice.value, choice.words.replace("～", "~")) for choice in choices] == [
        (Fraction(str(one["v"])), one["zh"]) for one in known
    ]


@needs_shared
def test_lec_bands_and_colours_are_those_of_the_source() -> None:
    source = shared_table("risk_methods.toml")["LEC"]
    assert [(band.low, band.high or 0, band.words) for band in reversed(lec().bands.rows)] == [
        (row["above"], row["upto"], row["zh"]) for row in source["D"]
    ]
    for row in source["D_colour"]:
        band = lec().bands.of(Fraction(row["above"]) + Fraction(1, 100))
        assert (band.grade.key, f"{band.grade.word}风险") == (row["en"], row["zh"])


@needs_shared
def test_ls_variants_are_those_of_the_source() -> None:
    variants = shared_table("risk_methods.toml")["LS"]["variant"]
    assert [row["id"][0] for row in variants] == ["A", "B", "C", "D"]
    for row in variants:
        method = ls({"variant": row["id"][0]})
        assert [(band.low, band.high, band.grade.colour[0]) for band in reversed(method.bands.rows)] == [
            (band["min"], band["max"], band["colour"]) for band in row["bands"]
        ]
        assert len(method.factors[0].choices) == (4 if row["id"] == "D_4x4" else 5)


@pytest.mark.parametrize(
    ("value", "above", "from_"),
    [
        ("0.05", BLUE, BLUE),
        ("20", BLUE, BLUE),
        ("69.99", BLUE, BLUE),
        ("70", BLUE, YELLOW),
        ("70.01", YELLOW, YELLOW),
        ("159.99", YELLOW, YELLOW),
        ("160", YELLOW, ORANGE),
        ("160.01", ORANGE, ORANGE),
        ("319.99", ORANGE, ORANGE),
        ("320", ORANGE, RED),
        ("320.01", RED, RED),
        ("10000", RED, RED),
    ],
)
def test_every_edge_of_lec_falls_where_the_setting_says(value: str, above: Any, from_: Any) -> None:
    assert lec().bands.of(Fraction(value)).grade == above
    assert lec({"edge": "from"}).bands.of(Fraction(value)).grade == from_


@pytest.mark.parametrize(
    ("values", "d", "words"),
    [
        (("10", "2", "1"), "20", "稍有危险，可以接受"),
        (("10", "1", "7"), "70", "一般危险，需要注意"),
        (("0.2", "3", "100"), "60", "一般危险，需要注意"),
        (("3", "6", "7"), "126", "显著危险，需要整改"),
        (("10", "10", "3"), "300", "高度危险，需立即整改"),
        (("10", "10", "7"), "700", "极其危险，不能继续作业"),
        (("0.1", "0.5", "1"), "0.05", "稍有危险，可以接受"),
    ],
)
def test_lec_values_have_the_words_of_their_band(values: tuple[str, ...], d: str, words: str) -> None:
    found = rate(lec(), dict(zip("LEC", values, strict=True)))
    assert (found.value, found.band.words) == (Fraction(d), words)


@pytest.mark.parametrize(
    ("variant", "grades"),
    [
        ("A", {3: BLUE, 4: YELLOW, 8: YELLOW, 9: ORANGE, 16: ORANGE, 20: RED, 25: RED}),
        ("B", {3: BLUE, 4: YELLOW, 9: YELLOW, 10: ORANGE, 16: ORANGE, 20: RED, 25: RED}),
        ("C", {1: BLUE, 8: BLUE, 9: YELLOW, 12: YELLOW, 15: ORANGE, 16: ORANGE, 20: RED, 25: RED}),
        ("D", {1: BLUE, 3: BLUE, 4: YELLOW, 6: YELLOW, 8: ORANGE, 9: ORANGE, 12: RED, 16: RED}),
    ],
)
def test_every_edge_of_ls(variant: str, grades: dict[int, Any]) -> None:
    method = ls({"variant": variant})
    by_value = {
        int(a.value * b.value): rate(method, {"L": int(a.value), "S": int(b.value)}).grade
        for a, b in product(*(factor.choices for factor in method.factors))
    }
    assert {value: by_value[value] for value in grades} == grades


def test_steps_are_said_in_full() -> None:
    result = rate(lec(), {"L": "3", "E": 6, "C": "15"})
    assert (result.value, result.grade) == (270, ORANGE)
    assert [step.said(str) for step in result.steps] == [
        "L（可能性）= 3：可能，但不经常",
        "E（暴露频繁程度）= 6：每天工作时间内暴露",
        "C（后果）= 15：1人死亡或3人以上重伤",
        "D = L × E × C = 3 × 6 × 15 = 270",
        "160 < D ≤ 320：高度危险，需立即整改；较大风险（橙色）",
    ]
    assert [point.said(str) for point in result.confirm] == [
        "D 值与四色的对应没有国家规定，按常见做法取值，请核定或由县里另定"
    ]


@pytest.mark.parametrize(("consequence", "value"), [("3", 108), ("7", 252)])
def test_worked_example_of_a_press_without_guard(consequence: str, value: int) -> None:
    """L 6, E 6, C 3 to 7: D 108 to 252. "作业条件危险性评价法（LEC法）", https://360docs.net/doc/895219538.html."""
    assert rate(lec({"consequence": "classic"}), {"L": "6", "E": "6", "C": consequence}).value == value


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"L": "3", "E": "6"}, "C（后果）没有取值"),
        ({"L": "3", "E": "6", "C": ""}, "C（后果）没有取值"),
        ({"L": "4", "E": "6", "C": "15"}, "L（可能性）不能取 4，只能取 10、6、3、1、0.5、0.2、0.1"),
        ({"L": "1e9", "E": "6", "C": "15"}, "L（可能性）不能取 1e9"),
        ({"L": True, "E": "6", "C": "15"}, "L（可能性）不能取 True"),
        ({"L": "3", "E": "6", "C": "15", "S": "1"}, "没有因素“S”"),
    ],
)
def test_what_no_table_has_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(Unassessable, match=re.escape(said)):
        rate(lec(), values)


def test_a_county_sets_bands_of_its_own_and_the_version_says_so() -> None:
    method = lec({"edge": "from", "bands": [*LEC_BANDS[:3], {"low": 320, "grade": "red", "words": "停"}]})
    found = rate(method, {"L": "10", "E": "1", "C": "7"})
    assert (found.grade, found.confirm, "（县定）" in found.to_json()["version"]) == (YELLOW, (), True)
    own = ls({"bands": LS_BANDS})
    assert rate(own, {"L": 2, "S": 5}).grade == ORANGE


def _changed(bands: list[dict[str, Any]], place: int, **change: Any) -> list[dict[str, Any]]:
    return [{**row, **change} if number == place else row for number, row in enumerate(bands)]


@pytest.mark.parametrize(
    ("build", "county", "said"),
    [
        (lec, {"bands": _changed(LEC_BANDS, 1, low=80)}, "区间有空缺：80 之下"),
        (lec, {"bands": _changed(LEC_BANDS, 1, low=60)}, "区间重叠：60 处"),
        (lec, {"bands": _changed(LEC_BANDS, 0, low=1)}, "0.05 不在任何区间内"),
        (lec, {"bands": _changed(LEC_BANDS, 3, high=900)}, "1000 不在任何区间内"),
        (lec, {"bands": LEC_BANDS[:3]}, "没有数值能达到这些等级：重大"),
        (lec, {"bands": _changed(LEC_BANDS, 2, grade="blue")}, "数值越大，等级不能越低"),
        (lec, {"bands": _changed(LEC_BANDS, 2, grade="purple")}, "#3 没有“purple”这一等级"),
        (lec, {"bands": _changed(LEC_BANDS, 0, low="x")}, "#1 下限或上限不是不小于零的数"),
        (lec, {"bands": _changed(LEC_BANDS, 0, low="1e999999999")}, "#1 下限或上限不是不小于零的数"),
        (lec, {"bands": _changed(LEC_BANDS, 1, high=10)}, "#2 上限小于下限"),
        (lec, {"bands": ["x"]}, "#1 不是一个区间"),
        (lec, {"bands": []}, "没有分级区间"),
        (lec, {"edge": "closed"}, "边界归属“closed”不成立"),
        (lec, {"edge": "left"}, "边界归属“left”不成立"),
        (lec, {"consequence": "new"}, "没有“new”这一后果取值表"),
        (lec, {"colour": 1}, "没有这些设置：colour"),
        (ls, {"bands": _changed(LS_BANDS, 1, high=8)}, "9 不在任何区间内"),
        (ls, {"bands": _changed(LS_BANDS, 1, high=10)}, "10 同时在几个区间内"),
        (ls, {"variant": "E"}, "只能是 A、B、C、D 之一"),
        (ls, {"variant": "A", "bands": LS_BANDS}, "或者自定区间"),
    ],
)
def test_a_county_setting_that_does_not_hold_is_refused_with_the_reason(
    build: Any, county: dict[str, Any], said: str
) -> None:
    with pytest.raises(Unusable) as error:
        build(county)
    assert said in str(error.value)


METHODS = [lec(), lec({"edge": "from"}), *(ls({"variant": variant}) for variant in "ABCD")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(METHODS), st.data())
def test_more_of_a_factor_never_lowers_the_grade(method: Method, data: st.DataObject) -> None:
    low, high = {}, {}
    for factor in method.factors:
        values = [choice.value for choice in factor.choices]
        pair = sorted((data.draw(st.sampled_from(values)), data.draw(st.sampled_from(values))))
        low[factor.symbol], high[factor.symbol] = (str(float(value)) for value in pair)
    assert rate(method, low).grade.rank <= rate(method, high).grade.rank


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=3, max_size=3, unique=True), st.integers(-2, 2), st.integers(0, 2)
)
def test_bands_are_taken_if_and_only_if_they_leave_no_gap_and_no_overlap(
    edges: list[int], shift: int, place: int
) -> None:
    starts = [0, *sorted(edges)]
    keys = ["blue", "yellow", "orange", "red"]
    rows: list[dict[str, Any]] = [
        {"low": start, "high": end, "grade": key}
        for start, end, key in zip(starts, [*starts[1:], None], keys, strict=True)
    ]
    rows[place]["high"] += shift
    values = [Fraction(n, 2) for n in range(1, 900)]
    holds = shift == 0
    try:
        bands = read_bands("above", rows, values)
    except Unusable:
        assert not holds
    else:
        assert holds
        assert isinstance(bands, Bands)
        assert read_bands(bands.edge, bands.to_json()["bands"], values) == bands
