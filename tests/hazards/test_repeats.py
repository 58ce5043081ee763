"""What was closed off and is found again within a year repeats: by item or criterion, and only afterwards."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from anwei.hazards.models import Hazard
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.standards.hazards.checklists import checklist_items
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIVE, MAJOR, VERIFIED, act, closed_off, file, picture, put_right
from tests.kernel.county import NOW


def found(safe: Safe, item: str, key: str) -> Hazard:
    now = timezone.now()
    return file_hazard(
        Whereabouts(safe.county.enterprise),
        actor=safe.inspector,
        now=now,
        origin="inspection",
        description="特种作业人员无证上岗",
        found_at=now,
        checklist_item=item,
        key=key,
    )


def test_what_was_found_by_an_item_and_judged_by_a_criterion_repeats_by_the_item(safe: Safe) -> None:
    item, other = list(checklist_items())[:2]
    old = found(safe, item, "first")
    act(safe.verifier, old, "order", **MAJOR)
    put_right(safe.county.worker, old, **FIVE)
    act(safe.verifier, old, "verify", **VERIFIED, evidence=picture())
    act(safe.verifier, old, "close")
    assert old.phase == "closed" and old.criterion
    assert found(safe, item, "second").repeat_of == old
    assert found(safe, other, "third").repeat_of is None


def test_what_was_found_before_the_other_was_closed_off_repeats_nothing(safe: Safe) -> None:
    plant = safe.county.enterprise.pk
    old = closed_off(safe.inspector, safe.verifier, safe.county.worker, plant)
    earlier = file(safe.inspector, plant, key="form-2", found_at="2026-10-01T09:00")
    assert earlier.repeat_of is None
    Hazard._base_manager.filter(pk=old.pk).update(closed_at=NOW - timedelta(days=300))
    assert file(safe.inspector, plant, key="form-3").repeat_of == old
    Hazard._base_manager.filter(pk=old.pk).update(closed_at=NOW - timedelta(days=366))
    assert file(safe.inspector, plant, key="form-4").repeat_of is None
