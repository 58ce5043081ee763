"""Bodies, posts and people of the fictional county, and the passwords of those who may log in."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from anwei.demo.plan import SEED, enterprises, person_name, townships
from anwei.demo.tables import table
from anwei.org.models import Holding, Person, Post, SectorDuty, Territory, Unit

PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
PASSWORD_LENGTH = 14
IN_OFFICE_DAYS = 400


@dataclass(frozen=True)
class Account:
    """Somebody who may log in; the plain password exists here and in the accounts file only."""

    username: str
    password: str
    full_name: str
    title: str


@dataclass
class Staff:
    """Appoints people to posts and remembers whose password was made."""

    today: date
    chance: random.Random = field(default_factory=lambda: random.Random(f"{SEED}:people"))  # noqa: S311
    accounts: list[Account] = field(default_factory=list)

    def appoint(
        self,
        unit: Unit,
        kind: Post.Kind,
        title: str,
        username: str,
        *,
        full_name: str = "",
        login: bool = True,
        display: bool = False,
    ) -> Person:
        """Create the post and the person who holds it; without `login` the person has no usable password yet."""
        name = full_name or person_name(self.chance)
        password = (
            "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_LENGTH)) if login else None
        )
        person = Person.objects.create(
            username=username,
            full_name=name,
            kind=Person.Kind.DISPLAY if display else Person.Kind.PERSON,
            password=make_password(password),
        )
        post, _ = Post.objects.get_or_create(unit=unit, title=title, defaults={"kind": kind})
        Holding.objects.create(person=person, post=post, from_on=self.today - timedelta(days=IN_OFFICE_DAYS))
        if password:
            self.accounts.append(Account(username, password, name, f"{unit} {title}"))
        return person


def create_bodies(staff: Staff) -> None:
    """Create territories, party committee, government, committee and its office, departments, townships."""
    county = table("county")["county"]
    code, name = county["code"], county["name"]
    Territory.objects.create(code=code, name=name, boundary=None)
    party = Unit.objects.create(
        kind=Unit.Kind.PARTY, name=f"中共{name}委员会", short_name="县委", territory=code
    )
    staff.appoint(party, Post.Kind.PRINCIPAL, "书记", "shuji")
    government = Unit.objects.create(
        kind=Unit.Kind.GOVERNMENT, name=f"{name}人民政府", short_name="县政府", territory=code, parent=party
    )
    staff.appoint(government, Post.Kind.PRINCIPAL, "县长", "xianzhang")
    staff.appoint(government, Post.Kind.DEPUTY, "分管副县长", "fuxianzhang")
    committee = Unit.objects.create(
        kind=Unit.Kind.COMMITTEE,
        name=f"{name}安全生产委员会",
        short_name="县安委会",
        territory=code,
        parent=government,
    )
    departments = _create_departments(staff, government)
    office = Unit.objects.create(
        kind=Unit.Kind.COMMITTEE_OFFICE,
        name=f"{name}安全生产委员会办公室",
        short_name="县安委办",
        territory=code,
        parent=committee,
    )
    staff.appoint(office, Post.Kind.DUTY, "应急指挥中心值班岗", "zhiban")
    director = Post.objects.create(unit=office, kind=Post.Kind.PRINCIPAL, title="主任")
    head = Person.objects.get(username="yj-juzhang")  # the head of the authority is the office's director
    Holding.objects.create(person=head, post=director, from_on=staff.today - timedelta(days=IN_OFFICE_DAYS))
    staff.appoint(office, Post.Kind.OFFICER, "指挥大屏", "daping", full_name="指挥中心大屏", display=True)
    _create_townships(staff, government)
    assert departments  # noqa: S101  # the table names at least the authority


def _create_departments(staff: Staff, government: Unit) -> list[Unit]:
    county = table("county")["county"]
    units = []
    for row in table("county")["department"]:
        unit = Unit.objects.create(
            kind=Unit.Kind.DEPARTMENT,
            name=f"{county['name']}{row['name']}",
            short_name=row["name"],
            territory=county["code"],
            parent=government,
        )
        duties = [(sector, True) for sector in row.get("lead", [])] + [
            (sector, False) for sector in row.get("joint", [])
        ]
        SectorDuty.objects.bulk_create(
            SectorDuty(sector=sector, unit=unit, lead=lead) for sector, lead in duties
        )
        staff.appoint(
            unit, Post.Kind.PRINCIPAL, "局长" if "局" in row["name"] else "大队长", f"{row['code']}-juzhang"
        )
        staff.appoint(unit, Post.Kind.OFFICER, "安全监管人员", f"{row['code']}-jianguan")
        units.append(unit)
    return units


def _create_townships(staff: Staff, government: Unit) -> None:
    county = table("county")["county"]
    for index, township in enumerate(townships(), start=1):
        Territory.objects.create(
            code=township.code,
            name=township.name,
            boundary={"type": "Polygon", "coordinates": [[list(point) for point in township.ring]]},
        )
        unit = Unit.objects.create(
            kind=Unit.Kind.TOWNSHIP,
            name=f"{county['name']}{township.name}人民政府",
            short_name=township.name,
            territory=township.code,
            parent=government,
        )
        head = "镇长" if township.name.endswith("镇") else "乡长"
        staff.appoint(unit, Post.Kind.PRINCIPAL, head, f"xz{index:02d}-zhuguan", login=False)
        staff.appoint(unit, Post.Kind.OFFICER, "应急办（安监所）专干", f"xz{index:02d}-zhuangan")


def create_enterprise_staff(staff: Staff, units: dict[str, Unit]) -> None:
    """Appoint a principal and a safety officer to each enterprise; the first of each sector may log in."""
    seen: set[str] = set()
    for plan in enterprises():
        login = plan.sector not in seen
        seen.add(plan.sector)
        unit = units[plan.code]
        staff.appoint(
            unit,
            Post.Kind.PRINCIPAL,
            "主要负责人",
            f"{plan.code}-fuzeren",
            full_name=plan.principal,
            login=login,
        )
        staff.appoint(
            unit,
            Post.Kind.SAFETY,
            "安全管理人员",
            f"{plan.code}-anquan",
            full_name=plan.safety_officer,
            login=login,
        )
