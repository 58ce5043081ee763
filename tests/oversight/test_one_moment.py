"""Text, annex and months are counted as of one moment; in a file of its own, because it commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from anwei.emergency.models import Accident
from anwei.oversight.briefing.book import Book
from anwei.oversight.models import Briefing, FrozenMonth
from anwei.oversight.services.briefings import make
from anwei.oversight.services.freezing import freeze_month
from tests.emergency.test_accidents import accident
from tests.kernel.county import NOW
from tests.oversight.conftest import build_governed

pytestmark = pytest.mark.db
OCTOBER = {"year": 2026, "month": 10}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("made", "asked"), [("briefing", "hazards_hazard"), ("month", "emergency_accident")])
def test_text_annex_and_months_are_of_one_moment(transactional_db: None, made: str, asked: str) -> None:
    """An accident that is entered while the county is counted is in all of it or in none."""
    governed = build_governed()
    entered: list[bool] = []
    for day in (5, 28):
        accident(happened_on=date(2026, 10, day), deaths=1)

    def enter() -> None:
        try:
            accident(happened_on=date(2026, 10, 29), deaths=1)
        finally:
            connection.close()

    def meanwhile(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found = execute(sql, parameters, many, context)
        if asked in sql and not entered:
            entered.append(True)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(enter).result()
        return found

    with connection.execute_wrapper(meanwhile):
        if made == "month":
            freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
        else:
            make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    assert entered and Accident.objects.count() == 3
    if made == "month":
        figures_of = FrozenMonth.objects.get().figures
        told = {key: figures_of.get(indicator=key).numerator for key in ("acc_cnt", "acc_death", "fatal_cnt")}
        assert len({*told.values()}) == 1, told
    else:
        snapshot = Briefing.objects.get().snapshot
        numbers = {Book(snapshot).number(key).n for key in ("acc_cnt", "acc_death", "fatal_cnt")}
        assert numbers == {len(snapshot["accidents"])}
