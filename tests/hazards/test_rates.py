"""The home of the room: each number as another way of counting finds it, each a door to just its rows."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from math import comb

import pytest
from django.http import QueryDict
from django.test import Client
from python_calamine import CalamineWorkbook

from anwei.cases.periods import Span, asked, span_of, usual
from anwei.hazards.counts import COUNTS, FEWEST, INDICATORS, POPULATIONS
from anwei.hazards.differences import at_least
from anwei.hazards.models import Hazard, PastHazard
from anwei.hazards.rates import BAND_COUNTS, rates, share
from anwei.hazards.rates_page import Page
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.register_page import filtered_rows
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import ORDERED, act, file, signed_in
from tests.hazards.many import N_TOWNSHIPS, many_hazards
from tests.kernel.county import COUNTY, NOW, county_clerk, in_post

TODAY = date(2026, 11, 24)
PERIODS = ("", "?period=2026-10", "?since=2025-09-01&until=2026-11-20")


def people(safe: Safe) -> list[Person]:
    """Return people who see the county, a township, a sector, an enterprise, and next to nothing."""
    town = Unit.objects.create(kind="township", name="第3镇人民政府", territory=f"{COUNTY}203")
    townsman = in_post("third", Post.objects.create(unit=town, kind="officer", title="安监员"))
    return [county_clerk(), townsman, safe.county.regulator, safe.county.boss, safe.county.stranger]


def doors(page: str) -> Iterator[tuple[str, str, int]]:
    """Yield the register, the filter and the number of each door that a page shows."""
    found = re.findall(r'<a href="/ledgers/([a-z-]+)/\?([^"]+)"[^>]*>\D*(\d+)</a>', unescape(page))
    return ((code, query, int(number)) for code, query, number in found)


def n_rows(client: Client, code: str, query: str) -> int:
    page = client.get(f"/ledgers/{code}/?{query}").content.decode()
    return int(re.search(r'id="counts">(\d+) 条', page)[1])  # type: ignore[index]


def n_filtered(person: Person, code: str, query: str) -> int:
    """Return how many rows the filter of a list or an export passes; raises for a filter that is none."""
    return filtered_rows(ledger_of(code), QueryDict(query), person).count()


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.proof)])
def test_every_number_opens_just_its_rows_whoever_looks(safe: Safe, every: int) -> None:
    """The county's clerk opens every other number, the rest every fourth, each beginning with another; all: proof."""
    many_hazards(safe, 120, NOW, days=500, n_townships=5)
    Hazard.objects.filter(pk__lte=1_000_006).update(criterion="", checklist_item="")
    walked: Counter[int] = Counter()
    for place, person in enumerate(people(safe)):
        client = signed_in(person)
        known: dict[tuple[str, str], int] = {}
        for query in PERIODS:
            page = client.get(f"/hazards/{query}")
            assert page.status_code == 200
            for turn, (code, narrow, number) in enumerate(doors(page.content.decode())):
                if (turn + place) % (every if place else min(every, 2)):
                    continue
                if (code, narrow) not in known:
                    known[code, narrow] = n_filtered(person, code, narrow)
                    if len(known) % 25 == 1:  # and some on the page itself
                        assert n_rows(client, code, narrow) == number
                assert known[code, narrow] == number, (person, query, code, narrow)
                walked[place] += 1
    assert walked[0] > 250 // min(every, 2) and min(walked[place] for place in range(4)) > 20 // every


def test_records_from_elsewhere_have_the_same_rates_and_their_own_doors(safe: Safe) -> None:
    for n, (status, filed, reckoned, closed) in enumerate(
        (
            ("closed", 60, 45, 50),
            ("closed", 60, 45, 20),
            ("open", 60, 45, None),
            ("open", 12, 3, None),
            ("open_duplicate", 60, 45, None),
            ("open", 2, -13, None),
            ("closed", 30, 15, 25),
        )
    ):
        PastHazard.objects.create(
            source="册",
            number=str(n),
            filed_on=TODAY - timedelta(days=filed),
            reckoned_on=TODAY - timedelta(days=reckoned),
            closed_on=None if closed is None else TODAY - timedelta(days=closed),
            status=status,
            territory=f"{COUNTY}101",
            sector="" if n % 2 else "coal",
        )
    client = signed_in(county_clerk())
    page = client.get("/hazards/?of=past-hazards&period=2026").content.decode()
    found = list(doors(page))
    assert {code for code, _narrow, _number in found} == {"past-hazards"}
    for code, narrow, number in found:
        assert n_rows(client, code, narrow) == number, narrow
    numbers = rates(POPULATIONS["past-hazards"], None, NOW, span_of("2026") or Span(TODAY, TODAY)).whole
    assert (numbers["found"], numbers["rectified"], numbers["in_time"], numbers["decided"]) == (6, 3, 2, 5)
    assert (numbers["d90"], numbers["d7"], numbers["past_limit"], numbers["left_out"]) == (1, 1, 2, 1)


