"""`visible_to` against the plain rule, on random grants and rows; and the check after a save."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.cases.models import Case
from anwei.org.holdings import Standing
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import Grant, ScopeColumns, ensure_visible, grants
from anwei.sites.models import Enterprise, Site
from tests.kernel.county import COUNTY, OTHER_TOWN, TOWN, County, build, in_post, make_enterprise, open_repair

SECTORS = ("coal", "chemical", "mine")
TERRITORIES = (COUNTY, TOWN, TOWN + "001", TOWN + "002", OTHER_TOWN, "999002", "999002101")

grant_lists = st.lists(
    st.builds(
        Grant,
        st.sampled_from(TERRITORIES),
        st.none() | st.frozensets(st.sampled_from(SECTORS)),
        st.none() | st.integers(1, 12),
    ),
    max_size=3,
)


def person_with(grants: list[Grant], *posts: Post) -> Person:
    person = Person(username="random")
    person._grants = tuple(grants)  # type: ignore[attr-defined]
    person._standing = Standing(posts, ())  # type: ignore[attr-defined]
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "territory"), [("township", ""), ("enterprise", COUNTY)])
def test_a_unit_of_no_place_or_no_enterprise_sees_nothing(kind: str, territory: str) -> None:
    county = build()
    unit = Unit.objects.create(kind=kind, name="不全的单位", territory=territory)
    person = in_post("incomplete", Post.objects.create(unit=unit, kind="officer", title="岗"))
    assert list(Enterprise.objects.visible_to(person)) == []
    assert Enterprise.objects.visible_to(county.officer).count() == 2


@pytest.mark.django_db
def test_a_part_of_an_enterprise_without_a_record_sees_nothing() -> None:
    county = build()
    whole = Unit.objects.create(kind="enterprise", name="无档案的企业", territory=COUNTY)
    for parent, n_seen in ((whole, 0), (county.enterprise.unit, 1)):
        part = Unit.objects.create(
            kind="enterprise_part", name=f"{parent}安全科", territory=COUNTY, parent=parent
        )
        person = in_post(f"part{n_seen}", Post.objects.create(unit=part, kind="safety", title="科员"))
        assert Enterprise.objects.visible_to(person).count() == n_seen


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_sees_no_business(kind: str) -> None:
    county = build()
    person = in_post(kind, Post.objects.create(unit=county.duty.unit, kind=kind, title="管理员"))
    assert grants(person) == ()


@pytest.mark.django_db
def test_visible_to_is_the_union_of_what_grants_cover() -> None:
    county = build()
    for n, territory in enumerate(TERRITORIES[1:]):
        made = make_enterprise(f"企业{n}", territory, SECTORS[n % 3], f"9200000000000000{n}X")
        Site.objects.create(enterprise=made, code=f"S{n}", name=f"部位{n}")
        open_repair(
            county, territory=territory, sector=SECTORS[(n + 1) % 3], enterprise=made if n % 2 else None
        )
    elsewhere = Post.objects.create(unit=county.duty.unit, kind="officer", title="科员")
    named = open_repair(county, implementer=elsewhere, territory="999002").pk
    n_seen = 0
    rows = {
        Enterprise: list(Enterprise.objects.select_related("unit")),
        Site: list(Site.objects.select_related("enterprise__unit")),
        Case: list(Case.objects.all()),
    }

    @settings(
        max_examples=150,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(grant_lists, st.booleans())
    def check(grants: list[Grant], is_named: bool) -> None:
        nonlocal n_seen
        person = person_with(grants, *([elsewhere] if is_named else []))
        for model, row_of in (
            (Enterprise, lambda row: (row.unit.territory, row.sector, row.pk)),
            (Site, lambda row: (row.enterprise.unit.territory, row.enterprise.sector, row.enterprise_id)),
            (Case, lambda row: (row.territory, row.sector, row.enterprise_id)),  # and by its posts
        ):
            expected = {row.pk for row in rows[model] if any(grant.covers(*row_of(row)) for grant in grants)}
            expected |= {named} if model is Case and is_named else set()
            assert set(model.objects.visible_to(person).values_list("pk", flat=True)) == expected
            n_seen += len(expected)

    check()
    assert n_seen > 200


def test_default_is_deny(county: County) -> None:
    assert not Enterprise.objects.visible_to(in_post("nobody")).exists()
    assert not Enterprise.objects.visible_to(AnonymousUser()).exists()
    for person in (county.officer, county.worker):
        person.is_active = False
        assert not Enterprise.objects.visible_to(person).exists()


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("officer", {"甲化工厂", "乙煤矿"}),  # the duty post watches everything
        ("regulator", {"乙煤矿"}),
        ("townsman", {"甲化工厂"}),
        ("worker", {"甲化工厂"}),
        ("stranger", {"乙煤矿"}),
    ],
)
def test_who_sees_what(county: County, who: str, seen: set[str]) -> None:
    person = Person.objects.get(username=who)
    assert {str(row) for row in Enterprise.objects.visible_to(person)} == seen
    open_repair(county)
    assert Case.objects.visible_to(person).count() == ("甲化工厂" in seen)


def test_a_model_without_a_sector_column_is_not_seen_through_a_sector(county: County) -> None:
    assert Grant(COUNTY, frozenset({"coal"})).query(ScopeColumns(territory="territory")) is None
    assert set(Unit.objects.visible_to(county.regulator)) == {county.other_enterprise.unit}
    assert set(Unit.objects.visible_to(county.worker)) == {county.enterprise.unit}
    assert Unit.objects.visible_to(county.townsman).count() == 2


def test_a_row_cannot_be_saved_out_of_one_s_own_sight(county: County) -> None:
    enterprise = county.enterprise
    ensure_visible(county.townsman, enterprise)
    with pytest.raises(PermissionDenied, match="管辖范围"), transaction.atomic():
        enterprise.unit.territory = OTHER_TOWN
        enterprise.unit.save()
        ensure_visible(county.townsman, enterprise)
    assert Unit.objects.get(pk=enterprise.unit_id).territory == TOWN
    with pytest.raises(PermissionDenied):
        ensure_visible(county.townsman, county.duty)  # a model without scope is nobody's


def test_a_model_that_cannot_express_a_grant_shows_nothing_by_it() -> None:
    territory_only = ScopeColumns(territory="territory")
    assert Grant(COUNTY, enterprise=1).query(territory_only) is None
    assert Grant(COUNTY, frozenset({"coal"})).query(territory_only) is None
    assert Grant(COUNTY).query(ScopeColumns(enterprise="id")) is None
    assert Grant(COUNTY).query(territory_only) is not None
