"""What leaders read on the cockpit of hazards and accidents is what stands behind its doors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from time_machine import TimeMachineFixture

from tests.emergency.test_accidents import accident
from tests.hazards.doors import MAJOR, act, file
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN
from tests.oversight.conftest import Governed
from tests.oversight.test_figures import browse
from tests.oversight.test_targets import target
from tests.portal.test_cockpit import figures

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_the_cards_count_what_the_registers_show(
    governed: Governed, time_machine: TimeMachineFixture
) -> None:
    hazard = file(governed.officer, governed.county.enterprise.pk)
    holder = hazard.supervisor.holdings.order_by("pk").last()
    assert holder is not None and act(holder.person, hazard, "order", **MAJOR).status_code == 302
    accident(happened_on=date(2026, 2, 2), deaths=1)
    accident(happened_on=date(2026, 10, 24), territory=OTHER_TOWN, sector="coal", deaths=2)
    accident(happened_on=date(2025, 12, 31), deaths=5)
    target("deaths", 2)
    time_machine.move_to(NOW + timedelta(days=20))
    leader = browse(governed.leader)
    page = leader.get("/").content.decode()
    shown = figures(leader)
    assert (shown["major"][0], shown["accidents"][0]) == ("1", "2")
    assert "超期未改 1" in page and "死亡 3 人，全年控制 2 人" in page
    assert hazard.number in leader.get(shown["major"][1]).content.decode()
    assert leader.get(shown["accidents"][1]).context["listing"].count == 2
    townsman = browse(governed.county.townsman)
    assert figures(townsman)["accidents"][0] == "1"


def test_a_target_of_a_township_is_not_the_county_s(governed: Governed) -> None:
    target("deaths", 9, COUNTY + "101")
    assert "死亡 0 人</small>" in browse(governed.leader).get("/").content.decode()
