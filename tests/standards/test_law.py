"""Law at hand: the register, article numbers, citations, and the search by words and by article."""

from __future__ import annotations

import re
from collections import Counter
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.law.citations import Citation, citations
from anwei.standards.law.in_full import in_full
from anwei.standards.law.numerals import chinese_number, in_digits
from anwei.standards.law.register import provisions, sources
from anwei.standards.law.searching import article_addresses, by_address, find
from tests.standards.shared import needs_shared, shared_rows
from tests.support.broker import REPOSITORY

LAWS = REPOSITORY.parent / "shared" / "data" / "laws"
TEXTS = {  # the laws whose text stands beside the checkout, in the edition that the register names
    "law_spf": "安全生产法(2021-06-10)",
    "law_fire": "消防法(2021-04-29)",
    "law_road": "道路交通安全法(2021-04-29)",
    "law_se": "特种设备安全法(2013-06-29)",
    "reg_493": "生产安全事故报告和调查处理条例(2007-04-09)",
    "reg_708": "生产安全事故应急条例(2019-02-17)",
    "reg_coal": "煤矿安全生产条例(2024-01-24)",
    "reg_con393": "建设工程安全生产管理条例(2003-11-24)",
    "reg_fw455": "烟花爆竹安全管理条例(2016-02-06)",
    "reg_gas583": "城镇燃气管理条例(2016-02-06)",
}


