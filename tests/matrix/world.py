"""Three plants that must not see one another, and everybody who comes to a door.

Plant X lies in town A and is chemical; Y lies in town B and is chemical too (sibling territory); Z lies in
town A and is a coal mine (other sector). Every text of a plant carries its canary: where it is read by
somebody who may not see the plant, something leaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from anwei.analytics.models import HotSpot
from anwei.cases.models import Case, Document, Evidence, Notice
from anwei.hazards.models import (
    Draw,
    Hazard,
    Listing,
    Penalty,
    RecheckItem,
    Visit,
    VisitFile,
    VisitPaper,
)
from anwei.ledgers.models import Change, ErasureRequest, Paper, Proposal, SheetImport
from anwei.monitoring.models import Alarm, Device, Forecast, Tag, Warning
from anwei.org.models import (
    Delegation,
    Designation,
    Display,
    Holding,
    KeyTask,
    Person,
    Post,
    SectorDuty,
    Signing,
)
from anwei.oversight.models import Briefing
from anwei.portal.models import Suggestion
from anwei.sites.models import Assessment, Chemical, Enterprise, Installation, RiskPoint, Site

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
    "named": "",
    "system_admin": "",
    "security_admin": "",
    "audit_admin": "",
}
"""Role -> the plants it may see: own, not sibling, not the other sector; the county sees all, 三员 nothing."""

NAMED: dict[str, str] = {
    "named": "implementer",
    "named_supervisor": "supervisor",
    "named_responsible": "responsible",
    "deputy_implementer": "implementer",
    "deputy_supervisor": "supervisor",
    "deputy_responsible": "responsible",
}
"""Who sees no plant, but acts at a post that two cases of plant X name: by appointment, or as a deputy."""

TRIED: dict[str, str] = {
    "anonymous": "x",
    "enterprise_y": "yx",
    "enterprise_z": "zx",
    "township_a": "xy",
    "township_b": "yx",
    "regulator_chemical": "xz",
    "regulator_coal": "zx",
    "leader": "x",
    "display": "x",
    "named": "x",
    "system_admin": "x",
    "security_admin": "x",
    "audit_admin": "x",
}
"""Role -> the plants whose own addresses it tries, one for each relation it has to a plant.

Who is not named tries all: plant X (own, sibling territory, other sector) and the office (all within). The
other plants' workers add their own and one stranger; a town, whose view is a prefix of the territory alone,
and a department, whose view is the sector alone, one within and one outside; who sees everything or nothing
has but one relation to all three. What the lists tell is heard by everybody for all three.
"""


def canary(place: str) -> str:
    """Return the word that only what belongs to the plant carries."""
    return f"Canary{place.upper()}{place.upper()}"


def phone(place: str, number: int) -> str:
    """Return a telephone number that only people of the plant have."""
    return f"1{'xyz'.index(place) + 3}7{number:02d}424242"


def mail(place: str, number: int) -> str:
    """Return a mail address that only people of the plant have."""
    return f"m{place}{number}@mail.example"


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
    forecast: Forecast
    warning: Warning  # answered with a photo, waits to be confirmed
    fresh: Warning  # waits for the plant's signature
    evidence: Evidence
    document: Document
    notice: Notice
    paper: Paper  # a draft on the warning
    order: Paper  # another, issued
    holding: Holding
    delegation: Delegation
    task: KeyTask
    designation: Designation
    signing: Signing
    suggestion: Suggestion
    point: RiskPoint
    installation: Installation
    chemical: Chemical
    assessment: Assessment  # of the installation, waits to be confirmed
    file: dict[str, Model]  # one row of each register of papers, plant and places
    proposal: Proposal  # of a new chemical, waits to be confirmed
    hazard: Hazard  # a major one, not listed
    listing: Listing  # of another one, proposed: nothing of it is public
    recheck: RecheckItem  # of the hazard, drawn for a second look
    penalty: Penalty  # to be published tomorrow: nothing of it is public
    visit: Visit  # planned by the office, announced
    visit_file: VisitFile  # a photo of another one, which is over
    visit_paper: VisitPaper  # its record


@dataclass(frozen=True)
class NamedCases:
    """Two cases of plant X whose posts stand elsewhere (tests/matrix/named.py)."""

    signing: Case  # waits for its implementer
    finished: Case  # waits for its supervisor
    evidence: Evidence  # the photo of the second


@dataclass
class World:
    """The county: its plants, the person behind each role, and their API tokens."""

    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    colleague: Person | None = None  # another hand in the office
    deputy: Person | None = None  # whose telephone is new after a reset
    displays: list[Display] = field(default_factory=list)
    code: str = ""  # that binds another display once
    erasable: list[Change] = field(default_factory=list)  # sealed lines with a person's text
    erasure: ErasureRequest | None = None  # of the first of them
    telephones: dict[str, str] = field(
        default_factory=dict
    )  # role -> the secret its telephone took from the page
    secrets: set[str] = field(default_factory=set)  # what no answer may ever carry, whoever asks
    sheet: SheetImport | None = None
    duty: SectorDuty | None = None
    draw: Draw | None = None  # of a campaign of the office
    hotspot: HotSpot | None = None  # of the county
    briefing: Briefing | None = None  # a draft of the office
    named: NamedCases | None = None
    screen: str = ""  # the secret in the cookie of the bound display

    def rows(self) -> Iterator[tuple[str, Model]]:
        """Yield every row that belongs to one plant, with the plant's name."""
        for name, place in self.places.items():
            for row in (*vars(place).values(), *place.file.values()):
                if isinstance(row, Model):
                    yield name, row
