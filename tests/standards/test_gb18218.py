"""GB 18218-2018: its tables row by row, every edge of S, α, R and the levels, mixtures, what a person confirms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.standards.major_hazard.assessment import Assessment, Stock, assess
from anwei.standards.major_hazard.matching import find, is_cas
from anwei.standards.major_hazard.tables import categories, chemicals, rules, toxic_gases
from anwei.standards.sentences import Sentence, Unassessable
from tests.standards.shared import needs_shared, shared_rows, shared_table


def _assess(*stocks: tuple[str, str, str], people: int | None = 10) -> Assessment:
    """Assess (chemical, tonnes, categories)."""
    return assess([Stock(name, Fraction(q), tuple(kinds.split())) for name, q, kinds in stocks], people)


def _said(sentences: Sequence[Sentence]) -> str:
    return "\n".join(f"{sentence.clause} {sentence.said(str)}" for sentence in sentences)


@needs_shared
def test_every_row_of_table_1_is_found_by_name_alias_and_number() -> None:
    rows = shared_rows("gb18218_2018_table1_critical_quantity.csv")
    assert len(rows) == len(chemicals()) == 85
    for row in rows:
        found = chemicals()[int(row["no"])]
        assert (found.name, found.critical) == (row["name_zh"], Fraction(row["critical_t"]))
        assert "；".join(found.aliases) == row["aliases_zh"]
        assert "；".join(found.cas) == row["cas"]
        assert found.beta == (Fraction(row["beta_table3"]) if row["beta_table3"] else None)
        assert find(row["name_zh"]) == (found,)
        for word in filter(None, [*row["aliases_zh"].split("；"), *row["cas"].split("；")]):
            assert found in find(word), word
        assert all(is_cas(number) for number in filter(None, row["cas"].split("；")))


@needs_shared
def test_tables_2_3_and_4_are_those_of_the_standard() -> None:
    rows = shared_rows("gb18218_2018_table2_table4_category.csv")
    assert [
        (found.symbol, found.hazard, found.scope, found.critical, found.beta)
        for found in categories().values()
    ] == [
        (row["symbol"], row["class_zh"], row["scope_zh"], Fraction(row["critical_t"]), Fraction(row["beta"]))
        for row in rows
    ]
    gases = shared_rows("gb18218_2018_table3_toxic_gas_beta.csv")
    assert {row["name_zh"]: Fraction(row["beta"]) for row in gases} == toxic_gases()


@needs_shared
def test_each_chemical_without_a_factor_has_a_suggestion_that_stands_in_a_table() -> None:
    suggested = {int(row["no"]): row for row in shared_rows("gb18218_2018_beta_prefill_derived.csv")}
    assert {number for number, found in chemicals().items() if found.beta is None} == set(suggested)
    for number, row in suggested.items():
        result = _assess((chemicals()[number].name, "10000", ""))
        assert result.shares[0].beta == Fraction(row["suggested_beta"]), row
        assert "须按安全技术说明书核定" in _said(result.confirm)


@needs_shared
def test_alpha_and_levels_are_those_of_tables_5_and_6() -> None:
    known = shared_table("gb18218_2018_rules.toml")
    assert (rules().standard, rules().effective) == (known["standard"], known["effective"])
    plain = str.maketrans("（）", "()")
    assert [words.translate(plain) for words in rules().not_applicable] == known["not_applicable"]["zh"]
    assert rules().alphas == tuple((row["people_min"], Fraction(str(row["alpha"]))) for row in known["alpha"])
    assert [(level.level, level.name, level.lowest) for level in rules().levels] == [
        (row["level"], row["name_zh"], row.get("R_min_incl", 0)) for row in known["level"]
    ]


@pytest.mark.parametrize(
    ("tonnes", "s", "is_major"),
    [("9.9999", "0.99999", False), ("10", "1", True), ("10.0001", "1.00001", True)],
)
def test_a_quantity_equal_to_its_critical_quantity_is_a_major_hazard(
    tonnes: str, s: str, is_major: bool
) -> None:
    result = _assess(("氨", tonnes, ""))
    assert (result.s, result.is_major_hazard) == (Fraction(s), is_major)
    assert (result.r is not None, result.level is not None) == (is_major, is_major)


def test_three_tenths_of_three_substances_are_exactly_one() -> None:
    """In floating point 0.1 + 0.2 + 0.7 and the like miss 1 by a hair: the unit would lose its level."""
    result = _assess(("氨", "1", ""), ("氯", "1", ""), ("苯", "35", ""))
    assert result.s == 1
    assert result.is_major_hazard


@pytest.mark.parametrize(
    ("people", "alpha"),
    [
        (0, "0.5"),
        (1, "1"),
        (29, "1"),
        (30, "1.2"),
        (49, "1.2"),
        (50, "1.5"),
        (99, "1.5"),
        (100, "2"),
        (5000, "2"),
    ],
)
def test_people_nearby_at_every_edge_of_table_5(people: int, alpha: str) -> None:
    result = _assess(("甲醇", "500", "W5.3"), people=people)
    assert result.alpha == result.r == Fraction(alpha)


@pytest.mark.parametrize(
    ("tonnes", "r", "level"),
    [
        ("500", "1", 4),
        ("4999.99", "9.99998", 4),
        ("5000", "10", 3),
        ("24999.99", "49.99998", 3),
        ("25000", "50", 2),
        ("49999.99", "99.99998", 2),
        ("50000", "100", 1),
        ("500000", "1000", 1),
    ],
)
def test_r_at_every_edge_of_table_6(tonnes: str, r: str, level: int) -> None:
    result = _assess(("甲醇", tonnes, "W5.3"))
    assert result.r == Fraction(r)
    assert result.level is not None
    assert result.level.level == level


def test_a_result_just_below_an_edge_does_not_read_as_the_edge() -> None:
    steps = _said(_assess(("甲醇", "4999.999999", "W5.3")).steps)
    assert "R = 9.9999，四级重大危险源" in steps


def test_steps_show_terms_and_clauses() -> None:
    result = _assess(("液氨", "50", ""), ("7782-50-5", "5", ""), people=45)
    assert result.r == Fraction("1.2") * (2 * 5 + 4 * 1)
    steps = _said(result.steps)
    assert "4.1.2 表1 氨：表1 第 1 项，临界量 Q = 10 t，设计最大量 q = 50 t" in steps
    assert "4.3.2 表3 氯：表3 毒性气体，β = 4" in steps
    assert "4.2.1 S = 50/10 + 5/5 = 6" in steps
    assert "4.3.2 R = 1.2 ×（2×50/10 + 4×5/5）= 16.8" in steps
    assert "4.3.3 表6 R = 16.8，三级重大危险源" in steps
    assert result.confirm == ()


def test_of_several_hazards_the_lowest_critical_quantity_counts() -> None:
    result = _assess(("某溶剂", "100", "W5.3 J5 W9.1"))
    assert result.shares[0].critical == 50
    assert result.confirm == ()


def test_factors_that_differ_between_hazards_are_to_be_confirmed() -> None:
    result = _assess(("某气体", "10", "W4 J1"))
    assert (result.shares[0].critical, result.shares[0].beta) == (5, 4)
    assert "β 取其中最大的 4（J1），请核定" in _said(result.confirm)


def test_a_mixture_of_another_category_counts_by_its_own() -> None:
    """Clause 4.2.3: a mixture of the pure substance's category counts whole as the substance, another by its own."""
    assert _assess(("氨", "8", "")).s == Fraction("0.8")
    assert _assess(("20%氨水", "8", "J5")).s == Fraction("0.016")


