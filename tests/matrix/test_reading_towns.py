"""What townships and departments read: their town, their sector; and who is named on a case, that case."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import crawl
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name", ["township_a", "township_b", "regulator_chemical", "regulator_coal", "named"]
)
def test_every_door_and_what_is_heard_behind_it(world: World, visitors: dict[str, Caller], name: str) -> None:
    walked = crawl(world, visitors[name], name)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > 200
    assert walked.counts["questions"] > 30
    assert walked.counts["exports"] > 10
