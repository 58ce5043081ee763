"""One clock that cannot climb stops neither the others nor the hourly seal, and is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from anwei.cases import sweep as sweeping
from anwei.cases.ladder import climb
from anwei.cases.models import RungReached
from anwei.cases.services import advance
from anwei.cases.sweep import stuck, sweep
from anwei.ledgers.models import GlobalHead
from anwei.portal.worries import worries
from anwei.standards.ladders import Ladder
from tests.kernel.county import NOW, County, open_repair

LATE = NOW + timedelta(hours=1)


def test_a_clock_that_raises_stops_nothing_else_and_is_told(
    county: County, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = (advance(open_repair(county), "order", actor=county.officer, now=NOW) for _case in range(2))
    broken = bad.clocks.get(name="签收").pk

    def breaks(clock_id: int, found: Mapping[str, Ladder], now: datetime) -> list[RungReached]:
        if clock_id == broken:
            raise ZeroDivisionError
        return climb(clock_id, found, now)

    monkeypatch.setattr(sweeping, "climb", breaks)
    done = sweep(LATE)
    assert (done.n_overdue, done.sealed, GlobalHead.objects.count()) == (1, True, 1)
    assert good.entries.filter(verb="overdue").exists() and not bad.entries.filter(verb="overdue").exists()
    assert f"clock {broken} cannot climb" in caplog.text and "ZeroDivisionError" in caplog.text
    assert stuck(LATE) == [bad.number]
    assert any(bad.number in worry.text for worry in worries({"parts": {}}, LATE))
    monkeypatch.undo()
    sweep(LATE)
    assert stuck(LATE) == []
    assert not any(bad.number in worry.text for worry in worries({"parts": {}}, LATE))
