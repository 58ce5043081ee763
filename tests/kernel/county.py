"""A very small county, built through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from anwei.cases.evidence import Upload
from anwei.cases.models import Case
from anwei.cases.services import open_case
from anwei.org.models import Person, Post, SectorDuty, Territory, Unit
from anwei.org.services import appoint, create_person
from anwei.sites.models import Enterprise
from tests.kernel.overhauls import Overhaul
from tests.kernel.repairs import Repair

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in the county
IN_POST_SINCE = NOW.date() - timedelta(days=30)
COUNTY = "999001"
TOWN = "999001101"
OTHER_TOWN = "999001102"


@dataclass
class County:
    """The handful of bodies, posts and people that a case needs."""

    enterprise: Enterprise
    other_enterprise: Enterprise
    principal: Post
    duty: Post
    safety: Post
    boss: Person  # holds principal
    officer: Person  # holds duty
    worker: Person  # holds safety
    townsman: Person  # officer of the enterprise's township
    regulator: Person  # officer of the department of coal
    stranger: Person  # safety post of the other enterprise, in the other town


def build() -> County:
    for code, name in ((COUNTY, "测试县"), (TOWN, "甲镇"), (OTHER_TOWN, "乙镇")):
        Territory.objects.create(code=code, name=name)
    authority = Unit.objects.create(kind="department", name="测试县应急管理局", territory=COUNTY)
    coal = Unit.objects.create(kind="department", name="测试县煤炭局", territory=COUNTY)
    SectorDuty.objects.create(sector="chemical", unit=authority)
    SectorDuty.objects.create(sector="coal", unit=coal)
    town = Unit.objects.create(kind="township", name="甲镇人民政府", territory=TOWN)
    enterprise = make_enterprise("甲化工厂", TOWN, "chemical", "91000000000000001X")
    other = make_enterprise("乙煤矿", OTHER_TOWN, "coal", "91000000000000002X")
    principal = Post.objects.create(unit=enterprise.unit, kind="principal", title="厂长")
    safety = Post.objects.create(unit=enterprise.unit, kind="safety", title="安全科长")
    duty = Post.objects.create(unit=authority, kind="duty", title="值班岗")
    return County(
        enterprise,
        other,
        principal,
        duty,
        safety,
        boss=in_post("boss", principal),
        officer=in_post("officer", duty),
        worker=in_post("worker", safety),
        townsman=in_post("townsman", Post.objects.create(unit=town, kind="officer", title="安监员")),
        regulator=in_post("regulator", Post.objects.create(unit=coal, kind="officer", title="监管员")),
        stranger=in_post("stranger", Post.objects.create(unit=other.unit, kind="safety", title="安全科长")),
    )


def make_enterprise(name: str, territory: str, sector: str, credit_code: str) -> Enterprise:
    unit = Unit.objects.create(kind="enterprise", name=name, territory=territory)
    return Enterprise.objects.create(unit=unit, sector=sector, credit_code=credit_code)


def in_post(username: str, *posts: Post) -> Person:
    person, _password = create_person(username=username, full_name=username, actor=None, now=NOW)
    for post in posts:
        appoint(person, post, actor=None, now=NOW, from_on=IN_POST_SINCE)
    return person


def county_clerk() -> Person:
    """Somebody of the county's committee office, who fills the posts of every unit."""
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("clerk", Post.objects.create(unit=office, kind="officer", title="干事"))


def open_repair(
    county: County,
    *,
    actor: Person | None = None,
    now: datetime = NOW,
    model: type[Case] = Repair,
    **columns: Any,
) -> Case:
    return open_case(
        model,
        actor=actor or county.officer,
        now=now,
        **{
            "title": "更换压力表",
            "territory": TOWN,
            "sector": "chemical",
            "enterprise": county.enterprise,
            "responsible": county.principal,
            "supervisor": county.duty,
            "implementer": county.safety,
            **columns,
        },
    )


def open_overhaul(county: County, **columns: Any) -> Overhaul:
    return open_repair(county, model=Overhaul, title="储罐大修", **columns)  # type: ignore[return-value]


def photo(name: str = "现场.jpg", *, colour: str = "navy", size: tuple[int, int] = (40, 30)) -> Upload:
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return Upload(name, buffer.getvalue(), NOW)


def reread(case: Case) -> Case:
    return type(case)._base_manager.get(pk=case.pk)
