"""A body that is no more is closed on a day with a reason, once nothing hangs on it; then it asks for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anwei.org.gaps import public_gaps
from anwei.org.letters import letters
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.register_rules import unit_choices
from anwei.org.roster import Roster
from anwei.org.services import OrgError, create_post
from tests.kernel.county import COUNTY, NOW, County, county_clerk, in_post, open_repair

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def mistake(county: County) -> Unit:
    """What an import made of a department's short name."""
    Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    return Unit.objects.create(kind="department", name="县应急局", territory=COUNTY)


def close(person: Person, unit: Unit, reason: str = "误登记") -> str:
    """Send the page's form that ends a row; return what the page says then."""
    client = Client()
    client.force_login(person)
    return client.post(f"/ledgers/units/{unit.pk}/end/", {"reason": reason}, follow=True).content.decode()


def closed(unit: Unit) -> bool:
    return Unit.objects.get(pk=unit.pk).closed_on is not None


def asked_for(unit: Unit) -> list[Any]:
    """Where a unit is still asked for something or offered."""
    found: list[Any] = [gap for gap in public_gaps(Roster(TODAY)) if gap.unit == unit.pk]
    found += [letter for letter in letters(TODAY.year) if letter.lower == unit]
    return found + [name for pk, name in unit_choices(None) if pk == unit.pk]


def test_a_unit_made_by_mistake_is_closed_and_asks_for_nothing(mistake: Unit) -> None:
    clerk = county_clerk()
    assert len(asked_for(mistake)) == 3  # no head, no letter, and a choice
    assert "停用须说明理由" in close(clerk, mistake, reason="") and not closed(mistake)
    close(clerk, mistake)
    assert Unit.objects.get(pk=mistake.pk).closed_on == TODAY
    assert asked_for(mistake) == []
    with pytest.raises(OrgError, match="撤销"):
        create_post(Unit.objects.get(pk=mistake.pk), "officer", "干事", actor=None, now=NOW)


def test_a_unit_with_holders_children_or_open_cases_is_not_closed(county: County, mistake: Unit) -> None:
    clerk = county_clerk()
    post = Post.objects.create(unit=mistake, kind="officer", title="干事")
    in_post("newcomer", post)
    child = Unit.objects.create(kind="department", name="执法队", territory=COUNTY, parent=mistake)
    case = open_repair(county)
    type(case).objects.filter(pk=case.pk).update(implementer=post)
    page = close(clerk, mistake)
    assert "1 名在任人员、1 个下级单位、1 件未办结事项，不能撤销" in page and not closed(mistake)
    Holding.objects.filter(post=post).update(to_on=TODAY - timedelta(days=1))
    type(case).objects.filter(pk=case.pk).update(implementer=county.principal)
    close(clerk, child)
    close(clerk, mistake)
    assert closed(child) and closed(mistake)


def test_nobody_closes_what_they_do_not_stand_over(county: County, mistake: Unit) -> None:
    close(county.townsman, mistake)
    close(county.officer, Unit.objects.get(name="测试县人民政府"))
    assert not Unit.objects.filter(closed_on__isnull=False).exists()
