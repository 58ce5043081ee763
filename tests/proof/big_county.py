"""A county of 5,000 enterprises or more, built in bulk: 20 townships, 200 villages, and for each enterprise two
sites and two posts.

Most posts are held, as in a county that keeps its lists; `vacant` of each hundred are not.
"""

from __future__ import annotations

from datetime import date, timedelta

from anwei.org.models import Designation, Holding, Person, Post, SectorDuty, Territory, Unit
from anwei.sites.models import Enterprise, Site
from anwei.standards.sectors import sectors
from tests.kernel.county import COUNTY

N_TOWNS, N_VILLAGES, N_ENTERPRISES, N_SITES, N_DESIGNATED = 20, 10, 5_000, 2, 300
SINCE = date(2025, 1, 1)


def build_big_county(today: date, *, vacant: int, n_enterprises: int = N_ENTERPRISES) -> Person:
    """Build it and return the officer on duty, who sees the county; one sector stays without a regulator."""
    codes = list(sectors())
    government = Unit.objects.create(kind="government", name="某县人民政府", territory=COUNTY)
    authority = Unit.objects.create(kind="department", name="某县应急管理局", territory=COUNTY)
    towns = [f"{COUNTY}{101 + n}" for n in range(N_TOWNS)]
    villages = [f"{town}{201 + n}" for town in towns for n in range(N_VILLAGES)]
    Territory.objects.bulk_create(Territory(code=code, name=code) for code in (COUNTY, *towns, *villages))
    bodies = Unit.objects.bulk_create(
        [Unit(kind="township", name=f"{code}镇", territory=code) for code in towns]
        + [Unit(kind="village", name=f"{code}村", territory=code) for code in villages]
    )
    units = Unit.objects.bulk_create(
        Unit(kind="enterprise", name=f"企业{n:05d}", territory=towns[n % N_TOWNS])
        for n in range(n_enterprises)
    )
    works = Enterprise.objects.bulk_create(
        Enterprise(unit=unit, credit_code=f"9{n:017d}", sector=codes[n % len(codes)])
        for n, unit in enumerate(units)
    )
    Site.objects.bulk_create(
        Site(enterprise=one, code=f"S{n}-{k}", name=f"部位{n}-{k}").completed()
        for n, one in enumerate(works)
        for k in range(N_SITES)
    )
    duty = Post(unit=authority, kind="duty", title="值班岗")
    heads = [Post(unit=unit, kind="principal", title="负责人") for unit in (government, authority, *bodies)]
    kinds = (("principal", "主要负责人"), ("safety", "安全管理人员"))
    own = [Post(unit=unit, kind=kind, title=title) for unit in units for kind, title in kinds]
    posts = Post.objects.bulk_create([duty, *heads, *own])
    held = [post for n, post in enumerate(posts) if n < 1 + len(heads) or n % 100 >= vacant]
    people = Person.objects.bulk_create(
        Person(username=f"p{post.pk}", full_name=f"人{post.pk}", password="!") for post in held
    )
    Holding.objects.bulk_create(
        Holding(
            person=person, post=post, from_on=SINCE, term_on=today - timedelta(1) if n % 100 == 99 else None
        )
        for n, (person, post) in enumerate(zip(people, held, strict=True))
    )
    SectorDuty.objects.bulk_create(SectorDuty(sector=code, unit=authority) for code in codes[1:])
    Designation.objects.bulk_create(
        Designation(
            unit=unit, seat="territory", post=heads[0], title="包保责任人", document="文", from_on=SINCE
        )
        for unit in units[:N_DESIGNATED]
    )
    return people[0]
