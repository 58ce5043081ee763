"""The register of who answers for which sector: a row that passes on leaves no old duty in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from anwei.ledgers.models import Change
from anwei.org.models import Person, SectorDuty, Unit
from tests.kernel.county import NOW, County, county_clerk

pytestmark = pytest.mark.db
SignIn = Callable[[Person], Client]
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
BEGUN = TODAY - timedelta(days=50)


@pytest.fixture
def coal(county: County) -> SectorDuty:
    """The coal department's duty, since seven weeks."""
    duty = SectorDuty.objects.get(sector="coal")
    duty.from_on = BEGUN
    duty.save()
    return duty


def sent(client: Client, duty: SectorDuty, **typed: str) -> Any:
    address = f"/ledgers/sector-duties/{duty.pk}/edit/"
    page = client.get(address)
    fields = {field.column.name: field.text for field in page.context["fields"]}
    return client.post(address, {**fields, "seen": page.context["seen"], "confirmed": "1", **typed})


def terms(**of: object) -> list[tuple[str, str, date | None, date | None]]:
    rows = SectorDuty.objects.filter(**of).order_by("pk")
    return list(rows.values_list("sector", "unit__name", "from_on", "to_on"))


def test_a_sector_that_passes_to_another_department_is_led_by_one(
    county: County, coal: SectorDuty, sign_in: SignIn
) -> None:
    authority = Unit.objects.get(name="测试县应急管理局")
    assert sent(sign_in(county_clerk()), coal, unit=authority.name).status_code == 302
    assert terms(sector="coal") == [
        ("coal", "测试县煤炭局", BEGUN, YESTERDAY),
        ("coal", "测试县应急管理局", TODAY, None),
    ]
    log = Change.objects.filter(register="org.sector", row="coal").order_by("number")
    assert [one.verb for one in log] == ["end", "assign"]


def test_a_department_whose_row_names_another_sector_answers_for_that_alone(
    county: County, coal: SectorDuty, sign_in: SignIn
) -> None:
    begins = TODAY + timedelta(days=7)
    answer = sent(sign_in(county_clerk()), coal, sector="工贸", from_on=begins.isoformat())
    assert answer.status_code == 302
    assert terms(unit=coal.unit) == [
        ("coal", "测试县煤炭局", BEGUN, begins - timedelta(days=1)),
        ("industry", "测试县煤炭局", begins, None),
    ]
    assert Change.objects.filter(register="org.sector", row="coal", verb="end").exists()


def test_a_duty_that_ends_before_the_change_keeps_its_last_day(
    county: County, coal: SectorDuty, sign_in: SignIn
) -> None:
    coal.to_on = TODAY + timedelta(days=3)
    coal.save()
    begins = TODAY + timedelta(days=7)
    changes = {"unit": "测试县应急管理局", "from_on": begins.isoformat()}
    assert sent(sign_in(county_clerk()), coal, **changes).status_code == 302
    assert [last for *_head, last in terms(sector="coal")] == [TODAY + timedelta(days=3), None]


def test_a_change_before_the_duty_began_is_refused_and_changes_nothing(
    county: County, coal: SectorDuty, sign_in: SignIn
) -> None:
    before = BEGUN - timedelta(days=1)
    changes = {"unit": "测试县应急管理局", "from_on": before.isoformat()}
    assert sent(sign_in(county_clerk()), coal, **changes).status_code == 422
    assert terms(sector="coal") == [("coal", "测试县煤炭局", BEGUN, None)]