def test_a_strength_in_brackets_that_table_1_does_not_know_is_to_be_confirmed() -> None:
    """A solution counted as the pure substance is on the safe side, but a person must say whether it is one."""
    result = _assess(("氨（25%水溶液）", "8", ""))
    assert result.s == Fraction("0.8")
    assert "请核定“25%水溶液”是否改变类别" in _said(result.confirm)
    assert _assess(("环氧氯丙烷（3-氯-1,2-环氧丙烷）", "8", "W5.4")).confirm == ()


def test_a_name_of_several_rows_takes_the_strictest_and_says_so() -> None:
    result = _assess(("硝酸铵", "30", "W1.1"))
    assert result.s == 6
    assert "硝酸铵(含可燃物≤0.2%)（50 t）；现按临界量最小的一项计算，请核定" in _said(result.confirm)
    assert _assess(("硝酸铵（含可燃物≤0.2%）", "50", "W9.2")).s == 1


def test_a_strength_that_the_name_leaves_out_is_to_be_confirmed() -> None:
    assert "限于含量>90%" in _said(_assess(("甲醛", "5", "J3")).confirm)
    assert _assess(("甲醛（含量＞90%）", "5", "J3")).confirm == ()
    assert _assess(("液化石油气", "50", "W2")).confirm == ()


