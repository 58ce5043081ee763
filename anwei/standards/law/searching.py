"""Finding laws, articles and criteria by words, by article, or both: 安法38条, 第三十八条, 粉尘 除尘."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from anwei.standards.law.citations import Citation, citations, cited_law
from anwei.standards.law.numerals import in_digits
from anwei.standards.law.register import Provision, Source, aliases, provisions, sources

_NUMBER = re.compile(r"第?(\d+(?:\.\d+)*)条(?:第?\d+款)?|第(\d+(?:\.\d+)*)")
_NAMES = {  # what a kind is called, so that it can be asked for
    "article": "条款",
    "criterion": "重大隐患 重大事故隐患 判定标准",
    "penalty": "罚则 处罚",
    "check": "检查项",
}
_ORDER = ("source", "article", "criterion", "penalty", "check")


@dataclass(frozen=True)
class Hit:
    """A law or a provision that fits; `provision` is None for the law itself."""

    address: str  # for links: the provision's, or the law's id
    kind: str  # "source", "article", "criterion", "penalty" or "check"
    superseded: bool
    source: Source | None
    provision: Provision | None


@dataclass(frozen=True)
class _Entry:
    hit: Hit
    words: str
    cited: frozenset[tuple[str, str]]  # law and article


def find(query: str) -> list[Hit]:
    """Return what fits all words of a query and its law and article, those in force first.

    An article of a law of which nothing is carried gives the law itself; an empty query nothing.
    """
    if not query.strip():
        return []
    law, rest = _law_and_rest(query)
    number = _NUMBER.search(rest)
    article = (number[1] or number[2]) if number else ""
    words = (rest[: number.start()] + " " + rest[number.end() :] if number else rest).split()
    found = [entry.hit for entry in _entries() if _fits(entry, law, article, words)]
    if not found and law and article and not words:
        found = [entry.hit for entry in _entries() if entry.hit.address == law]
    return sorted(found, key=_place)


def everything() -> list[Hit]:
    """Return all that is carried, in the order of results."""
    return sorted((entry.hit for entry in _entries()), key=_place)


def by_address(address: str) -> list[Hit]:
    """Return the provision or law of an address, or all that rests on an article (law_spf/38)."""
    source, _slash, article = address.rpartition("/")  # GB/T 13861-2022 is a law
    return [
        entry.hit
        for entry in _entries()
        if entry.hit.address == address or (article and (source, article) in entry.cited)
    ]


def article_addresses(text: str) -> list[str]:
    """Return the addresses of the articles of registered laws that a text cites, for links beside it."""
    return list(dict.fromkeys(citation.address for citation in citations(text) if citation.source))


def _place(hit: Hit) -> tuple[bool, int]:
    return hit.superseded, _ORDER.index(hit.kind)


def _law_and_rest(query: str) -> tuple[str, str]:
    """Return the law a query names and its other words; words stay apart where blanks part them."""
    law, rest = cited_law(query)
    if law:
        return law, rest
    return "", " ".join(in_digits(word) for word in query.split())


def _fits(entry: _Entry, law: str, article: str, words: list[str]) -> bool:
    hit = entry.hit
    if article and not any(number == article and law in ("", source) for source, number in entry.cited):
        return False
    if (
        law
        and not article
        and law != (hit.source.id if hit.source else "")
        and all(law != source for source, _ in entry.cited)
    ):
        return False
    return all(word in entry.words for word in words)


@cache
def _entries() -> tuple[_Entry, ...]:
    found = []
    for source in sources().values():
        words = (source.title, source.number, source.issuer, source.note, *aliases().get(source.id, ()))
        hit = Hit(source.id, "source", source.superseded, source, None)
        found.append(_Entry(hit, in_digits("\n".join(words)), frozenset()))
    for provision in provisions().values():
        law = sources().get(provision.source)
        hit = Hit(provision.address, provision.kind, provision.superseded, law, provision)
        words = (
            provision.address,
            provision.title,
            provision.article,
            provision.text,
            provision.subject,
            provision.note,
            _NAMES[provision.kind],
        )
        cited = frozenset(
            (citation.source or provision.source, citation.article) for citation in _cited(provision)
        )
        found.append(_Entry(hit, in_digits("\n".join(words)), cited))
    return tuple(found)


def _cited(provision: Provision) -> list[Citation]:
    found = citations(provision.article)
    if not found and (clause := re.match(r"\d+(?:\.\d+)+", provision.article)):
        return [Citation(provision.source, clause[0])]  # a standard's clause stands without 条
    return found
