"""The number of a paper (文号): issuer's mark, series, year in 〔〕, serial without leading zeros."""

from __future__ import annotations

from typing import Any

from anwei.ledgers.models import Paper, PaperSeries
from anwei.ledgers.services import county_setting

ISSUERS = "papers.issuers"  # key of the county's Setting: {unit's primary key: mark (机关代字)}


def issuer_mark(issuer: Any) -> str:
    """Return what stands for an issuer in its numbers: the county's mark, else its short name or name."""
    marks: dict[str, str] = county_setting(ISSUERS, {})
    return marks.get(str(issuer.pk)) or issuer.short_name or issuer.name


def written(issuer: Any, series: str, year: int, serial: int | str) -> str:
    """Return a number as papers write it: 云安办督〔2026〕1号."""
    return f"{issuer_mark(issuer)}{series}〔{year}〕{serial}号"


def blank(issuer: Any, series: str, year: int) -> str:
    """Return a number that is not given yet, with a wide space where the serial will stand."""
    return written(issuer, series, year, "　")


def following(paper: Paper, year: int) -> str:
    """Return the number that the paper would get now; another hand may take it."""
    row = PaperSeries.objects.filter(issuer=paper.issuer, series=paper.series, year=year).first()
    return written(paper.issuer, paper.series, year, 1 + (row.last if row else 0))


def take(paper: Paper, year: int, expected: str) -> bool:
    """Give a paper the next number of its series, which is locked until the transaction ends.

    Returns False, and takes nothing, where that is not the expected one.
    """
    row = _locked(paper.issuer, paper.series, year)
    row.last += 1
    if written(paper.issuer, paper.series, year, row.last) != expected:
        return False
    row.save(update_fields=["last"])
    paper.year, paper.serial, paper.number = year, row.last, expected
    return True


def reserve(issuer: Any, series: str, year: int) -> tuple[int, str]:
    """Take the next number of a series out of it, for a paper that is written where nobody can ask for one.

    Returns serial and number; it is never given again.
    """
    row = _locked(issuer, series, year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last, written(issuer, series, year, row.last)


def _locked(issuer: Any, series: str, year: int) -> PaperSeries:
    PaperSeries.objects.get_or_create(issuer=issuer, series=series, year=year)
    return PaperSeries.objects.select_for_update().get(issuer=issuer, series=series, year=year)
