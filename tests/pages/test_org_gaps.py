"""责任真空 on the page: each kind of gap appears, its form fills it, and it is gone; scope and record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anwei.org.gap_records import open_since, record_gaps, trend
from anwei.org.gaps import Gap, GapKind, gaps
from anwei.org.models import GapRecord, Holding, Person, Post, SectorDuty, Unit
from anwei.org.services import designate
from anwei.sites.models import Site
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN, County, in_post

SignIn = Callable[[Person], Client]
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
REASON = {"reason": "责任落实"}
APPOINT = {
    "full_name": "新人",
    "phone": "13800000077",
    "from_on": TODAY,
    "document": "测任〔2026〕1号",
    **REASON,
}


@pytest.fixture
def filled(county: County) -> County:
    """The small county without any gap."""
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    other_town = Unit.objects.create(kind="township", name="乙镇人民政府", territory=OTHER_TOWN)
    bodies = [
        government,
        other_town,
        *Unit.objects.filter(name__in=("甲镇人民政府", "测试县应急管理局", "测试县煤炭局")),
    ]
    for number, unit in enumerate(bodies):
        in_post(f"head{number}", Post.objects.create(unit=unit, kind="principal", title="负责人"))
    other = county.other_enterprise.unit
    in_post("other-boss", Post.objects.create(unit=other, kind="principal", title="矿长"))
    Site.objects.create(enterprise=county.enterprise, code="t-1", name="一号罐区")
    assert gaps(TODAY) == []
    return county


def county_head() -> Person:
    """Somebody of the county's committee office, who fills the posts of every unit."""
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("county-head", Post.objects.create(unit=office, kind="principal", title="主任"))


@dataclass(frozen=True)
class Case:
    """How a gap comes about, and what is written into its form."""

    kind: GapKind
    break_it: Callable[[County], object]
    form: dict[str, object]


def never_held(county: County) -> None:
    Post.objects.create(unit=Unit.objects.get(name="甲镇人民政府"), kind="deputy", title="副镇长")


def no_post(county: County) -> None:
    Post.objects.filter(pk=county.safety.pk).update(kind="officer")


def left(county: County) -> None:
    Holding.objects.filter(post=county.principal).update(to_on=YESTERDAY)


def account_closed(county: County) -> None:
    Person.objects.filter(pk=county.boss.pk).update(is_active=False)


def expired(county: County) -> None:
    Holding.objects.filter(post=county.principal).update(term_on=YESTERDAY)


def unregulated(county: County) -> None:
    SectorDuty.objects.filter(sector="chemical").update(to_on=YESTERDAY)


def two_leads(county: County) -> None:
    SectorDuty.objects.create(
        sector="chemical", unit=Unit.objects.get(name="测试县煤炭局"), from_on=YESTERDAY
    )


def two_heads(county: County) -> None:
    in_post("second", county.principal)


def unplaced(county: County) -> None:
    Unit.objects.filter(pk=county.other_enterprise.unit_id).update(territory="")


def uncovered(county: County) -> None:
    Post.objects.filter(unit__name="甲镇人民政府", kind="principal").update(kind="deputy")


def department() -> str:
    return str(Unit.objects.get(name="测试县应急管理局").pk)


CASES = [
    Case(GapKind.NO_HOLDER, never_held, APPOINT),
    Case(GapKind.NO_HOLDER, no_post, {"title": "安全管理人员", **APPOINT}),
    Case(GapKind.HOLDER_LEFT, left, APPOINT),
    Case(GapKind.HOLDER_LEFT, account_closed, APPOINT),
    Case(
        GapKind.TERM_EXPIRED,
        expired,
        {"term_on": TODAY + timedelta(days=900), "document": "测任〔2026〕2号", **REASON},
    ),
    Case(
        GapKind.NO_REGULATOR,
        unregulated,
        {
            "sector": "chemical",
            "unit": department,
            "lead": "lead",
            "from_on": TODAY,
            "document": "测安委〔2026〕9号",
            **REASON,
        },
    ),
    Case(GapKind.TWO_CLAIMANTS, two_leads, {"last_on": YESTERDAY, **REASON}),
    Case(GapKind.TWO_CLAIMANTS, two_heads, {"last_on": YESTERDAY, **REASON}),
    Case(GapKind.NO_TERRITORY, unplaced, {"territory": OTHER_TOWN, **REASON}),
]


