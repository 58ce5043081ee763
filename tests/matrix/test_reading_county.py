"""What the county and its screens read, and that its three administrators read no business."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import crawl
from tests.matrix.headers import ELSEWHERE, NAMES
from tests.matrix.world import PLACES, World

pytestmark = pytest.mark.django_db
ROLES = (
    pytest.param("office", marks=pytest.mark.db),  # on PostgreSQL it runs the queries of every page
    "leader",
    "display",
    "system_admin",
    "security_admin",
    "audit_admin",
)
LURE = "&".join(f"{name}={ELSEWHERE[0]}" for name in NAMES)


@pytest.mark.parametrize("name", ROLES)
def test_every_door_and_what_is_heard_behind_it(world: World, visitors: dict[str, Caller], name: str) -> None:
    """All but the office also try at every door to be sent elsewhere."""
    walked = crawl(world, visitors[name], name, lure="" if name == "office" else LURE)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > 200
    assert walked.counts["questions"] > (5 if name.endswith("admin") else -1)
    if name in ("office", "leader"):
        assert walked.counts["exports"] > 10
        # all canaries are there to be heard, packed and plain: silence elsewhere means something
        assert min(walked.counts[place] for place in PLACES) > 20, walked.counts
        assert walked.counts["packed"] > 8