def test_the_numbers_are_what_one_finds_row_by_row(safe: Safe) -> None:
    many_hazards(safe, 300, NOW, days=300)
    span = Span(date(2026, 5, 1), date(2026, 10, 31))
    found = rates(POPULATIONS["hazards"], None, NOW, span)
    rows = list(Hazard.objects.prefetch_related("clocks"))
    inside = [row for row in rows if span.first <= day_of(row.found_at) <= span.last]
    real = [row for row in inside if row.outcome not in ("false_report", "merged")]
    late = [row for row in real if any((c.met_at or NOW) > c.due_at for c in row.clocks.all())]
    closed = [row for row in real if row.phase == "closed"]
    in_time = [row for row in closed if row not in late]
    whole = found.whole
    assert (whole["filed"], whole["found"], whole["rectified"]) == (len(inside), len(real), len(closed))
    assert (whole["in_time"], whole["too_late"]) == (len(in_time), len(late))
    assert whole["decided"] == len(in_time) + len(late) and len(late) > 5
    assert whole["again"] == sum(row.repeat_of_id is not None for row in real) > 0
    ages = [
        (TODAY - day_of(row.clocks.all()[0].due_at - timedelta(seconds=1))).days
        for row in rows
        if row.phase != "closed" and row.clocks.all()[0].due_at < NOW
    ]
    bands = [sum(low <= age <= high for age in ages) for low, high in ((0, 7), (8, 30), (31, 90), (91, 9999))]
    assert [whole[one.key] for one in BAND_COUNTS] == bands
    assert whole["past_limit"] == len(ages) > 0 and sum(bands) == len(ages)
    for dimension in ("township", "sector", "origin"):
        parts = found.by[dimension].values()
        assert sum(part["found"] for part in parts) == len(real), dimension
        assert sum(part["past_limit"] for part in parts) == len(ages), dimension
    assert sum(part["found"] for part in found.by["clause"].values()) == len(real)


def test_a_number_changes_with_what_people_do(safe: Safe) -> None:
    client, plant = signed_in(safe.inspector), safe.county.enterprise.pk
    hazards = [
        file(safe.inspector, plant, key=f"k{n}", description=text, found_at="2026-11-20T09:00")
        for n, text in enumerate(("灭火器过期", "通道堵塞"))
    ]
    for hazard in hazards:
        assert act(safe.verifier, hazard, "order", **ORDERED).status_code == 302
    numbers = rates(POPULATIONS["hazards"], safe.inspector, NOW, usual(TODAY)[0]).whole
    assert (numbers["found"], numbers["open"], numbers["past_limit"], numbers["decided"]) == (2, 2, 0, 0)
    hazards[0].clocks.filter(met_by="fix").update(due_at=NOW - timedelta(days=40))
    numbers = rates(POPULATIONS["hazards"], safe.inspector, NOW, usual(TODAY)[0]).whole
    assert (numbers["past_limit"], numbers["d90"], numbers["too_late"], numbers["decided"]) == (1, 1, 1, 1)
    page = client.get("/hazards/").content.decode()
    assert "样本不足" in page and "%</strong>" not in page


def test_the_articles_behind_the_indicators_are_links(safe: Safe) -> None:
    page = signed_in(safe.inspector).get("/hazards/").content.decode()
    assert 'href="/law/' in page.partition('id="meanings"')[2].partition("</dl>")[0]


def test_the_comparison_of_two_periods_is_exact() -> None:
    for n, of in ((0, 3), (3, 3), (2, 3), (1, 4), (7, 9), (30, 47), (20, 47)):
        assert at_least(n, of) == pytest.approx(sum(comb(of, k) for k in range(n, of + 1)) / 2**of)
    assert at_least(0, 0) == 1.0 and at_least(40_000, 60_000) < 1e-9 < at_least(30_000, 60_000) - 0.4


def test_small_samples_have_counts_and_no_share() -> None:
    assert share(4, FEWEST - 1) is None and share(4, FEWEST) == 0.8
    assert share(0, 0) is None


def test_a_worse_township_is_named_and_nobody_where_all_are_alike(safe: Safe) -> None:
    many_hazards(safe, 1200, NOW, days=300)
    client = signed_in(county_clerk())
    page = client.get("/hazards/?since=2026-01-01&until=2026-11-24").content.decode()
    assert "镇整改超期" not in page
    from anwei.cases.models import Clock

    bad = Hazard.objects.filter(territory__startswith=f"{COUNTY}205")
    Clock.objects.filter(case__in=bad.values("pk")).update(due_at=NOW - timedelta(days=299), met_at=NOW)
    page = client.get("/hazards/?since=2026-01-01&until=2026-11-24").content.decode()
    assert re.findall(r"(第\d+镇)整改超期", page) == ["第5镇"]