def page_gaps(client: Client, query: str = "") -> list[Gap]:
    page = client.get(f"/org/gaps/{query}")
    assert page.status_code == 200
    return [gap for gap, _since, _may_cure in page.context["rows"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.break_it.__name__}")
def test_a_gap_appears_and_its_form_fills_it(case: Case, filled: County, sign_in: SignIn) -> None:
    client = sign_in(county_head())
    assert page_gaps(client) == []
    case.break_it(filled)
    [gap] = page_gaps(client)
    assert gap.kind == case.kind and gap.cure_label
    text = client.get("/org/gaps/").content.decode()
    assert gap.sentence in text and str(case.kind.label) in text
    form = client.get(gap.cure_url)
    assert form.status_code == 200 and form.content.decode().count("<form") >= 1
    values = {name: value() if callable(value) else value for name, value in case.form.items()}
    answer = client.post(gap.cure_url, {**values, "came_from": "/org/gaps/"})
    errors = answer.context and answer.context["form"].errors
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/org/gaps/"), errors
    assert page_gaps(client) == []


def test_a_site_without_a_net_is_covered_by_a_designation(filled: County, sign_in: SignIn) -> None:
    client = sign_in(filled.officer)
    uncovered(filled)
    site_gap = next(gap for gap in page_gaps(client) if gap.kind == GapKind.UNCOVERED)
    assert "一号罐区" in site_gap.sentence and "属地责任" in site_gap.sentence
    deputy = Post.objects.get(unit__name="甲镇人民政府", kind="deputy")
    values = {
        "seat": "territory",
        "post": deputy.pk,
        "title": "包保责任人",
        "document": "测安委〔2026〕3号",
        "from_on": TODAY,
        **REASON,
    }
    assert client.post(site_gap.cure_url, values).status_code == 302
    assert GapKind.UNCOVERED not in {gap.kind for gap in page_gaps(client)}
    matrix = client.get("/org/responsibility/matrix/?holes=1").content.decode()
    assert "没有缺口" in matrix


def test_scope_and_filters(filled: County, sign_in: SignIn) -> None:
    left(filled)
    unregulated(filled)
    assert {gap.kind for gap in page_gaps(sign_in(filled.officer))} == {
        GapKind.HOLDER_LEFT,
        GapKind.NO_REGULATOR,
    }
    assert [gap.kind for gap in page_gaps(sign_in(filled.townsman))] == [GapKind.HOLDER_LEFT]
    assert page_gaps(sign_in(filled.regulator)) == []  # of coal
    assert [gap.kind for gap in page_gaps(sign_in(filled.worker))] == [GapKind.HOLDER_LEFT]
    assert page_gaps(sign_in(filled.stranger)) == []
    client = sign_in(filled.officer)
    assert len(page_gaps(client, f"?township={TOWN}")) == 1
    assert len(page_gaps(client, "?kind=no_regulator&sector=chemical")) == 1
    assert page_gaps(client, "?sector=coal") == []


@pytest.mark.parametrize("who", ["worker", "stranger", "regulator", "townsman"])
def test_only_who_sees_the_county_divides_sectors(who: str, filled: County, sign_in: SignIn) -> None:
    assert sign_in(getattr(filled, who)).get("/org/sectors/assign/?sector=coal").status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("townsman", 200), ("officer", 200), ("worker", 403), ("stranger", 403), ("regulator", 403)],
)
def test_who_may_appoint_in_an_enterprise(who: str, status: int, filled: County, sign_in: SignIn) -> None:
    client = sign_in(getattr(filled, who))
    assert client.get(f"/org/appoint/?post={filled.safety.pk}").status_code == status
    assert client.post(f"/org/appoint/?post={filled.safety.pk}", APPOINT).status_code == (
        302 if status == 200 else 403
    )