def test_without_the_people_nearby_there_is_no_level() -> None:
    result = _assess(("氨", "10", ""), people=None)
    assert result.is_major_hazard
    assert (result.alpha, result.r, result.level) == (None, None, None)
    assert "常住人口未填" in _said(result.confirm)


@pytest.mark.parametrize(
    ("stock", "reason"),
    [
        (Stock("不知名", Fraction(1)), "表1 没有“不知名”，请填写表2 的危险性类别"),
        (Stock("64-19-7", Fraction(1)), "表1 没有 CAS 号 64-19-7"),
        (Stock("", Fraction(1)), "化学品和危险性类别都没有填"),
        (Stock("某物", Fraction(1), ("W12",)), "表2 没有危险性类别“W12”"),
        (Stock("氨", Fraction(-1)), "数量不能为负：-1"),
    ],
)
def test_what_stands_in_no_table_is_refused(stock: Stock, reason: str) -> None:
    with pytest.raises(Unassessable, match=reason):
        assess([stock], 1)


def test_an_empty_unit_is_no_major_hazard() -> None:
    assert (assess([], 1).s, assess([], 1).is_major_hazard) == (0, False)


WORKED = [
    # "重大危险源评价及分级方法" exercise: A 200 t, B 80 t, C 400 t, 80 residents; Q and β of A and C are 200 t and
    # 1.0, of B 20 t and 2.0 (as sulfur dioxide has). https://zkjan.com/exam/detail-6650484.html
    ((("甲", "200", "W9.2"), ("二氧化硫", "80", ""), ("丙", "400", "W10")), 80, "7", "1.5", "16.5", 3),
    # Examination question: 200 t of sulfur dioxide, 60 people; R = 1.5×(2×200÷20) = 30, level III.
    # https://www.8fe.cn/test-question-282515.html
    ((("二氧化硫", "200", ""),), 60, "10", "1.5", "30", 3),
    # Filling station: 26.64 t of petrol, 22.95 t of diesel (flammable liquid, 5000 t): 0.14 < 1, none.
    # https://haowendang.cn/c8dyld91ixv2teb88j4i568ub00wtu600618_1.html ("加油站重大危险源辨识")
    ((("汽油", "26.64", ""), ("柴油", "22.95", "W5.4")), 60, "0.13779", None, None, None),
]


@pytest.mark.parametrize(("stocks", "people", "s", "alpha", "r", "level"), WORKED)
def test_worked_examples_of_public_material(
    stocks: tuple[tuple[str, str, str], ...],
    people: int,
    s: str,
    alpha: str | None,
    r: str | None,
    level: int | None,
) -> None:
    result = _assess(*stocks, people=people)
    assert result.s == Fraction(s)
    assert (result.alpha, result.r) == (alpha and Fraction(alpha), r and Fraction(r))
    assert (result.level and result.level.level) == level


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=5), st.integers(0, 150))
def test_a_stock_over_several_rows_counts_as_one(thousandths: list[int], people: int) -> None:
    parts = [Stock("氯", Fraction(part, 1000)) for part in thousandths]
    whole = [Stock("氯", Fraction(sum(thousandths), 1000))]
    split, one = assess(parts, people), assess(whole, people)
    assert (split.s, split.r, split.level) == (one.s, one.r, one.level)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["氨", "氯", "苯", "甲醇", "汽油", "硝酸铵"]), min_size=1, max_size=4),
    st.lists(st.integers(1, 10**6), min_size=4, max_size=4),
    st.integers(0, 150),
    st.integers(0, 3),
)
def test_more_stock_or_more_people_never_lowers_the_level(
    names: list[str], quantities: list[int], people: int, more: int
) -> None:
    def level(factor: int, people: int) -> int:
        stocks = [Stock(name, Fraction(q * factor, 100)) for name, q in zip(names, quantities, strict=False)]
        found = assess(stocks, people).level
        return 5 if found is None else found.level

    assert level(1 + more, people) <= level(1, people)
    assert level(1, people + more * 50) <= level(1, people)
