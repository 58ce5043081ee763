"""Bodies, posts and people of the fictional county; the passwords of those who may log in."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anwei.demo.plan import SEED, enterprises, person_name, townships
from anwei.demo.tables import table
from anwei.hazards.services.inspectors import certify
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, SectorDuty, Territory, Unit
from anwei.org.services import appoint, create_person
from anwei.org.services.accounts import ADMINISTRATOR_NAMES

MANY_WORKERS = 100  # from here on a plant has safety staff of its own (安全生产法 第24条)
VALID = timedelta(days=900)  # so long do certificates of enforcement run on
FIRST_DESK = 13_800_000_301  # registers.toml has those before
IN_OFFICE = timedelta(days=400)  # everybody took office this long ago


@dataclass(frozen=True)
class Account:
    """Somebody who may log in; the plain password exists here and in the accounts file only."""

    username: str
    password: str
    full_name: str
    title: str


@dataclass
class Staff:
    """Fills posts with invented people and remembers whose password was made."""

    now: datetime
    accounts: list[Account] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(f"{SEED}:people"))  # noqa: S311

    def hire(
        self,
        unit: Unit,
        kind: Post.Kind,
        title: str,
        username: str,
        *,
        full_name: str = "",
        login: bool = True,
    ) -> Person:
        """Create the post and the person who holds it; a slow password hash is spent on `login` only."""
        person = self._create(
            username, full_name or person_name(self._chance), f"{unit} {title}", login=login
        )
        self.place(person, unit, kind, title)
        return person

    def join(self, post: Post, username: str, *, login: bool = False) -> Person:
        """Let somebody more hold a post that stands: a second pair of hands, and of eyes."""
        person = self._create(username, person_name(self._chance), f"{post.unit} {post.title}", login=login)
        self._appoint(person, post)
        return person

    def place(self, person: Person, unit: Unit, kind: Post.Kind, title: str) -> None:
        """Give the person a new post."""
        self._appoint(person, Post.objects.create(unit=unit, kind=kind, title=title))

    def _create(self, username: str, full_name: str, title: str, *, login: bool) -> Person:
        person, password = create_person(
            username=username,
            full_name=full_name,
            actor=None,
            now=self.now,
            password=secrets.token_urlsafe(12),  # one's own: the accounts file must stay true
            may_log_in=login,
        )
        if login:
            self.accounts.append(Account(username, password, full_name, title))
        return person

    def _appoint(self, person: Person, post: Post) -> None:
        appoint(
            person,
            post,
            actor=None,
            now=self.now,
            from_on=day_of(self.now - IN_OFFICE),
            document=_document(post.unit),
        )


def _document(unit: Unit) -> str:
    """Return the invented paper by which a public body's posts were filled."""
    return "" if unit.kind == Unit.Kind.ENTERPRISE else "临任〔2025〕3号"


def create_bodies(staff: Staff) -> None:
    """Create territories, party committee, government, committee and its office, departments, townships."""
    county = table("county")["county"]
    code, name = county["code"], county["name"]
    Territory.objects.create(code=code, name=name)
    party = _body(Unit.Kind.PARTY, f"中共{name}委员会", "县委")
    staff.hire(party, Post.Kind.PRINCIPAL, "书记", "shuji")
    government = _body(Unit.Kind.GOVERNMENT, f"{name}人民政府", "县政府", party)
    staff.hire(government, Post.Kind.PRINCIPAL, "县长", "xianzhang")
    staff.hire(government, Post.Kind.DEPUTY, "分管副县长", "fuxianzhang")
    committee = _body(Unit.Kind.COMMITTEE, f"{name}安全生产委员会", "县安委会", government)
    office = _body(Unit.Kind.COMMITTEE_OFFICE, f"{name}安全生产委员会办公室", "县安委办", committee)
    staff.hire(office, Post.Kind.DUTY, "应急指挥中心值班岗", "zhiban")
    staff.hire(
        office, Post.Kind.OFFICER, "综合科科长", "zonghe"
    )  # reviews what the one drafts and the head signs
    _create_departments(staff, government)
    authority = Person.objects.get(
        username="yj-juzhang"
    )  # the committee's office is led by the authority's head
    staff.place(authority, office, Post.Kind.PRINCIPAL, "主任")
    _create_townships(staff, government)


def _body(kind: Unit.Kind, name: str, short_name: str, parent: Unit | None = None) -> Unit:
    code = table("county")["county"]["code"]
    return Unit.objects.create(
        kind=kind,
        name=name,
        short_name=short_name,
        territory=code,
        parent=parent,
        duty_phone=_desk_number(),
    )