def test_an_enterprise_names_neither_its_supervisor_nor_its_place(filled: County, sign_in: SignIn) -> None:
    unit = filled.enterprise.unit
    row = designate(
        unit, "supervisor", filled.duty, title="包保", document="文", from_on=TODAY, actor=None, now=NOW
    )
    doors = (
        f"/org/designate/?unit={unit.pk}&seat=supervisor",
        f"/org/designations/{row.pk}/end/",
        f"/org/units/{unit.pk}/territory/",
    )
    boss, officer = sign_in(filled.boss), sign_in(filled.officer)
    assert (
        boss.get(f"/org/appoint/?post={filled.safety.pk}").status_code == 200
    )  # its own posts are its affair
    assert [boss.get(door).status_code for door in doors] == [403] * 3
    assert [officer.get(door).status_code for door in doors] == [200] * 3
    assert "/org/designate/" not in boss.get(f"/org/units/{unit.pk}/").content.decode()


def test_nobody_is_named_to_supervise_what_they_carry_out(filled: County, sign_in: SignIn) -> None:
    unit, officer = filled.enterprise.unit, sign_in(filled.officer)
    deputy = Post.objects.get(holdings__person=filled.townsman)
    door, named = (
        f"/org/designate/?unit={unit.pk}",
        {"title": "包保", "document": "文", "from_on": TODAY, **REASON},
    )

    def told(seat: str, post: Post) -> tuple[int, str]:
        answer = officer.post(door, named | {"seat": seat, "post": post.pk})
        return answer.status_code, answer.content.decode()

    assert told("supervisor", deputy)[0] == 302
    assert "不能既监督又落实" in told("implementer", deputy)[1]
    assert "不能监督自己" in told("supervisor", filled.safety)[1]
    assert unit.designations.count() == 1


def test_a_township_moves_nothing_out_of_its_own_sight(filled: County, sign_in: SignIn) -> None:
    unit, fields = filled.enterprise.unit, {"territory": OTHER_TOWN, "reason": "搬迁"}
    door = f"/org/units/{unit.pk}/territory/"
    assert sign_in(filled.townsman).post(door, fields).status_code == 403
    assert sign_in(filled.officer).post(door, fields).status_code == 302


def test_a_department_of_an_enterprise_is_no_public_body(filled: County, sign_in: SignIn) -> None:
    part = Unit.objects.create(
        kind="enterprise_part", name="一车间", parent=filled.enterprise.unit, territory=TOWN
    )
    foreman = in_post("foreman", Post.objects.create(unit=part, kind="officer", title="车间主任"))
    client = sign_in(foreman)
    assert client.get(f"/ledgers/enterprises/{filled.enterprise.pk}/edit/").status_code == 403
    assert client.get(f"/org/units/{filled.enterprise.unit_id}/territory/").status_code == 403


def test_nobody_appoints_oneself_or_an_administrator(filled: County, sign_in: SignIn) -> None:
    client = sign_in(county_head())
    head = Post.objects.get(unit__name="测试县人民政府")
    answer = client.post(
        f"/org/appoint/?post={head.pk}", {**APPOINT, "full_name": "county-head", "phone": ""}
    )
    assert "不能给自己" in answer.content.decode()
    keeper = Post.objects.create(unit=head.unit, kind="security_admin", title="安全保密管理员")
    assert client.get(f"/org/appoint/?post={keeper.pk}").status_code == 403


def test_the_night_records_when_a_gap_was_first_seen_and_that_it_closed(filled: County) -> None:
    left(filled)
    assert record_gaps(NOW) and not record_gaps(NOW)
    assert open_since(gaps(TODAY)) == {f"vacant:{filled.principal.pk}": TODAY}
    tomorrow = NOW + timedelta(days=1)
    Holding.objects.filter(post=filled.principal).update(to_on=None)
    assert record_gaps(tomorrow)
    assert GapRecord.objects.get().closed_on == tomorrow.date()
    assert trend() == [(TODAY, 1), (tomorrow.date(), 0)]
    assert timezone.localdate() == TODAY


def test_who_may_not_cure_sees_the_gap_without_its_form(filled: County, sign_in: SignIn) -> None:
    left(filled)
    door = f"/org/appoint/?post={filled.principal.pk}"
    assert door in sign_in(filled.townsman).get("/org/gaps/").content.decode()
    text = sign_in(filled.worker).get("/org/gaps/").content.decode()
    assert door not in text and "由主管此事的上级办理" in text


