"""What a text cites: 煤矿安全生产条例第21条、第24条；安全生产法第41条 is three articles of two laws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from anwei.standards.law.numerals import in_digits, in_digits_with_places
from anwei.standards.law.register import aliases, sources

_ARTICLE = re.compile(
    r"第?(\d+(?:\.\d+)*)(?:条|(?=(?:、[\d.]+)+条))(?:第?(\d+)款)?(?:[（(]([^()（）]+)[)）])?"
)


_OTHER_LAW = re.compile(r"(?:法|条例|规定|办法|规程|标准|细则|规则|令)[》)]*$")  # one that is not registered


@dataclass(frozen=True)
class Citation:
    """An article of a law; `source` "" where the text does not name a law that is registered."""

    source: str
    article: str  # digits, with points in a standard: 38 or 6.6.3.1
    paragraph: str = ""
    item: str = ""

    @property
    def address(self) -> str:
        """The key of the article, for links: law_spf/38."""
        return f"{self.source}/{self.article}"


def citations(text: str) -> list[Citation]:
    """Return the articles that a text cites, in order; "第24条" alone belongs to the law before it."""
    return [citation for _start, _end, citation in _citations(in_digits(text))]


def cited_places(text: str) -> list[tuple[int, int, str, str]]:
    """Return start, end, law and article ("" for the law itself) of all that a text cites."""
    signs = in_digits_with_places(text)
    plain = "".join(sign for sign, _start, _end in signs)
    places = [(start, end, source, "") for start, end, source in _laws(plain)]
    places += [(start, end, one.source, one.article) for start, end, one in _citations(plain) if one.source]
    return [(signs[start][1], signs[end - 1][2], law, article) for start, end, law, article in sorted(places)]


def _citations(plain: str) -> Iterator[tuple[int, int, Citation]]:
    laws = list(_laws(plain))
    for match in _ARTICLE.finditer(plain):
        if any(start <= match.start() < end for start, end, _source in laws):
            continue  # the number of a decree, not of an article
        before = [(end, source) for _start, end, source in laws if end <= match.start()]
        source = (
            before[-1][1] if before and not _OTHER_LAW.search(plain, before[-1][0], match.start()) else ""
        )
        yield match.start(), match.end(), Citation(source, match[1], match[2] or "", match[3] or "")


def cited_law(text: str) -> tuple[str, str]:
    """Return the id of the law that a text names first ("" for none), and the folded rest of the text."""
    plain = in_digits(text)
    for start, end, source in _laws(plain):
        return source, plain[:start] + " " + plain[end:]
    return "", plain


@cache
def names() -> dict[str, str]:
    """Return the id of every law by its titles, numbers and everyday names, folded."""
    found: dict[str, str] = {}
    for source in sources().values():
        title = re.sub(r"^中华人民共和国|[(（].*?[)）]$", "", source.title)
        for name in (source.title, title, *aliases().get(source.id, ()), source.number):
            if len(name) > 2 or name in aliases().get(source.id, ()):
                found.setdefault(in_digits(name), source.id)
    for source_id, more in aliases().items():  # an everyday name goes before the title of an older text
        found.update({in_digits(name): source_id for name in more})
    return found


@cache
def _name_pattern() -> re.Pattern[str]:
    longest_first = map(re.escape, sorted(names(), key=len, reverse=True))
    return re.compile(rf"(?<!\d)(?:{'|'.join(longest_first)})")  # 16号令 is not within 116号令


def _laws(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _name_pattern().finditer(plain):
        yield match.start(), match.end(), names()[match[0]]