def chinese(number: int) -> str:
    """Return a number below a thousand in Chinese numerals, as laws write it."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


@settings(deadline=None)
@given(some.integers(1, 999))
def test_numerals_of_articles(number: int) -> None:
    assert chinese_number(chinese(number)) == number
    assert in_digits(f"第 {chinese(number)} 条") == f"第{number}条"


@pytest.mark.parametrize("text", ["", "三八x", "条"])
def test_what_is_no_numeral(text: str) -> None:
    with pytest.raises(ValueError):
        chinese_number(text)


def test_numerals_elsewhere_stay() -> None:
    assert in_digits("三管三必须，一岗双责") == "三管三必须,一岗双责"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("煤矿安全生产条例第21条、第24条；安全生产法第41条", ["reg_coal/21", "reg_coal/24", "law_spf/41"]),
        (
            "GB 16423-2020 第6.6.3.1、6.6.3.3、6.6.3.4条",
            ["gb16423/6.6.3.1", "gb16423/6.6.3.3", "gb16423/6.6.3.4"],
        ),
        ("61号令第26条", ["rule_fire61/26"]),
        ("中华人民共和国安全生产法（2021修正）第三十八条", ["law_spf/38"]),
        ("第四十一条", []),
        ("条号待核", []),
        ("安全生产法第41条；职业病防治法第20条", ["law_spf/41"]),
        ("道路交通安全法实施条例第10条", []),
        ("矿山安全法第3条", []),
        ("116号令第3条", []),
    ],
)
def test_what_a_text_cites(text: str, found: list[str]) -> None:
    assert article_addresses(text) == found


def test_a_citation_tells_paragraph_and_item() -> None:
    assert citations("安法第41条第2款") == [Citation("law_spf", "41", "2", "")]
    assert citations("第97条（一）") == [Citation("", "97", "", "一")]


def test_the_whole_register_is_carried() -> None:
    kinds = Counter(provision.kind for provision in provisions().values())
    assert kinds == {"criterion": 520, "check": 108, "penalty": 34 + 28, "article": 38}
    assert all(provision.source in sources() for provision in provisions().values() if provision.source)
    assert {row.confidence for row in (*provisions().values(), *sources().values())} == {"VERIFIED", "MEMORY"}
    assert sum(provision.superseded for provision in provisions().values()) == 10
    assert not sources().keys() & provisions().keys()


@needs_shared
def test_every_standard_of_the_register_is_found() -> None:
    for row in shared_rows("standards_register.csv"):
        hits = find(row["id"])
        assert any(hit.kind == "source" for hit in hits), row["id"]


@pytest.mark.parametrize(
    "query", ["安全生产法 第四十一条", "安法41条", "安法 第41条", "安全生产法第41条", "新安法第四十一条"]
)
def test_an_article_in_every_spelling(query: str) -> None:
    addresses = [hit.address for hit in find(query)]
    assert addresses[:3] == ["SPF-041a", "SPF-041b", "SPF-041c"] and "CK-COAL-12" in addresses
    assert "P094" not in addresses and "SPF-046" not in addresses


@pytest.mark.parametrize("query", ["安全生产法 第三十八条", "安法38条", "安法第38条"])
def test_an_article_that_is_not_carried_gives_its_law(query: str) -> None:
    assert [(hit.kind, hit.address) for hit in find(query)] == [("source", "law_spf")]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("第一百零二条", "P102"),
        ("粉尘 除尘", "GM-11-02"),
        ("令10号 第12条", "GM-12-01"),
        ("GB 18218", "GB 18218-2018"),
        ("gb16423 第6.6.3.1条", "CK-NC-05"),
        ("GM-03-01", "GM-03-01"),
        ("煤矿重大事故隐患判定标准 第5条", "COAL-05-01"),
        ("消防法", "law_fire"),
    ],
)
def test_what_is_found_first(query: str, first: str) -> None:
    assert find(query)[0].address == first


def test_superseded_stand_last_and_are_marked() -> None:
    hits = find("重大火灾隐患")
    marks = [hit.superseded for hit in hits]
    assert marks == sorted(marks) and 0 < sum(marks) < len(marks)


@pytest.mark.parametrize("query", ["", " ", "没有这样的词语", "第999条"])
def test_nothing_fits(query: str) -> None:
    assert find(query) == []


def test_every_address_leads_back() -> None:
    for address in (*sources(), *provisions()):
        assert [hit.address for hit in by_address(address)] == [address]
    assert "SPF-041b" in [hit.address for hit in by_address("law_spf/41")]
    assert by_address("law_spf/999") == by_address("nothing") == []


def test_a_search_is_fast() -> None:
    find("粉尘")  # reads the data
    start = process_time()
    for query in ("粉尘", "瓦斯 超限", "安法41条", "没有"):
        find(query)
    assert (process_time() - start) / 4 < 0.02


@pytest.mark.skipif(not LAWS.is_dir(), reason="the texts of the laws are not beside the checkout")
def test_every_article_cited_exists_in_the_text_of_its_law() -> None:
    checked = 0
    held = {}
    for source, name in TEXTS.items():
        text = (LAWS / f"{name}.md").read_text("utf-8")
        held[source] = {str(chinese_number(numeral)) for numeral in re.findall(r"^第(\S+?)条\s", text, re.M)}
        assert len(held[source]) > 30, name
    for provision in provisions().values():
        for citation in citations(provision.article):
            source = citation.source or provision.source
            if source in held:
                assert citation.article in held[source], (provision.address, citation)
                checked += 1
    assert checked > 120


def test_a_paper_cites_laws_by_their_full_titles_and_nothing_of_our_doubts() -> None:
    assert in_full("消防法第28条；61号令第21条") == (
        "《中华人民共和国消防法》第28条；《机关、团体、企业、事业单位消防安全管理规定》第21条"
    )
    assert in_full("城镇燃气管理条例第15条（凭记忆，待核）；建城规〔2023〕4号第4条") == (
        "《城镇燃气管理条例》第15条；《城镇燃气经营安全重大隐患判定标准》（建城规〔2023〕4号）第4条"
    )
    assert in_full("《安全生产法》第43条；现场技术标准条号待核") == "《中华人民共和国安全生产法》第43条"
    assert (
        in_full("GB 16423-2020 第8.3条（自救器）")
        == "《金属非金属矿山安全规程》（GB 16423-2020）第8.3条（自救器）"
    )
    assert in_full("条号待核") == "" and in_full("县人民政府决定") == "县人民政府决定"
    for item in checklist_items().values():
        said = in_full(item.legal_basis)
        assert not re.search("待核|凭记忆", said), item.id
        assert said.startswith("《") and not re.search("(?<![《部])令?[0-9]+号(令|第)", said), (item.id, said)
