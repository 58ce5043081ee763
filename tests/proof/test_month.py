"""A month of a county with 2,000 hazards (issue 5, F5); the time it takes is told, nothing is held against it.

The simulator examines its own photographs: 6,000 children would take minutes more and prove nothing new.
"""

from __future__ import annotations

import time

import pytest
import time_machine

from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from tests.demo import event_log
from tests.demo.month import UNTIL, played, require_equal_figures, require_honest
from tests.proof.test_ledger_speed import cpu

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]
N = 2_000


@pytest.mark.parametrize("seed", [2026])
def test_two_thousand_hazards_are_honest_and_rightly_counted(seed: int, data_folder: DataFolder) -> None:
    with time_machine.travel(UNTIL, tick=True):
        fill(data_folder, now=UNTIL)
        began, cpu_began = time.monotonic(), cpu()
        told = played(N, seed)
        print(f"played: {cpu() - cpu_began:,.0f} s of processor time, {time.monotonic() - began:,.0f} s")
        began = cpu()
        require_honest(told)
        print(f"verified: {cpu() - began:,.0f} s of processor time")
        require_equal_figures(told)
    counts = [sum(cell) for cell in zip(*event_log.counts(told, UNTIL).values(), strict=True)]
    events = sum(len(one.events) for one in told)
    print(f"{len(told)} hazards, {events} events; filed, closed, in time, overdue, not counted: {counts}")
    # enough closed ones to have looked at; many of the last weeks still have time
    assert len(told) >= N and counts[1] > N // 3
