"""Who stands over whom: a body is moved only by who stands over it as it was and as it would be."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anwei.ledgers.models import Change
from anwei.org.models import Person, Post, Territory, Unit
from anwei.org.rights import may_fill
from anwei.org.services import OrgError, place_unit
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN, County, in_post

pytestmark = pytest.mark.django_db
REFUSAL = "由该单位和新上级单位的上级办理"


@pytest.fixture
def government() -> Unit:
    return Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)


def clerk(unit: Unit) -> Person:
    return in_post(f"clerk{unit.pk}", Post.objects.create(unit=unit, kind="officer", title="干事"))


def save(person: Person, unit: Unit | None, **values: Any) -> Any:
    client = Client()
    client.force_login(person)
    row = {} if unit is None else {"name": unit.name, "kind": unit.kind, "territory": unit.territory}
    door = "/ledgers/units/new/" if unit is None else f"/ledgers/units/{unit.pk}/edit/"
    return client.post(door, {**row, **values, "reason": "调整", "confirmed": "1"})


def test_no_body_is_put_under_the_own_one_to_rule_it(county: County, government: Unit) -> None:
    mayor = Post.objects.create(unit=government, kind="principal", title="县长")
    answer = save(county.officer, government, parent=county.duty.unit.name)
    assert answer.status_code == 422 and REFUSAL in answer.content.decode()
    government.refresh_from_db()
    assert government.parent is None and not may_fill(county.officer, mayor)


def test_a_township_does_not_take_the_party_committee_beside_it(county: County) -> None:
    party = Unit.objects.create(kind="party", name="甲镇党委", territory=TOWN)
    own = county.townsman.holdings.get().post.unit
    assert save(county.townsman, party, parent=own.name).status_code == 422
    assert not Change.objects.filter(register="org.unit", verb="update").exists()


def test_nobody_makes_a_body_that_leads_where_the_own_one_does_not(county: County) -> None:
    for values in (
        {"name": "新安委办", "kind": "committee_office", "territory": COUNTY},
        {"name": "新政府", "kind": "government", "territory": COUNTY, "parent": county.duty.unit.name},
    ):
        assert save(county.officer, None, **values).status_code == 422
        assert not Unit.objects.filter(name=values["name"]).exists()
    Territory.objects.create(code=f"{TOWN}002", name="甲二村")
    village = {"name": "甲二村委会", "kind": "village", "territory": f"{TOWN}002"}
    assert save(county.townsman, None, **village).status_code == 302


def test_a_township_is_not_made_the_county_s_by_its_kind_or_place(county: County) -> None:
    town = county.townsman.holdings.get().post.unit
    assert save(county.officer, town, territory=COUNTY).status_code == 422
    with pytest.raises(OrgError, match=REFUSAL):
        place_unit(town, COUNTY, actor=county.officer, now=NOW, reason="试")
    town.refresh_from_db()
    assert town.territory == TOWN


def test_who_stands_over_both_moves_a_body_and_rings_are_refused(county: County, government: Unit) -> None:
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    secretary, coal = clerk(office), county.regulator.holdings.get().post.unit
    assert save(secretary, coal, parent=county.duty.unit.name).status_code == 302
    coal.refresh_from_db()
    assert coal.parent == county.duty.unit
    ring = save(secretary, county.duty.unit, parent=coal.name)
    assert ring.status_code == 422 and "自己的下级" in ring.content.decode()
    county.duty.unit.refresh_from_db()
    assert county.duty.unit.parent is None


def test_the_place_of_a_body_is_moved_by_who_leads_both_places(county: County, government: Unit) -> None:
    town = Unit.objects.get(name="甲镇人民政府")
    assert (
        place_unit(town, OTHER_TOWN, actor=clerk(government), now=NOW, reason="撤乡并镇").territory
        == OTHER_TOWN
    )