def test_nobody_is_offered_the_renewal_of_their_own_term(filled: County, sign_in: SignIn) -> None:
    own = Holding.objects.get(post=filled.principal)
    door, boss, townsman = f"/org/holdings/{own.pk}/", sign_in(filled.boss), sign_in(filled.townsman)
    for term_on in (YESTERDAY, TODAY + timedelta(days=9)):  # a gap, then an ending
        Holding.objects.filter(pk=own.pk).update(term_on=term_on)
        text = boss.get("/org/gaps/").content.decode()
        assert "任期" in text and door not in text and "由主管此事的上级办理" in text
        assert door in townsman.get("/org/gaps/").content.decode()


def test_an_official_is_offered_an_enterprise_only_where_the_form_opens(
    filled: County, sign_in: SignIn
) -> None:
    left(filled)
    door = f"/org/appoint/?post={filled.principal.pk}"
    for person in (filled.officer, filled.townsman, filled.worker, filled.regulator):
        client = sign_in(person)
        offered = door in client.get("/org/gaps/").content.decode()
        assert offered == (client.get(door).status_code == 200)
    unit = filled.enterprise.unit
    away = in_post("away", Post.objects.create(unit=unit, kind="officer", title="干事"))
    other = Unit.objects.get(name="测试县煤炭局")  # an official elsewhere, who sees the plant as its own
    clerk = Post.objects.create(unit=other, kind="officer", title="科员")
    Holding.objects.create(person=away, post=clerk, from_on=YESTERDAY)
    Unit.objects.filter(pk=unit.pk).update(territory="")  # the county's to fill until it lies somewhere
    client = sign_in(away)
    page = client.get("/org/gaps/")
    offered = door in page.content.decode()
    assert "离任后空缺" in page.content.decode()
    assert not offered and client.get(door).status_code == 403


def test_what_ends_within_a_month_is_told_calmly_and_is_no_gap(filled: County, sign_in: SignIn) -> None:
    client = sign_in(filled.officer)
    held = Holding.objects.filter(post=filled.principal)
    safety = Holding.objects.filter(post=filled.safety)
    held.update(term_on=TODAY + timedelta(days=31))
    assert client.get("/org/gaps/").context["ending"] == []
    held.update(term_on=TODAY + timedelta(days=30))
    safety.update(to_on=TODAY + timedelta(days=2))
    page = client.get("/org/gaps/")
    assert page.context["rows"] == [] and gaps(TODAY) == []
    soon = page.context["ending"]
    assert [one.days for one in soon] == [2, 30] and "即将到期" in page.content.decode()
    assert [one.cure_label for one in soon] == ["任命", "续任或离任"]
    assert client.get(soon[1].cure_url).status_code == client.get(soon[0].cure_url).status_code == 200
    assert len(client.get(f"/org/gaps/?township={TOWN}").context["ending"]) == 2
    assert client.get(f"/org/gaps/?township={OTHER_TOWN}").context["ending"] == []
    assert sign_in(filled.stranger).get("/org/gaps/").context["ending"] == []
    assert [one.may_cure for one in sign_in(filled.worker).get("/org/gaps/").context["ending"]] == [False] * 2
    in_post("successor", filled.safety)  # somebody who stays
    assert [one.days for one in client.get("/org/gaps/").context["ending"]] == [30]
    held.update(term_on=YESTERDAY)
    assert client.get("/org/gaps/").context["ending"] == [] and len(gaps(TODAY)) == 1


def test_a_hole_of_the_matrix_has_its_form_beside_it(filled: County, sign_in: SignIn) -> None:
    left(filled)
    SectorDuty.objects.filter(sector="chemical").update(to_on=YESTERDAY)
    door = f"/org/designate/?unit={filled.enterprise.unit_id}&amp;site=t-1&amp;seat=enterprise"
    text = sign_in(filled.officer).get("/org/responsibility/matrix/?holes=1").content.decode()
    assert door in text and "/org/sectors/assign/?sector=chemical" in text and text.count('class="hole"') == 2
    of_town = sign_in(filled.townsman).get("/org/responsibility/matrix/").content.decode()
    assert door in of_town and "/org/sectors/assign/" not in of_town
    assert "/org/designate/" not in sign_in(filled.worker).get("/org/responsibility/matrix/").content.decode()
