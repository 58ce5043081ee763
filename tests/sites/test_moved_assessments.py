"""An assessment is seen by who sees what was assessed: it goes along when that moves, for both its regulators."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Proposal
from anwei.org.models import Person, Post, Unit
from anwei.sites.expiries.kinds import expiries
from anwei.sites.models import Assessment, Chemical, Enterprise, RiskPoint, Site
from anwei.sites.risks.assessing import rate_point
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, County, county_clerk, in_post
from tests.sites.proposals import decided, sent
from tests.sites.risks import chemical, confirmed, installation, place, point

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


@pytest.fixture
def ammonia(county: County) -> Chemical:
    """40 t in a unit, and a risk point, both assessed and confirmed."""
    made = chemical(installation(county.enterprise, people=0), 40)
    tank = point(place(county.enterprise))
    rate_point(tank, "lec", {"L": "1", "E": "3", "C": "40"}, actor=county.worker, now=NOW)
    for one in Assessment.objects.all():
        confirmed(one, county.officer)
    return made


@pytest.fixture
def other_townsman(county: County) -> Person:
    unit = Unit.objects.create(kind="township", name="乙镇人民政府", territory=OTHER_TOWN)
    return in_post("neighbour", Post.objects.create(unit=unit, kind="officer", title="安监员"))


def opened(client: Client) -> list[int]:
    """Return how the pages of all assessments answer: the unit's, then the point's."""
    rows = Assessment.objects.order_by("method")
    assert [one.method for one in rows] == ["gb18218", "lec"]
    return [client.get(reverse("risk_assessment", args=[one.pk])).status_code for one in rows]


def moved_by_register(clerk: Client, enterprise: Enterprise) -> Any:
    return sent(clerk, "enterprises", enterprise, territory="乙镇")


def moved_by_act(clerk: Client, enterprise: Enterprise) -> Any:
    address = reverse("place_unit", args=[enterprise.unit_id])
    return clerk.post(address, {"territory": OTHER_TOWN, "reason": "区划调整"})


@pytest.mark.parametrize("move", [moved_by_register, moved_by_act])
def test_they_move_with_the_enterprise_to_another_township(
    county: County, browse: Browse, ammonia: Chemical, other_townsman: Person, move: Callable[..., Any]
) -> None:
    far = max(one.review_on for one in Assessment.objects.all() if one.review_on)
    assert opened(browse(county.townsman)) == [200, 200] and opened(browse(other_townsman)) == [404, 404]
    assert move(browse(county_clerk()), county.enterprise).status_code == 302
    assert opened(browse(county.townsman)) == [404, 404] and opened(browse(other_townsman)) == [200, 200]
    assert opened(browse(county.worker)) == [200, 200]
    listed = browse(other_townsman).get(reverse("risk_assessments")).content.decode()
    assert all(reverse("risk_assessment", args=[one.pk]) in listed for one in Assessment.objects.all())
    assert "assessments" in {one.kind.code for one in expiries(other_townsman, far)}
    assert "assessments" not in {one.kind.code for one in expiries(county.townsman, far)}


def test_they_follow_the_sector_of_the_enterprise(county: County, browse: Browse, ammonia: Chemical) -> None:
    authority = Unit.objects.get(name="测试县应急管理局")
    chemist = in_post("chemist", Post.objects.create(unit=authority, kind="officer", title="化工科员"))
    assert opened(browse(county.regulator)) == [404, 404] and opened(browse(chemist)) == [200, 200]
    assert sent(browse(county_clerk()), "enterprises", county.enterprise, sector="煤矿").status_code == 302
    assert opened(browse(county.regulator)) == [200, 200] and opened(browse(chemist)) == [404, 404]


def test_that_of_a_point_follows_its_place_and_the_point_to_another_place(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    clerk, site = browse(county_clerk()), Site.objects.get()
    assert sent(clerk, "sites", site, enterprise="乙煤矿").status_code == 302
    assert opened(browse(county.stranger)) == [404, 200] and opened(browse(county.worker)) == [200, 404]
    assert opened(browse(county.regulator)) == [404, 200] and opened(browse(county.townsman)) == [200, 404]
    back = place(county.enterprise, "GQ-02", "库房")
    assert sent(clerk, "risk-points", RiskPoint.objects.get(), site=back.code).status_code == 302
    assert opened(browse(county.worker)) == [200, 200] and opened(browse(county.stranger)) == [404, 404]


def test_a_place_that_lay_elsewhere_stays_there_with_what_was_assessed(
    county: County, browse: Browse, ammonia: Chemical, other_townsman: Person
) -> None:
    Site.objects.update(territory=f"{OTHER_TOWN}201")
    Assessment.objects.filter(method="lec").update(territory=f"{OTHER_TOWN}201")
    clerk = browse(county_clerk())
    assert sent(clerk, "enterprises", county.enterprise, territory="测试县").status_code == 302
    assert opened(browse(county.townsman)) == [404, 404] and opened(browse(other_townsman)) == [404, 200]


def test_the_regulator_of_the_second_sector_works_as_that_of_the_first(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    Enterprise.objects.filter(pk=county.enterprise.pk).update(second_sector="coal")
    client = browse(county.regulator)
    assert opened(client) == [200, 404]  # the place of the point has a sector of its own
    assert sent(client, "enterprises", county.enterprise, workers="7").status_code == 302
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="600").status_code == 302
    assert decided(client, Proposal.objects.get(), "confirm") == 302
    waiting = Assessment.objects.get(confirmed_at=None)
    ticked = {"point": [*range(len(waiting.result["confirm"]))]}
    act = reverse("risk_assessment_act", args=[waiting.pk, "confirm"])
    assert client.post(act, ticked).status_code == 302
    ammonia.refresh_from_db()
    assert sent(client, "chemicals", ammonia, design_t="500").status_code == 302


def test_who_sits_in_the_enterprise_moves_it_by_no_door_alone(county: County, browse: Browse) -> None:
    clerk = county_clerk()
    assert moved_by_act(browse(clerk), county.enterprise).status_code == 302
    both = in_post("both", clerk.holdings.get().post, county.principal)
    address = reverse("place_unit", args=[county.enterprise.unit_id])
    answer = browse(both).post(address, {"territory": TOWN, "reason": "搬回"})
    assert answer.status_code in (200, 422) and "您在这家企业任职" in answer.content.decode()
    county.enterprise.unit.refresh_from_db()
    assert county.enterprise.unit.territory == OTHER_TOWN


def test_the_migration_puts_in_step_what_moved_before(county: County, ammonia: Chemical) -> None:
    Assessment.objects.update(territory=OTHER_TOWN, sector="coal", owner=county.other_enterprise)
    Assessment.objects.filter(point=None).update(owner=county.enterprise)
    migration = import_module("anwei.sites.migrations.0010_assessments_in_step_one_trial")
    migration.put_assessments_in_step(apps, None)
    rows = Assessment.objects.values_list("territory", "sector", "owner").distinct()
    assert [*rows.order_by()] == [(TOWN, "chemical", county.enterprise.pk)]
