"""The matrix of a county counts by place, sector and enterprise what the resolver answers site by site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.org.models import Designation, Holding, Post, SectorDuty, Unit
from anwei.org.responsibility import nets_of
from anwei.org.roster import Roster
from anwei.sites.coverage import coverage
from anwei.sites.models import Site
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, County, in_post, make_enterprise

TODAY = NOW.date()
HEADS = (
    "测试县人民政府",
    "测试县应急管理局",
    "测试县煤炭局",
    "甲镇人民政府",
    "乙镇人民政府",
    "甲化工厂",
    "乙煤矿",
)
post_state = st.sampled_from(["none", "vacant", "held"])
designation = st.tuples(
    st.integers(0, 3), st.booleans(), st.sampled_from(["territory", "regulator", "enterprise"]), st.booleans()
)


def head(unit: Unit, state: str) -> None:
    """Leave a unit with one head in this state, whatever it had."""
    Post.objects.filter(unit=unit, kind="principal").update(kind="deputy")
    if state != "none":
        post = Post.objects.create(unit=unit, kind="principal", title="一把手")
        if state == "held":
            in_post(f"head-{unit.pk}", post)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    states=st.lists(post_state, min_size=len(HEADS), max_size=len(HEADS)),
    led=st.sets(st.sampled_from(["chemical", "coal"])),
    designations=st.lists(designation, max_size=4),
    gone=st.booleans(),
)
def test_counted_by_sets_as_answered_one_by_one(
    county: County,
    states: list[str],
    led: set[str],
    designations: list[tuple[int, bool, str, bool]],
    gone: bool,
) -> None:
    with transaction.atomic():
        nowhere = make_enterprise("丙厂", "", "industry", "91000000000000003X")
        Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
        Unit.objects.create(kind="township", name="乙镇人民政府", territory=OTHER_TOWN)
        SectorDuty.objects.exclude(sector__in=led).update(to_on=TODAY - timedelta(days=1))
        for name, state in zip(HEADS, states, strict=True):
            head(Unit.objects.get(name=name), state)
        if gone:
            Holding.objects.filter(post__unit=county.enterprise.unit).update(to_on=TODAY - timedelta(days=1))
        owners = (county.enterprise, county.other_enterprise, nowhere)
        sites = [
            Site.objects.create(enterprise=owner, code=f"{owner.pk}-{n}", name="罐区")
            for owner in owners
            for n in range(2)
        ]
        empty = Post.objects.create(unit=county.other_enterprise.unit, kind="officer", title="空岗")
        for number, of_enterprise, seat, held in designations:
            Designation.objects.create(
                unit=sites[number].enterprise.unit,
                site="" if of_enterprise else sites[number].code,
                seat=seat,
                post=county.duty if held else empty,
                title="包保责任人",
                document="文",
                from_on=TODAY,
            )
        for vacant in (True, False):
            counted = coverage(Site.objects.order_by("pk"), Roster(TODAY), vacant=vacant)
            answered = []
            for site in Site.objects.order_by("pk").select_related("enterprise__unit"):
                nets = nets_of(site.subject(), Roster(TODAY, [site.subject()]))
                open_nets = [n for n, seat in nets.items() if (seat.is_hole if vacant else not seat.post)]
                answered.append((site.pk, tuple(open_nets)))
            assert [tuple(line) for line in counted] == answered
        transaction.set_rollback(True)
