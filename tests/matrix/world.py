"""Three plants that must not see one another, and everybody who comes to a door.

Plant X lies in town A and is chemical; Y lies in town B and is chemical too (sibling territory); Z lies in
town A and is a coal mine (other sector). Every text of a plant carries its canary: where it is read by
somebody who may not see the plant, something leaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Model

from anwei.cases.evidence import Upload
from anwei.cases.models import Case, Entry, Evidence, Notice
from anwei.cases.services import advance
from anwei.ledgers.models import Paper, SheetImport
from anwei.ledgers.papers.services import draft
from anwei.monitoring.models import Alarm, AlarmRule, Device, Tag, Warning
from anwei.monitoring.services import add_rule, add_tag, record_episodes, register_device
from anwei.org.display import bind_display, issue_display
from anwei.org.models import Display, Holding, Person, Post, SectorDuty, Territory, Unit
from anwei.org.services import appoint, create_person, create_token
from anwei.sites.models import Enterprise, Site
from tests.kernel.county import IN_POST_SINCE, NOW, photo
from tests.monitoring.plant import raised

COUNTY, TOWN_A, TOWN_B = "999001", "999001101", "999001102"
PLACES = {"x": (TOWN_A, "chemical"), "y": (TOWN_B, "chemical"), "z": (TOWN_A, "coal")}

SEES: dict[str, str] = {
    "anonymous": "",
    "enterprise_x": "x",
    "enterprise_y": "y",
    "enterprise_z": "z",
    "township_a": "xz",
    "township_b": "y",
    "regulator_chemical": "xy",
    "regulator_coal": "z",
    "office": "xyz",
    "leader": "xyz",
    "display": "xyz",
    "system_admin": "",
    "security_admin": "",
    "audit_admin": "",
}
"""Role -> the plants it may see: own, not sibling, not the other sector; the county sees all, 三员 nothing."""

COUNTY_ROLES = ("office", "leader", "display")


def canary(place: str) -> str:
    """Return the word that only what belongs to the plant carries."""
    return f"Canary{place.upper()}{place.upper()}"


def phone(place: str, number: int) -> str:
    """Return a telephone number that only people of the plant have."""
    return f"1{'xyz'.index(place) + 1}7{number:02d}424242"


@dataclass
class Place:
    """One plant with at least one row of everything that has a page."""

    name: str
    territory: str
    sector: str
    enterprise: Enterprise
    principal: Post
    safety: Post
    boss: Person
    worker: Person
    site: Site
    device: Device
    tag: Tag
    alarm: Alarm
    warning: Warning
    evidence: Evidence
    notice: Notice
    paper: Paper
    holding: Holding


@dataclass
class World:
    """The county: its plants, the person behind each role, and their API tokens."""

    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    displays: list[Display] = field(default_factory=list)
    sheet: SheetImport | None = None
    duty: SectorDuty | None = None
    screen: str = ""  # the secret in the cookie of the bound display

    def rows(self) -> Iterator[tuple[str, Model]]:
        """Yield every row that belongs to one plant, with the plant's name."""
        for name, place in self.places.items():
            for row in vars(place).values():
                if isinstance(row, Model):
                    yield name, row


def build() -> World:
    """Write the county through the services."""
    world = World()
    for code, name in ((COUNTY, "测试县"), (TOWN_A, "甲镇"), (TOWN_B, "乙镇")):
        Territory.objects.create(code=code, name=name)
    party = Unit.objects.create(kind="party", name="测试县委", territory=COUNTY)
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY, parent=party)
    _hire(world, "leader", party, "principal", "书记")
    _hire(world, "office", office, "duty", "值班岗")
    for kind in ("system_admin", "security_admin", "audit_admin"):
        _hire(world, kind, office, kind, kind)
    for sector in ("chemical", "coal"):
        unit = Unit.objects.create(kind="department", name=f"{sector}局", territory=COUNTY, parent=office)
        world.duty = SectorDuty.objects.create(sector=sector, unit=unit)
        _hire(world, f"regulator_{sector}", unit, "officer", "监管员")
    for town, code in (("a", TOWN_A), ("b", TOWN_B)):
        unit = Unit.objects.create(kind="township", name=f"{town}镇政府", territory=code, parent=office)
        _hire(world, f"township_{town}", unit, "officer", "安监员")
    for name in PLACES:
        world.places[name] = _place(world, name, office)
    display, code = issue_display(world.people["office"], now=NOW)
    _display, world.screen = bind_display(code, now=NOW)
    world.displays.append(display)
    world.people["display"] = display.person
    world.sheet = SheetImport.objects.create(
        ledger="enterprises",
        person=world.people["office"],
        file_name=f"{canary('x')}.xlsx",
        content=b"",
        created_at=NOW,
        status=SheetImport.Status.DONE,
    )
    for name, person in world.people.items():
        _token, world.tokens[name] = create_token(person, label="接口", now=NOW)
    return world


