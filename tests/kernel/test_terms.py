"""Terms of office and duties in a sector never overlap themselves, and what is over stays what it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from anwei.ledgers.examination import Examination
from anwei.org.models import Holding, Person, Post, SectorDuty, Unit
from anwei.org.services import OrgError, appoint, assign_sector, create_person
from anwei.sites.queries import regulators_of
from tests.kernel.county import NOW, County, in_post
from tests.ledgers.sheets import write

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
HEADERS = ["单位", "职务", "姓名", "任职时间", "离任时间"]


@pytest.fixture
def office(county: County) -> Person:
    """A clerk who may fill the posts of the plant."""
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory="999001")
    return in_post("office", Post.objects.create(unit=unit, kind="officer", title="干事"))


def term(county: County, begins: date, ends: date | None) -> Holding:
    person = Person.objects.filter(full_name="老厂长").first()
    person = person or create_person(username="laochang", full_name="老厂长", actor=None, now=NOW)[0]
    return appoint(person, county.principal, actor=None, now=NOW, from_on=begins, to_on=ends)


def listed(office: Person, *terms: tuple[str, str]) -> Examination:
    lines = [["甲化工厂", "厂长", "老厂长", *days] for days in terms]
    return write("roster", [HEADERS, *lines], actor=office, reason="名册", doubtful=True)


def days(county: County) -> list[tuple[date, date | None]]:
    rows = Holding.objects.filter(person__full_name="老厂长", post=county.principal)
    return list(rows.order_by("from_on").values_list("from_on", "to_on"))


def test_nobody_holds_one_post_twice_on_one_day(county: County) -> None:
    begun = TODAY - timedelta(days=30)
    term(county, begun, None)
    for first, last in ((begun - timedelta(days=30), None), (begun - timedelta(days=30), begun)):
        with pytest.raises(OrgError, match="已在"):
            term(county, first, last)
    term(county, begun - timedelta(days=30), begun - timedelta(days=1))
    assert len(days(county)) == 2


def test_a_second_term_in_a_list_is_a_term_of_its_own(county: County, office: Person) -> None:
    first = (date(2019, 1, 1), date(2021, 12, 31))
    term(county, *first)
    found = listed(office, ("2024-01-01", "至今"))
    assert found.counts["refused"] == 0 and days(county) == [first, (date(2024, 1, 1), None)]
    listed(office, ("2024-01-01", "至今"), ("2019-01-01", "2021-12-31"))
    assert days(county) == [first, (date(2024, 1, 1), None)]


def test_a_list_does_not_reopen_or_move_a_term_that_is_over(county: County, office: Person) -> None:
    first = (date(2019, 1, 1), date(2021, 12, 31))
    term(county, *first)
    for told in (("2019-01-01", "2025-12-31"), ("2019-01-01", "2020-12-31")):
        listed(office, told)
    assert days(county) == [first]


def test_two_terms_come_in_by_one_list(county: County, office: Person) -> None:
    found = listed(office, ("2019-01-01", "2021-12-31"), ("2024-01-01", "至今"))
    assert found.counts["refused"] == 0
    assert days(county) == [(date(2019, 1, 1), date(2021, 12, 31)), (date(2024, 1, 1), None)]


def assign(unit: Unit, **more: Any) -> SectorDuty:
    words = {"lead": True, "from_on": TODAY, "document": "测政〔2026〕1号", "actor": None, "now": NOW}
    return assign_sector("fire", unit, **{**words, **more})


def test_a_department_leads_a_sector_once_on_every_day(county: County) -> None:
    unit = county.duty.unit
    old = assign(unit, from_on=TODAY - timedelta(days=90))
    SectorDuty.objects.filter(pk=old.pk).update(to_on=TODAY + timedelta(days=40))
    assign(unit)
    assert SectorDuty.objects.on(TODAY).filter(sector="fire", unit=unit).count() == 1
    with pytest.raises(OrgError, match="须更晚"):
        assign(unit, from_on=TODAY - timedelta(days=10))


def test_the_enterprise_page_names_the_regulators_of_today(county: County) -> None:
    coal = county.regulator.holdings.get().post.unit
    SectorDuty.objects.create(sector="chemical", unit=coal, lead=False, to_on=TODAY - timedelta(days=1))
    assert [duty.unit for duty in regulators_of(county.enterprise, TODAY)] == [county.duty.unit]
    client = Client()
    client.force_login(county.officer)
    assert "测试县煤炭局" not in client.get(f"/enterprises/{county.enterprise.pk}/").content.decode()


def test_no_register_gives_somebody_the_number_or_name_of_another(county: County, office: Person) -> None:
    Person.objects.filter(pk=county.boss.pk).update(phone="13800000009")
    stranger, _none = create_person(username="li", full_name="李四", actor=None, now=NOW, may_log_in=False)
    client = Client()
    client.force_login(office)
    door = f"/ledgers/people/{stranger.pk}/edit/"
    for change in ({"username": "13800000009"}, {"username": "li", "phone": "13800000009"}):
        answer = client.post(door, {"full_name": "李四", **change, "reason": "试", "confirmed": "1"})
        assert answer.status_code == 422
    boss = {"full_name": county.boss.full_name, "username": "renamed", "reason": "试", "confirmed": "1"}
    assert client.post(f"/ledgers/people/{county.boss.pk}/edit/", boss).status_code == 422
    assert set(
        Person.objects.filter(pk__in=[stranger.pk, county.boss.pk]).values_list("username", flat=True)
    ) == {
        "li",
        "boss",
    }
