"""Assessments that wait for a second person: on the desks of those who may confirm, told of once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.cases.models import Notice
from anwei.cases.views import lists
from anwei.ledgers.models import Proposal
from anwei.org.models import Person
from anwei.org.services import delegate
from anwei.sites.models import Assessment, Chemical, RiskPoint
from anwei.sites.risks.assessing import diagnose_enterprise, rate_point
from anwei.sites.risks.confirming import send_back
from anwei.sites.risks.form19 import answers_in
from tests.kernel.county import NOW, County, in_post
from tests.sites.proposals import sent
from tests.sites.risks import chemical, confirmed, installation, no_to_all, place, point

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
LEC = {"L": "6", "E": "6", "C": "15"}  # D = 540: red
EVERYBODY = ("boss", "officer", "worker", "townsman", "regulator", "stranger")


@pytest.fixture
def tank(county: County) -> RiskPoint:
    return point(place(county.enterprise))


def rated(tank: RiskPoint, by: Person) -> Assessment:
    return rate_point(tank, "lec", LEC, actor=by, now=NOW)


def on_desk(client: Client) -> tuple[int, list[str]]:
    """Return the count of the frame and the addresses of the assessments on the desk."""
    context = client.get("/work/").context
    assert context["desk"].n_todo == context["counts"]["todo"]
    lines = [line for heap in context["heaps"] for line in heap.lines if isinstance(line.row, Assessment)]
    return context["desk"].n_todo, [line.address for line in lines]


def told(address: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(url=address).order_by("pk").select_related("person"):
        found.setdefault(notice.person.username, []).append(notice.text)
    return found


def address_of(assessment: Assessment) -> str:
    return reverse("risk_assessment", args=[assessment.pk])


def test_it_lies_on_the_desks_of_exactly_those_who_may_confirm(
    county: County, browse: Browse, tank: RiskPoint
) -> None:
    both = in_enterprise_too(county)
    address = address_of(rated(tank, county.worker))
    desks = {name: on_desk(browse(getattr(county, name))) for name in EVERYBODY}
    assert desks.pop("officer") == desks.pop("townsman") == (1, [address])
    assert not any(addresses for _n, addresses in (*desks.values(), on_desk(browse(both))))
    page = browse(county.townsman).get("/work/").content.decode()
    for words in ("甲化工厂：氨储罐", "LEC 法", "重大·红", "worker", "起待复核", "去复核"):
        assert words in page


def in_enterprise_too(county: County) -> Person:
    """Return a clerk of the township who also sits in the enterprise."""
    return in_post("both", county.townsman.holdings.get().post, county.principal)


def test_an_official_s_own_waits_for_another(county: County, browse: Browse, tank: RiskPoint) -> None:
    made = rated(tank, county.officer)
    assert on_desk(browse(county.officer)) == (0, [])
    assert on_desk(browse(county.townsman)) == (1, [address_of(made)])
    assert [*told(address_of(made))] == ["townsman"]


@pytest.mark.parametrize("method", ["gb18218", "emerg2018_19", "lec"])
def test_every_method_waits_and_leaves_with_the_answer(
    county: County, browse: Browse, tank: RiskPoint, method: str
) -> None:
    if method == "lec":
        rated(tank, county.worker)
    elif method == "gb18218":
        chemical(installation(county.enterprise), 40)
    else:
        diagnose_enterprise(county.enterprise, answers_in(no_to_all()), actor=county.worker, now=NOW)
    made = Assessment.objects.get()
    client = browse(county.officer)
    assert on_desk(client) == (1, [address_of(made)])
    confirmed(made, county.townsman)
    assert on_desk(client) == (0, [])


def test_who_may_confirm_is_told_once_and_the_assessor_of_the_answer(county: County, tank: RiskPoint) -> None:
    in_enterprise_too(county)
    first = rated(tank, county.worker)
    text = "风险评估待复核：甲化工厂：氨储罐（LEC 法）。"
    assert told(address_of(first)) == {"officer": [text], "townsman": [text]}
    second = rated(tank, county.worker)  # takes the place of one that still waits
    assert told(address_of(second)) == {}
    send_back(second, "C 取值偏低", actor=county.officer, now=NOW)
    answer = ["您的评估被退回：甲化工厂：氨储罐（LEC 法）。退回理由：C 取值偏低"]
    assert told(address_of(second)) == {"worker": answer}
    third = rated(tank, county.worker)
    assert told(address_of(third)) == {"officer": [text], "townsman": [text]}
    confirmed(third, county.townsman)
    assert told(address_of(third))["worker"] == ["您的评估已复核确认：甲化工厂：氨储罐（LEC 法）。"]
    assert set(told(address_of(third))) == {"officer", "townsman", "worker"}


def test_a_deputy_who_may_not_confirm_is_not_asked(county: County, browse: Browse, tank: RiskPoint) -> None:
    deputy = in_post("deputy")
    delegate(
        county.duty,
        principal=county.officer,
        deputy=deputy,
        from_at=NOW,
        to_at=NOW + timedelta(days=1),
        reason="出差",
        actor=county.officer,
        now=NOW,
    )
    made = rated(tank, county.worker)
    assert set(told(address_of(made))) == {"officer", "townsman"}
    assert on_desk(browse(deputy)) == (0, [])
    address = reverse("risk_assessment_act", args=[made.pk, "return"])
    assert browse(deputy).post(address, {"reason": "C 取值偏低"}).status_code == 403


def test_confirming_locks_the_point_before_its_assessment_as_the_register_does(
    county: County, tank: RiskPoint
) -> None:
    """Two hands at one point wait for each other in one order, so neither is thrown out by a deadlock."""
    made = rated(tank, county.worker)
    with CaptureQueriesContext(connection) as asked:
        confirmed(made, county.officer)
    read = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    first = {
        table: next(n for n, sql in enumerate(read) if f'FROM "{table}"' in sql)
        for table in ("sites_riskpoint", "sites_assessment")
    }
    assert first["sites_riskpoint"] < first["sites_assessment"]
    if connection.vendor == "postgresql":
        assert "FOR UPDATE" in read[first["sites_riskpoint"]]


def test_the_database_wants_two_persons_and_a_reason(county: County, tank: RiskPoint) -> None:
    made = Assessment.objects.filter(pk=rated(tank, county.worker).pk)
    for values in (
        {"confirmed_at": NOW, "confirmed_by": county.worker},
        {"returned_at": NOW},
        {"return_reason": "C 取值偏低"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            made.update(**values)
    assert made.update(confirmed_at=NOW, confirmed_by=county.officer) == 1


def test_a_chemical_that_moves_leads_on_to_the_units_it_left_and_came_to(
    county: County, browse: Browse
) -> None:
    left, other = installation(county.enterprise), installation(county.enterprise, code="DY-2", name="氯库")
    moving = chemical(left, 40)
    chemical(left, 5, name="氯")
    chemical(other, 2, name="氯")
    for one in Assessment.objects.filter(confirmed_at=None).order_by("pk"):
        if not Assessment.objects.filter(installation=one.installation, pk__gt=one.pk).exists():
            confirmed(one, county.officer)
    before = Assessment.objects.count()
    assert sent(browse(county.worker), "chemicals", moving, installation="DY-2").status_code == 302
    client = browse(county.officer)
    answer = client.post(reverse("proposal_decide", args=[Proposal.objects.get().pk, "confirm"]))
    made = {one.installation: one for one in Assessment.objects.order_by("-pk")[:2]}
    assert set(made) == {left, other} and Assessment.objects.count() == before + 2
    assert {one.assessor for one in made.values()} == {county.worker}
    assert answer.headers["Location"] in {address_of(one) for one in made.values()}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "这家企业还有待您复核的：" in page
    assert all(address_of(one) in page for one in made.values() if address_of(one) != answer["Location"])
    moving.refresh_from_db()
    assert moving.installation == other


def test_a_chemical_taken_out_of_its_unit_leads_on_to_that(county: County, browse: Browse) -> None:
    left = installation(county.enterprise)
    moving: Chemical = chemical(left, 40)
    chemical(left, 5, name="氯")
    confirmed(Assessment.objects.order_by("-pk")[0], county.officer)
    assert sent(browse(county.worker), "chemicals", moving, installation="").status_code == 302
    act = reverse("proposal_decide", args=[Proposal.objects.get().pk, "confirm"])
    assert browse(county.officer).post(act).headers["Location"] == address_of(
        Assessment.objects.get(installation=left, confirmed_at=None, assessor=county.worker)
    )


def test_a_long_heap_shows_the_oldest_and_says_how_many_more(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = place(county.enterprise)
    first, *_rest = [rated(point(site, f"FX-{n}"), county.worker) for n in range(4)]
    monkeypatch.setattr(lists, "WORKS_A_PAGE", 2)
    client = browse(county.officer)
    n_todo, addresses = on_desk(client)
    assert (n_todo, len(addresses), addresses[0]) == (4, 2, address_of(first))
    assert "还有 2 份评估待复核" in client.get("/work/").content.decode()
    assert client.get("/work/?tab=done").context["counts"]["todo"] == 4
    assert "去复核" not in client.get("/work/?tab=done").content.decode()


def test_many_cost_the_desk_no_more_than_one(county: County, browse: Browse) -> None:
    site, client = place(county.enterprise), browse(county.officer)

    def n_queries() -> int:
        client.get("/work/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/work/")
        return len(queries)

    rated(point(site, "FX-0"), county.worker)
    for_one = n_queries()
    for n in range(1, 9):
        rated(point(site, f"FX-{n}"), county.worker)
    assert n_queries() == for_one


def test_an_enterprise_gets_rid_of_no_official_assessment_by_assessing_again(
    county: County, browse: Browse, tank: RiskPoint
) -> None:
    red = rated(tank, county.townsman)
    later = rate_point(tank, "lec", {**LEC, "C": "1"}, actor=county.worker, now=NOW + timedelta(minutes=1))
    officer = browse(county.officer)
    assert {*on_desk(officer)[1]} == {address_of(red), address_of(later)}
    ticked = {"point": [*range(len(red.result["confirm"]))]}
    assert officer.post(f"{address_of(red)}confirm/", ticked).status_code == 302
    tank.refresh_from_db()
    assert tank.grade == "red"
    own = rate_point(tank, "lec", LEC, actor=county.worker, now=NOW + timedelta(minutes=2))
    assert on_desk(officer)[1] == [address_of(own)]  # one's own is mended by one's next
