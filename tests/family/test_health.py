"""Everybody may ask whether the installation is healthy; that must cost it little."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from anwei.portal import health


def test_a_crowd_that_asks_is_answered_from_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def look() -> health.Health:
        looks.append(time.monotonic())
        time.sleep(0.05)
        return health.Health((health.Check("log", len(looks) == 1, "", 0),))

    monkeypatch.setattr(health, "_check", look)
    monkeypatch.setattr(health, "AGE", 0.5)
    watchdog = health.Watchdog()
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: watchdog.ask().ok, range(40)))
    assert answers == [True] * 40
    assert len(looks) == 1
    time.sleep(0.6)
    assert not watchdog.ask().ok, "an answer does not live for longer"
