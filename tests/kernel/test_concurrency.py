"""Many hands at once, on SQLite and on PostgreSQL: nothing is lost, nobody hears of a lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from anwei.cases.errors import StaleCase
from anwei.cases.models import Case, Entry
from anwei.cases.services import advance
from anwei.ledgers import append_only, seal
from anwei.ledgers.services import record_change
from tests.kernel.county import NOW, build, open_repair

N_HANDS = 50


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """Let every hand act at the same moment, each on a connection of its own; count what became of it."""
    barrier = Barrier(N_HANDS)

    def hand(n: int) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act(n)
        except Exception as fault:
            return type(fault).__name__ + ("" if isinstance(fault, StaleCase) else f": {fault}")
        finally:
            connection.close()

    with ThreadPoolExecutor(N_HANDS) as pool:
        return Counter(pool.map(hand, range(N_HANDS)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.db
def test_fifty_hands_on_one_case() -> None:
    county = build()
    case = open_repair(county)

    def order(n: int) -> str:
        advance(case, "order", actor=county.officer, now=NOW, version=1, note=f"第{n}只手")
        return "won"

    assert at_once(order) == {"won": 1, "StaleCase": N_HANDS - 1}
    assert Entry.objects.filter(case=case).count() == 2

    def double_click(n: int) -> str:
        advance(case, "sign", actor=county.worker, now=NOW, key="one form")
        return "fine"

    assert at_once(double_click) == {"fine": N_HANDS}
    assert Entry.objects.filter(case=case).count() == 3
    assert Case.objects.get(pk=case.pk).version == 3

    def open_one(n: int) -> str:
        record_change("sites.site", 1, actor=county.officer, now=NOW, verb="edit", content={"n": n})
        return open_repair(county).number

    numbers = at_once(open_one)
    assert sorted(numbers) == [f"WX2026{n:05d}" for n in range(2, N_HANDS + 2)]
    assert seal.verify().first_broken is None
    append_only.require(connection)