def _desk_number() -> str:
    """Return the next number of a duty desk: 138 0000 0…, which no network gives out."""
    return f"{FIRST_DESK + Unit.objects.count()}"


def _create_departments(staff: Staff, government: Unit) -> None:
    county = table("county")["county"]["name"]
    for row in table("county")["department"]:
        unit = _body(Unit.Kind.DEPARTMENT, f"{county}{row['name']}", row["name"], government)
        led, joint = row.get("lead", []), row.get("joint", [])
        for sector in (*led, *joint):
            SectorDuty.objects.create(sector=sector, unit=unit, lead=sector in led)
        head = "局长" if row["name"].endswith("局") else "大队长"
        staff.hire(unit, Post.Kind.PRINCIPAL, head, f"{row['code']}-juzhang", login=row["code"] == "yj")
        staff.hire(unit, Post.Kind.OFFICER, "安全监管人员", f"{row['code']}-jianguan", login=bool(led))


def _create_townships(staff: Staff, government: Unit) -> None:
    county = table("county")["county"]["name"]
    for index, township in enumerate(townships(), start=1):
        ring = [list(point) for point in township.ring]
        boundary = {"type": "Polygon", "coordinates": [ring]}
        Territory.objects.create(code=township.code, name=township.name, boundary=boundary)
        unit = Unit.objects.create(
            kind=Unit.Kind.TOWNSHIP,
            name=f"{county}{township.name}人民政府",
            short_name=township.name,
            territory=township.code,
            parent=government,
            duty_phone=_desk_number(),
        )
        head = township.name[-1] + "长"
        staff.hire(unit, Post.Kind.OFFICER, "应急办专干", f"xz{index:02d}-zhuangan")
        staff.hire(unit, Post.Kind.PRINCIPAL, head, f"xz{index:02d}-zhuguan", login=False)


def create_administrators(staff: Staff) -> None:
    """Appoint the three administrators of the county, and one township's own for its passwords (三员分立)."""
    office = Unit.objects.get(kind=Unit.Kind.COMMITTEE_OFFICE)
    for kind, username in ADMINISTRATOR_NAMES.items():
        staff.hire(office, kind, str(kind.label), username)
    town = Unit.objects.filter(kind=Unit.Kind.TOWNSHIP).earliest("pk")
    kind = Post.Kind.SECURITY_ADMIN
    staff.hire(town, kind, str(kind.label), "xz01-anbao")


def create_enterprise_staff(staff: Staff, units: dict[str, Unit]) -> None:
    """Appoint a safety officer and a principal to each enterprise.

    The first officer of each sector and the first principal may log in: enough to play every part.
    """
    sectors: set[str] = set()
    for index, plan in enumerate(enterprises()):
        unit, code = units[plan.code], plan.code
        staff.hire(
            unit,
            Post.Kind.SAFETY,
            "安全管理人员",
            f"{code}-anquan",
            full_name=plan.safety_officer,
            login=plan.sector not in sectors,
        )
        staff.hire(
            unit,
            Post.Kind.PRINCIPAL,
            "主要负责人",
            f"{code}-fuzeren",
            full_name=plan.principal,
            login=index == 0,
        )
        sectors.add(plan.sector)


def create_second_hands(staff: Staff) -> None:
    """Give each department a second officer, and each plant with many workers a second person of safety.

    Who finds does not verify, two go on a visit, and where a plant checks itself one finds and another puts
    right; in a small plant the head looks.
    """
    officers = Post.objects.filter(unit__kind=Unit.Kind.DEPARTMENT, kind=Post.Kind.OFFICER)
    number = 0
    for post in officers.order_by("pk").prefetch_related("unit__sector_duties"):
        first = post.holdings.earliest("pk").person
        leads = any(duty.lead for duty in post.unit.sector_duties.all())
        for person in (first, staff.join(post, f"{first.username}2", login=leads)):
            number += 1
            _certify(staff, person, first, post.unit, number)
    large = {plan.name for plan in enterprises() if plan.workers >= MANY_WORKERS}
    for post in Post.objects.filter(unit__name__in=large, kind=Post.Kind.SAFETY).order_by("pk"):
        staff.join(post, f"{post.holdings.earliest('pk').person.username}2")


def _certify(staff: Staff, person: Person, actor: Person, unit: Unit, number: int) -> None:
    """Enter the certificate of enforcement (执法证) of an officer."""
    valid_until = day_of(staff.now + VALID)
    certificate = f"{table('county')['county']['code']}{number:04d}"
    certify(person, actor=actor, now=staff.now, unit=unit, number=certificate, valid_until=valid_until)
