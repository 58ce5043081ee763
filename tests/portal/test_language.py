"""Pages are wholly Chinese or, once somebody chose it, wholly English; the API listens to its caller."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from anwei.cases.models import Entry
from anwei.hazards.listed.facts import notice_step
from anwei.hazards.models.listing import LEVELS
from anwei.org.models import Person
from anwei.portal import table_words
from anwei.sites.models import LiveColour
from anwei.standards.clocks import default_warning_clocks
from anwei.standards.hazards.criteria import industries
from anwei.standards.hazards.rules import closure, listed_supervision
from anwei.standards.risk.live_rules import fact_kinds
from anwei.standards.risk.methods import lec, ls, ls_variants
from anwei.standards.sectors import sectors
from tests.monitoring.plant import Plant, raised

Visit = Callable[[Person], Client]
LISTS = ["/work/", "/alarms/", "/alarms/?tab=history", "/cases/", "/enterprises/", "/devices/"]
PAGES = ["/", "/wall/", *LISTS, "/status/", "/nowhere/", "/accounts/logout/"]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
THEIRS = (  # names of bodies, places and things, and laws, stay Chinese
    *(
        "中文",
        "测试县安委办",
        "测试县",
        "应急管理局",
        "甲镇",
        "乙镇",
        "甲化工厂",
        "乙煤矿",
        "一号罐区",
        "罐区分站",
    ),
    *("值班岗", "厂长", "安全科长", "甲烷", "断电、撤人", "煤矿安全规程", "第173条", "维修", "更换", "大修"),
    "灭火器台账",  # a register of tests/smallroom
)
OURS = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")  # characters and full-width punctuation


def words(page: bytes) -> str:
    """Return what a person reads of a page, hints and placeholders included."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", page.decode(), flags=re.DOTALL)
    hints = re.findall(r'(?:title|aria-label|placeholder|data-text-\w+)="([^"]*)"', text)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split() + hints))


@pytest.mark.parametrize("address", PAGES)
def test_pages_do_not_change_with_the_browser(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None], address: str
) -> None:
    happen(raised(plant.hh))
    client = visit(office)
    english, chinese = client.get(address, headers=ENGLISH), client.get(address, headers=CHINESE)
    assert english["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans">' in english.content.decode()
    assert words(english.content) == words(chinese.content)


@pytest.mark.parametrize("address", [*PAGES, "enterprise", "device", "tag", "case"])
def test_english_pages_hold_no_chinese_but_names(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None], address: str
) -> None:
    with translation.override("zh-hans"):  # what the system records is in the county's language
        happen(raised(plant.hh))
    opening = Entry.objects.get()
    details: dict[str, object] = {
        "enterprise": plant.device.enterprise_id,
        "device": plant.device.code,
        "tag": plant.tag.number,
        "case": opening.case_id,
    }
    client = visit(office)
    client.cookies["django_language"] = "en"
    path = reverse(address, args=[details[address]]) if address in details else address
    text = words(client.get(path, headers=CHINESE).content)
    recorded = [fact["sentence"] for row in LiveColour.objects.all() for fact in row.facts]
    for name in (opening.note, opening.case.title, *recorded, *THEIRS, office.full_name):
        text = text.replace(name, "")
    assert OURS.findall(text) == []


def test_who_signs_in_reads_the_language_of_the_browser_unless_another_was_chosen(db: None) -> None:
    visitor = Client()
    english = visitor.get("/accounts/login/", headers=ENGLISH)
    assert (english["Content-Language"], OURS.findall(words(english.content).replace("中文", ""))) == (
        "en",
        [],
    )
    assert "Accept-Language" in english["Vary"]
    refused = visitor.post("/accounts/login/", {"login": "nobody", "password": "wrong"}, headers=ENGLISH)
    assert OURS.findall(words(refused.content).replace("中文", "")) == []
    for headers in (CHINESE, {"Accept-Language": "fr"}, {}):
        assert visitor.get("/accounts/login/", headers=headers)["Content-Language"] == "zh-hans"
    visitor.cookies["django_language"] = "zh-hans"
    assert visitor.get("/accounts/login/", headers=ENGLISH)["Content-Language"] == "zh-hans"


def test_a_language_that_is_not_ours_is_none(office: Person, visit: Visit) -> None:
    client = visit(office)
    client.cookies["django_language"] = "fr"
    assert client.get("/")["Content-Language"] == "zh-hans"


def test_words_from_tables_are_in_the_catalogue() -> None:
    clocks = [rule for rules in default_warning_clocks().values() for rule in rules]
    shown = {rule.name for rule in clocks} | {rule.citation for rule in clocks}
    assert set(table_words.WARNING_CLOCKS) == shown
    assert set(table_words.SECTORS) == {sector.name for sector in sectors().values()}
    assert set(table_words.INDUSTRIES_WITHOUT_SECTOR) == {
        name for name, industry in industries().items() if not industry.sectors
    }
    kinds = fact_kinds().values()
    assert set(table_words.LIVE_FACTS) == {word for kind in kinds for word in (kind.label, kind.settle)}
    levels = listed_supervision().levels[: len(LEVELS)]
    assert set(table_words.LISTED_SUPERVISION) == {*levels, *notice_step().fields}
    assert set(table_words.CLOSURE_WINDOWS) == {window.text for window in closure().windows}
    assert set(table_words.RISK_METHODS) == set(_words_of_methods())
    with translation.override("en"):
        words_of_tables = [gettext(word) for word in table_words.WARNING_CLOCKS + table_words.SECTORS]
    assert not [word for word in words_of_tables if OURS.search(word)]


def _words_of_methods() -> Iterator[str]:
    """Yield the words of LEC and LS: names, values of the factors in either table, bands of each variant."""
    every = [lec(), lec({"consequence": "classic"}), *(ls({"variant": one}) for one in ls_variants())]
    for method in every:
        yield method.name
        yield from (choice.words for factor in method.factors for choice in factor.choices)
        yield from (band.words for band in method.bands.rows)


def test_the_api_listens_to_its_caller(db: None) -> None:
    assert Client().get("/api/v1/nothing", headers=ENGLISH).json()["title"] == "Not found"
    assert Client().get("/api/v1/nothing", headers=CHINESE).json()["title"] == "找不到"
    assert Client().get("/api/v1/nothing").json()["title"] == "找不到"
