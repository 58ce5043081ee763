"""What officials and administrators change: within their territory, their sector, their office."""

from __future__ import annotations

import pytest

from tests.matrix.attempts import attempt
from tests.matrix.callers import Caller
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
NAMES = tuple(
    role
    for role in SEES
    if role not in ("anonymous", "display", "office") and not role.startswith("enterprise")
)


@pytest.mark.parametrize("name", [pytest.param("office", marks=pytest.mark.db), *NAMES])
def test_nothing_changes_but_what_the_table_allows_and_that_is_sealed(
    world: World, visitors: dict[str, Caller], name: str
) -> None:
    walked = attempt(world, visitors[name], name)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > (10 if ":" in name else 200)
    assert (walked.counts["done"] == 0) is (name in IDLE)


IDLE = ()
"""Who changes nothing at all."""