def test_a_county_that_just_began_is_not_told_of_a_rise(safe: Safe) -> None:
    many_hazards(safe, 60, NOW, days=15)
    page = signed_in(county_clerk()).get("/hazards/?since=2026-11-04&until=2026-11-24").content.decode()
    assert "此前同样天数" not in page and "明显增多" not in page


def test_a_clause_that_rises_is_named(safe: Safe) -> None:
    many_hazards(safe, 400, NOW, days=100)
    recent = Hazard.objects.filter(found_at__gte=NOW - timedelta(days=20), outcome__in=("", "rectified"))[:14]
    Hazard.objects.filter(pk__in=list(recent.values_list("pk", flat=True))).update(criterion="GM-03-02")
    Hazard.objects.exclude(pk__in=[one.pk for one in recent]).filter(criterion="GM-03-02").update(
        criterion=""
    )
    page = signed_in(county_clerk()).get("/hazards/?since=2026-11-04&until=2026-11-24").content.decode()
    assert re.search(r"GM-03-02 [^<]*：发现 14 件，此前同样天数 0 件", page)


def test_a_page_asks_few_queries_however_many_rows_there_are(
    safe: Safe,
    django_assert_max_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    many_hazards(safe, 400, NOW, days=200)
    client = signed_in(county_clerk())
    client.get("/hazards/")
    with django_assert_max_num_queries(19):
        client.get("/hazards/?period=2026")


def test_the_book_has_what_the_page_shows(safe: Safe) -> None:
    many_hazards(safe, 200, NOW, days=300)
    answer = signed_in(county_clerk()).get("/hazards/?period=2026&export=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["汇总", "按乡镇", "按行业", "按来源", "按条款", "口径"]
    towns = book.get_sheet_by_name("按乡镇").to_python()
    whole = book.get_sheet_by_name("汇总").to_python()
    found = rates(POPULATIONS["hazards"], None, NOW, span_of("2026") or Span(TODAY, TODAY))
    assert towns[0][:4] == ["按乡镇", "发现", "已销号", "发现"]
    assert len(towns) == len(found.by["township"]) + 2 <= N_TOWNSHIPS + 2
    assert sum(row[1] for row in towns[1:-1]) == whole[1][1] == found.whole["found"]
    meanings = book.get_sheet_by_name("口径").to_python()
    assert [row[0] for row in meanings[1 : len(INDICATORS) + 1]] == [str(one.label) for one in INDICATORS]
    assert any("第14条" in row[3] for row in meanings)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"period": "2026-11"}, date(2026, 11, 1), date(2026, 11, 30)),
        ({"period": "2026-12"}, date(2026, 12, 1), date(2026, 12, 31)),
        ({"period": "2025-Q4"}, date(2025, 10, 1), date(2025, 12, 31)),
        ({"period": "2024"}, date(2024, 1, 1), date(2024, 12, 31)),
        ({"since": "2026-03-05", "until": "2026-02-01"}, date(2026, 2, 1), date(2026, 3, 5)),
        ({"since": "2026-03-05"}, date(2026, 3, 5), TODAY),
        ({"period": "2026-13", "since": "9999-99-99"}, date(2026, 10, 1), date(2026, 12, 31)),
        ({}, date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_what_the_address_says(query: dict[str, str], first: date, last: date) -> None:
    span = asked(query, TODAY)
    assert (span.first, span.last) == (first, last)


def test_the_days_before_are_as_many_as_are_over() -> None:
    november = span_of("2026-11") or Span(TODAY, TODAY)
    assert november.before(TODAY) == Span(date(2026, 10, 8), date(2026, 10, 31))
    assert november.before(date(2027, 1, 1)) == Span(date(2026, 10, 2), date(2026, 10, 31))
    assert [one.key for one in usual(date(2026, 1, 5))] == [
        "2026-01", "2025-12", "2026-Q1", "2025-Q4", "2026", "2025",
    ]  # fmt: skip


def test_each_indicator_counts_something_that_is_counted_and_can_be_shown() -> None:
    keys = {one.key for one in COUNTS}
    assert len(keys) == len(COUNTS)
    for one in INDICATORS:
        assert one.count.key in keys and (one.of is None or one.of.key in keys)
        assert str(one.definition) and one.direction in (-1, 0, 1) and isinstance(one.source(), str)
    ours = Page(POPULATIONS["hazards"], Span(TODAY, TODAY), rates_of_nothing())
    assert ours.indicators == list(INDICATORS)


def rates_of_nothing():  # type: ignore[no-untyped-def]
    from anwei.hazards.rates import Rates

    return Rates()
