"""A month of simulated people: each closed hazard is honest, each figure is what the log tells, no fraud stays hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings

from anwei.cases.evidence import path_of
from anwei.cases.models import Entry, Evidence
from anwei.cases.verify import verify
from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from anwei.demo.working.county import SHARES, fates_of
from anwei.hazards.models import Hazard, Listing, Penalty, SelfCheck, Visit
from anwei.ledgers import append_only
from tests.demo import event_log
from tests.demo.month import UNTIL, played, require_equal_figures, require_honest
from tests.support.kept import QUICK_HASHES

pytestmark = pytest.mark.django_db
N, SEED = 60, 1


@pytest.fixture(scope="module")
def month(
    data_folder: DataFolder, django_db_setup: None, django_db_blocker: Any
) -> Iterator[list[event_log.Story]]:
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHES)
    with django_db_blocker.unblock(), quick, time_machine.travel(UNTIL, tick=True), transaction.atomic():
        try:
            fill(data_folder, now=UNTIL)
            yield played(N, SEED)
        finally:
            transaction.set_rollback(True)


def test_every_closed_hazard_has_three_people_evidence_and_a_chain_that_verifies(
    month: list[event_log.Story],
) -> None:
    require_honest(month)
    assert len(month) >= N and sum(one.is_closed for one in month) > N // 2


def test_the_figures_are_what_the_log_tells(month: list[event_log.Story]) -> None:
    require_equal_figures(month)


def test_a_county_has_a_bit_of_everything(month: list[event_log.Story]) -> None:
    verbs = Counter(event.verb for one in month for event in one.events)
    for verb in (
        *("order", "accept", "fix", "verify", "close", "return_back", "hand_over", "false_report", "merge"),
        *("extension_asked", "extended", "resume", "listed", "unlisted"),
    ):
        assert verbs[verb], verb
    assert {row.origin for row in Hazard.objects.all()} >= {"inspection", "self_check", "patrol", "upper"}
    assert Hazard.objects.filter(repeat_of__isnull=False).exists()
    assert Hazard.objects.filter(grade="major", order="stop").exists()
    assert Listing.objects.filter(outcome="lifted").exists() and Penalty.objects.exists()
    assert SelfCheck.objects.filter(n_failed=0).exists() and SelfCheck.objects.filter(n_failed__gt=0).exists()
    assert Visit.objects.filter(ended_at__isnull=False).exists()
    assert any(one.was_late(UNTIL) and one.is_closed for one in month)
    assert any(one.was_late(UNTIL) and not one.is_closed for one in month)


def test_the_same_seed_gives_the_same_county(month: list[event_log.Story]) -> None:
    assert fates_of(N, Random(SEED)) == fates_of(N, Random(SEED)) != fates_of(N, Random(SEED + 1))
    assert set(fates_of(N, Random(SEED))) == set(SHARES)


def one_closed(month: list[event_log.Story]) -> Hazard:
    return Hazard.objects.get(number=next(one.number for one in month if one.is_closed))


@pytest.fixture
def undone() -> Iterator[None]:
    """Take back in the database what a test has planted."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_photo_exchanged_on_disk_is_found(month: list[event_log.Story]) -> None:
    hazard = one_closed(month)
    photo, other = Evidence.objects.filter(case=hazard.pk), Evidence.objects.exclude(case=hazard.pk)
    path = path_of(photo.earliest("pk").stored_as)
    kept = path.read_bytes()
    try:
        path.write_bytes(path_of(other.earliest("pk").stored_as).read_bytes())
        assert [one.chain for one in verify().broken] == [hazard.number]
    finally:
        path.write_bytes(kept)
    assert verify().broken == ()


@pytest.mark.usefixtures("undone")
def test_a_verifier_written_over_is_found_by_the_chain_and_by_the_count(month: list[event_log.Story]) -> None:
    hazard = one_closed(month)
    entry = Entry.objects.filter(case=hazard.pk, verb="verify").latest("number")
    finder = hazard.entries.get(number=1).actor_id
    append_only.drop(connection)  # as an intruder does
    with connection.cursor() as cursor:
        cursor.execute("update cases_entry set actor_id = %s where id = %s", (finder, entry.pk))
    assert event_log.faults(event_log.stories()) == [hazard.number]
    assert verify().broken


@pytest.mark.usefixtures("undone")
def test_a_clock_put_back_is_found_by_the_figures_and_the_case(month: list[event_log.Story]) -> None:
    late = next(one for one in month if one.is_closed and one.was_late(UNTIL))
    hazard = Hazard.objects.get(number=late.number)
    hazard.clocks.filter(met_by="fix").update(due_at=UNTIL)
    with pytest.raises(AssertionError):
        require_equal_figures(month)
    assert hazard.number in {one.chain for one in verify().broken}