def _hire(world: World, role: str, unit: Unit, kind: str, title: str, *, number: str = "") -> Post:
    post = world.posts[role] = Post.objects.create(unit=unit, kind=kind, title=title)
    person, _password = create_person(
        username=role, full_name=f"{title}{role}", actor=None, now=NOW, phone=number
    )
    appoint(person, post, actor=None, now=NOW, from_on=IN_POST_SINCE)
    world.people[role] = person
    return post


def _place(world: World, name: str, above: Unit) -> Place:
    territory, sector = PLACES[name]
    mark = canary(name)
    unit = Unit.objects.create(
        kind="enterprise", name=f"{mark}公司", short_name=f"{mark}厂", territory=territory, parent=above
    )
    enterprise = Enterprise.objects.create(
        unit=unit,
        sector=sector,
        credit_code=f"9100{mark.upper()}0001X",
        address=f"{mark}路1号",
        longitude=119.9,
        latitude=38.7,
    )
    safety = _hire(world, f"enterprise_{name}", unit, "safety", f"{mark}科长", number=phone(name, 1))
    principal = _hire(world, f"principal_{name}", unit, "principal", f"{mark}厂长", number=phone(name, 2))
    boss = world.people.pop(f"principal_{name}")
    officer, worker = world.people["office"], world.people[f"enterprise_{name}"]
    site = Site.objects.create(
        enterprise=enterprise, code=f"S-{mark}", name=f"{mark}罐区", longitude=119.9, latitude=38.7
    )
    device, _key = register_device(
        actor=officer, now=NOW, code=f"D-{mark}", name=f"{mark}分站", enterprise=enterprise, site=site
    )
    tag = add_tag(
        device,
        actor=officer,
        now=NOW,
        code=f"T-{mark}",
        name=f"{mark}甲烷",
        unit="%",
        range_low=0.0,
        range_high=4.0,
    )
    rule = add_rule(
        tag,
        actor=officer,
        now=NOW,
        kind="hh",
        severity="red",
        limit=1.5,
        action=f"{mark}断电",
        opens_warning=True,
    )
    return Place(
        name, territory, sector, enterprise, principal, safety, boss, worker, site, device, tag,
        *_alarm(rule, worker, mark),
        *_told(rule, worker, officer),
        worker.holdings.get(),
    )  # fmt: skip


def _alarm(rule: AlarmRule, worker: Person, mark: str) -> tuple[Alarm, Warning, Evidence]:
    """Let the rule's alarm open a warning, and the plant answer it with a photo."""
    record_episodes([(rule.pk, raised(rule))], now=NOW)
    alarm = Alarm.objects.get(rule=rule)
    warning = Warning.objects.get(rule=rule)
    later = NOW + timedelta(minutes=1)
    case: Case = advance(warning, "sign", actor=worker, now=later)
    shot = photo(f"{mark}.jpg")
    files = [Upload(shot.name, shot.content, later)]
    advance(
        case, "dispose", actor=worker, now=later, evidence=files, cause=f"{mark}原因", measure=f"{mark}措施"
    )
    warning.refresh_from_db()
    entry = Entry.objects.get(case=warning.pk, verb="dispose")
    return alarm, warning, Evidence.objects.get(entry=entry)


def _told(rule: AlarmRule, worker: Person, officer: Person) -> tuple[Notice, Paper]:
    """Return what the worker was told of the warning, and the order that the office has drafted on it."""
    warning = Warning.objects.get(rule=rule)
    paper = draft("cases.case", warning, "warning_order", actor=officer, now=NOW)
    notice = Notice.objects.filter(person=worker, case=warning.pk).first()
    assert notice is not None
    return notice, paper
