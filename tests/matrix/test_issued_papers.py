"""Of an issued paper everybody who sees its case gets the valid version; its drafts are the issuer's alone."""

from __future__ import annotations

import pytest

from anwei.ledgers import desk
from anwei.ledgers.desk import heaps_of, waiting_questions
from anwei.ledgers.spelled import n_each
from tests.matrix.building import LATER
from tests.matrix.callers import Caller
from tests.matrix.expected import ADMINISTRATORS, COUNTY_WIDE
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db


def test_drafts_of_an_issued_paper_stay_with_the_issuer(world: World, visitors: dict[str, Caller]) -> None:
    wrong = []
    for name, place in world.places.items():
        valid = place.order.valid
        assert valid is not None and valid.number > 1
        for role in set(SEES) - ADMINISTRATORS - {"anonymous", "display"}:
            reads = name in SEES[role]
            expected = {valid.number: reads, 1: reads and role in COUNTY_WIDE}
            for number, may in expected.items():
                path = f"/papers/{place.order.pk}/versions/{number}/"
                if (status := visitors[role].call("GET", path).status) != (200 if may else 404):
                    wrong.append(f"{role} {path} {status}")
    assert not wrong, "\n".join(wrong)


def test_what_waits_on_a_desk_can_be_opened_by_whose_desk_it_is(
    world: World, visitors: dict[str, Caller]
) -> None:
    opened = set()
    for role in set(SEES) - {"anonymous", "display"}:
        counted = n_each(waiting_questions(world.people[role], LATER))
        assert counted == [kind.rows(world.people[role], LATER.date()).count() for kind in desk._kinds]
        for heap in heaps_of(world.people[role], LATER, 20):
            for line in heap.lines:
                opened.add(str(heap.kind.label))
                assert visitors[role].call("GET", line.address).status == 200, (role, line.address)
    assert opened >= {"变更", "评估"}
    of_a_colleague = {str(heap.kind.label) for heap in heaps_of(world.colleague, LATER, 1)}
    assert "公文" in of_a_colleague
