"""What strangers, plants, programs and screens change: their own, and nothing else."""

from __future__ import annotations

import pytest

from tests.matrix.attempts import attempt
from tests.matrix.callers import Caller
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
NAMES = (
    "anonymous",
    "display",
    "enterprise_x",
    "enterprise_y",
    "enterprise_z",
    *(f"token:{role}" for role in SEES if role != "anonymous"),
)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_changes_but_what_the_table_allows_and_that_is_sealed(
    world: World, visitors: dict[str, Caller], name: str
) -> None:
    walked = attempt(world, visitors[name], name)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > (10 if ":" in name else 200)
    assert (walked.counts["done"] == 0) is (name in IDLE)


IDLE = (
    "display",
    "token:display",
    "token:named",
    "token:system_admin",
    "token:security_admin",
    "token:audit_admin",
)
"""Who changes nothing at all."""
