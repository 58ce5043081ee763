"""Every page has a help text with its source, one click away; a page without one fails here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anwei.org.models import Person
from anwei.portal.help import _table, help_texts, not_pages

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def names(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def test_every_page_has_a_help_text() -> None:
    missing = set(names(get_resolver())) - set(help_texts()) - not_pages()
    assert not missing, f"write anwei/portal/data/help.toml for {sorted(missing)}"


def test_nothing_is_both_and_every_text_names_its_source() -> None:
    assert not set(help_texts()) & not_pages()
    for name, text in help_texts().items():
        assert text.title and text.purpose.endswith("。") and text.citation, name
        assert text.confidence in ("VERIFIED", "MEMORY", "TEMPLATE"), name


def test_every_text_is_there_in_english_too() -> None:
    chinese, english = help_texts(), help_texts("en")
    assert set(_table("help.toml")["page"]) == set(_table("help.en.toml")["page"])
    for name, text in english.items():
        assert len(text.steps) == len(chinese[name].steps), name
        assert text.confidence == chinese[name].confidence, name
        said = "".join((text.title, text.purpose, *text.steps, text.citation))
        assert not CHINESE.search(said), name
        assert text.title and text.purpose.endswith(".") and text.citation, name


def test_help_speaks_the_language_of_the_page(office: Person, visit: Callable[[Person], Client]) -> None:
    client = visit(office)
    client.cookies["django_language"] = "en"
    page = client.get("/help/case/").content.decode()
    assert "who supervises, who carries out" in page and "Article 41" in page and "谁负责" not in page


def test_help_is_one_click_from_a_page(office: Person, visit: Callable[[Person], Client]) -> None:
    client = visit(office)
    assert 'href="/help/cockpit/"' in client.get("/").content.decode()
    page = client.get("/help/case/").content.decode()
    assert "谁负责、谁监督、谁落实" in page and "第41条" in page and "条款已核" in page
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.django_db
def test_help_is_for_people_with_an_account() -> None:
    assert Client().get("/help/case/").status_code == 302
