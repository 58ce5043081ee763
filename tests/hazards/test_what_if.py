"""推演: what colours would be left if overdue major hazards were closed off; nothing is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import TimeMachineFixture

from anwei.hazards.models import Hazard
from anwei.sites.live.colouring import recolour_all
from anwei.sites.live.rules import rules_in_force
from anwei.sites.live.what_if import what_if
from anwei.sites.models import Enterprise, Licence, LiveColour
from tests.hazards.conftest import Safe
from tests.hazards.doors import MAJOR, act, file, signed_in
from tests.kernel.county import NOW, county_clerk

LATER = NOW + timedelta(days=20)


@pytest.fixture
def overdue(safe: Safe, time_machine: TimeMachineFixture) -> Hazard:
    """A major hazard ten days past its limit, at a plant with a licence that has ended."""
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    orderer = hazard.supervisor.holdings.order_by("pk").last()
    assert orderer is not None
    assert act(orderer.person, hazard, "order", **MAJOR).status_code == 302
    Licence.objects.create(
        enterprise=safe.county.enterprise,
        kind="safety",
        number="AX-1",
        expires_on=(NOW - timedelta(days=5)).date(),
    )
    time_machine.move_to(LATER)
    recolour_all(LATER)
    return hazard


def test_closing_off_what_is_overdue_leaves_what_else_colours_the_plant(safe: Safe, overdue: Hazard) -> None:
    plant = safe.county.enterprise
    before = LiveColour.objects.get(pk=plant.pk)
    assert before.colour == "red"
    found = what_if(Enterprise.objects.all(), ["major_hazards_overdue"])
    (turned,) = found.turned
    assert turned.enterprise == plant and (turned.before, turned.after) == ("red", "orange")
    assert {fact.key for fact in turned.facts} == {
        *("major_hazards_overdue", "major_hazards_open", "cases_overdue")  # all three of the same hazard
    }
    assert found.n_settled == 1
    assert {colour: (now, then) for colour, now, then in found.counts}["red"] == (1, 0)
    (place,) = found.places
    assert (place.name, place.before, place.after) == ("甲镇", "red", "orange")
    assert LiveColour.objects.get(pk=plant.pk).colour == "red"
    act(safe.verifier, overdue, "nothing")  # the page of the hazard still shows it open
    overdue.refresh_from_db()
    assert overdue.closed_at is None


def test_the_page_asks_first_what_leaders_ask_and_reckons_what_is_ticked(safe: Safe, overdue: Hazard) -> None:
    client = signed_in(safe.verifier)
    page = client.get("/risks/what-if/").content.decode()
    assert "办结 1 项后，1 家企业变色" in page and overdue.number in page
    assert "颜色最高的一级降为" in page and 'id="kept"' not in page
    licence = client.get("/risks/what-if/?asked=1&fact=licences_expired").content.decode()
    numbers = [rule.fact for rule in rules_in_force().rules]
    place = numbers.index("major_hazards_overdue") + 1
    why = f"规则第 {place} 条：从 1 起升到红色"
    assert f"仍有“逾期未整改的重大隐患”1 项，{why}" in licence  # of the plant
    assert "1 家企业办结后颜色不变" in licence and "颜色最高的一级仍为" in licence
    assert f"仍有“逾期未整改的重大隐患”（{why}）1 家" in licence
    rules = signed_in(county_clerk()).get("/risks/colour-rules/").content.decode()
    assert f'<td class="muted">{place}</td>' in rules
    LiveColour.objects.filter(pk=safe.county.enterprise.pk).update(static="red")
    static = client.get("/risks/what-if/?asked=1&fact=major_hazards_overdue&fact=licences_expired")
    assert "静态等级即为红色，须重新评估、降低静态等级才能下降" in static.content.decode()
    LiveColour.objects.filter(pk=safe.county.enterprise.pk).update(static="")
    everything = client.get("/risks/what-if/?asked=1&fact=major_hazards_overdue&fact=licences_expired")
    assert "办结 2 项后，1 家企业变色" in everything.content.decode()
    nothing = client.get("/risks/what-if/?asked=1").content.decode()
    assert "家企业变色" not in nothing and "fact=" not in nothing
    assert client.get("/risks/what-if/?asked=1&fact=x").status_code == 200


def test_one_sees_only_ones_own_and_an_enterprise_nothing(safe: Safe, overdue: Hazard) -> None:
    assert signed_in(safe.county.boss).get("/risks/what-if/").status_code == 403
    page = signed_in(safe.county.regulator).get("/risks/what-if/").content.decode()  # of coal
    assert overdue.number not in page and str(safe.county.enterprise) not in page
