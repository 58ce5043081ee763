"""The clocks of a hazard after it was sent back, and after production may run again."""

from __future__ import annotations

from datetime import timedelta

from tests.hazards.conftest import Safe
from tests.hazards.doors import ORDERED, TODAY, VERIFIED, act, file, picture, put_right

AT_ONCE = ORDERED | {"order": "immediate", "due_on": ""}


def test_what_was_to_be_put_right_at_once_and_is_sent_back_has_the_day_of_the_return(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    later = act(safe.verifier, hazard, "order", **AT_ONCE | {"due_on": ORDERED["due_on"]})
    assert later.status_code == 422 and "不填整改期限" in later.content.decode()
    act(safe.verifier, hazard, "order", **AT_ONCE)
    limits = hazard.clocks.filter(met_by="fix")
    assert (limits.get().due_at - timedelta(seconds=1)).date() == TODAY
    put_right(safe.county.worker, hazard)
    day = TODAY + timedelta(days=6)
    act(safe.verifier, hazard, "return_back", reason="仍渗漏", due_on=day.isoformat())
    assert limits.get(met_at=None).due_at.date() == day


def test_after_production_may_run_again_the_hazard_is_closed_off_in_time(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    act(safe.verifier, hazard, "order", **ORDERED | {"order": "stop"})
    put_right(safe.county.worker, hazard)
    act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture())
    assert [clock.name for clock in hazard.clocks.filter(met_at=None)] == ["审查恢复生产申请"]
    assert act(safe.verifier, hazard, "resume", opinion="同意", evidence=picture()).status_code == 302
    running = hazard.clocks.get(met_at=None)
    assert (running.name, running.met_by, hazard.deadline) == ("复查整改情况", "close", running.due_at)
    act(safe.verifier, hazard, "close")
    assert hazard.phase == "closed" and not hazard.clocks.filter(met_at=None).exists()
