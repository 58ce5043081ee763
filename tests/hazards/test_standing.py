"""How hazards stood when a month ended, counted long after, is what stood then and opens just that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from anwei.cases.indicators import indicator
from anwei.hazards.models import Hazard
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.many import many_hazards
from tests.kernel.county import COUNTY, NOW, county_clerk

DAY, AT = date(2026, 10, 31), datetime(2026, 10, 31, 16, tzinfo=UTC)  # midnight of the county after it


def stood() -> list[Hazard]:
    """Return what stood, as a short script finds it."""
    rows = Hazard._base_manager.filter(found_at__lt=AT).prefetch_related("clocks")
    return [row for row in rows if (row.closed_at is None or row.closed_at >= AT)]


def test_what_stood_at_a_months_end_is_counted_whenever_one_asks(safe: Safe) -> None:
    many_hazards(safe, 240, NOW, days=90, n_townships=3)
    rows = stood()
    late = [row for row in rows if row.clocks.all()[0].due_at < AT]
    told: dict[str, list[Any]] = {"hazards_open": rows, "past_limit": late}
    client = signed_in(county_clerk())
    for key, expected in told.items():
        one = indicator(key)
        values = one.values_then(DAY)
        assert 0 < len(expected) != one.values(None, NOW, None).number(one).n
        for narrow in ({}, {"township": f"{COUNTY}201"}):
            n = sum(row.territory.startswith(narrow.get("township", "")) for row in expected)
            assert values.number(one, **narrow).n == Decimal(n)
            page = client.get(one.stocks[0].link_then(DAY, narrow))
            assert page.context["listing"].count == n
            assert "2026-10-31" in page.content.decode() and "各列是现在的内容" in page.content.decode()
    assert client.get("/ledgers/hazards/?stood=open@2026-13-01").context["listing"].count == 0
    sheet = client.get("/ledgers/hazards/export/?stood=open@2026-10-31&form=csv&reason=核对")
    assert sheet.status_code == 200
