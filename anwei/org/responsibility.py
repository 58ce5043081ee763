"""Who answers for what: the three nets and the three roles of any subject, as of any date.

A designation of the county comes before the general rule of `standards/data/seats.toml`. Holdings, sector
duties and designations all run from a day to a day, so an answer about the past stays what it was. Rooms
above give their things as a `Subject` by a method of that name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from anwei.org.holdings import day_of
from anwei.org.models import PUBLIC_BODIES, Confidence, Designation, Person, Post, Unit
from anwei.org.roster import TOWNSHIP_DIGITS, Placed, Roster
from anwei.org.scope import COUNTY_DIGITS
from anwei.standards.duties import SeatRule, seat_rules

Named = Designation.Seat


class Matter(StrEnum):
    """What the question is about: who supervises differs."""

    DAILY = "daily"
    WARNING = "warning"


@dataclass(frozen=True)
class Subject:
    """What is answered for: where it lies, which sector it belongs to, whose it is, and which site of it.

    `territory` is a division code or "" where nobody knows; `unit` is the enterprise's, None for a matter of
    no enterprise; `site` is the code of a key site or "".
    """

    name: str
    territory: str
    sector: str
    unit: Unit | None = None
    site: str = ""
    matter: Matter = Matter.DAILY


class HasSubject(Protocol):
    """An enterprise, a site, a tag, a case, as far as responsibility needs it."""

    def subject(self) -> Subject:
        """Return what is answered for."""


@dataclass(frozen=True)
class Seat:
    """One place of the answer. Without a post nobody could hold it; without a holder it is vacant."""

    name: str
    post: Post | None
    holder: Person | None
    rule: str
    document: str
    citation: str
    confidence: str
    stands_in: bool = False

    @property
    def is_hole(self) -> bool:
        """Whether somebody must act: nobody sits here, or the government's head stands in for a regulator."""
        return self.holder is None or self.stands_in


@dataclass(frozen=True)
class Answer:
    """Who answers for a subject on a day: three nets (属地、部门、企业), three roles."""

    territory: Seat
    regulator: Seat
    enterprise: Seat
    responsible: Seat
    supervisor: Seat
    implementer: Seat


class Posts(NamedTuple):
    """The three posts of a case."""

    responsible: Post
    supervisor: Post
    implementer: Post


class Vacant(Exception):
    """Nobody answers: a post is missing or nobody holds it; the sentence names each, and so does `holes`."""

    def __init__(self, holes: list[str]) -> None:
        super().__init__(_("责任真空：%(holes)s。") % {"holes": _("；").join(holes)})
        self.holes = holes


def resolve(subject: Subject, on: date, roster: Roster | None = None) -> Answer:
    """Return who answers for a subject on a day; many subjects share one `roster` of that day."""
    roster = roster or Roster(on, [subject])
    territory, regulator, enterprise = nets_of(subject, roster).values()
    return Answer(
        territory=territory,
        regulator=regulator,
        enterprise=enterprise,
        responsible=enterprise if subject.unit else territory,
        supervisor=_named(subject, Named.SUPERVISOR, roster) or _supervisor(subject, regulator, roster),
        implementer=_named(subject, Named.IMPLEMENTER, roster) or _implementer(subject, regulator, roster),
    )


def nets_of(subject: Subject, roster: Roster) -> dict[str, Seat]:
    """Return the three nets of a subject (属地、部门、企业) by the name of their designation."""
    return {
        Named.TERRITORY: _named(subject, Named.TERRITORY, roster) or _territory(subject, roster),
        Named.REGULATOR: _named(subject, Named.REGULATOR, roster) or _regulator(subject, roster),
        Named.ENTERPRISE: _named(subject, Named.ENTERPRISE, roster) or _enterprise(subject, roster),
    }


def posts_for(
    thing: HasSubject,
    at: datetime,
    *,
    matter: Matter = Matter.WARNING,
    held: bool = True,
    roster: Roster | None = None,
) -> Posts:
    """Return who answers for a matter at an enterprise or a site at a moment.

    With `held=False` a post that nobody holds counts too, so that what must not be lost can wait for its next
    holder; many things share one `roster` of that day. Raises Vacant, naming every hole.
    """
    answer = resolve(replace(thing.subject(), matter=matter), day_of(at), roster)
    seats = (answer.responsible, answer.supervisor, answer.implementer)
    holes = [seat.name for seat in seats if (seat.holder if held else seat.post) is None]
    if holes:
        raise Vacant([_("%(post)s空缺") % {"post": name} for name in dict.fromkeys(holes)])
    return Posts(*(seat.post for seat in seats if seat.post is not None))


def heads_of(territory: str, roster: Roster) -> list[Seat]:
    """Return the Party secretary and the head of government of a territory's county (党政同责)."""
    county = territory[:COUNTY_DIGITS]
    heads = (
        (Unit.Kind.PARTY, "party_head", _("县委主要负责人")),
        (Unit.Kind.GOVERNMENT, "government_head", _("县政府主要负责人")),
    )
    return [
        _seat(rule, name, roster.of_place(kind, county, Post.Kind.PRINCIPAL)) for kind, rule, name in heads
    ]


def local_seats(subject: Subject, roster: Roster) -> list[Seat]:
    """Return who stands below the township where a subject lies in a village (12 digits): village and grids.

    They find and report; the township answers. Posts that no county has set up are no holes.
    """
    place = subject.territory
    if len(place) <= TOWNSHIP_DIGITS:
        return []
    village = roster.of_place(Unit.Kind.VILLAGE, place, Post.Kind.PRINCIPAL)[:1]
    grids = roster.of_place(Unit.Kind.GRID, place, Post.Kind.OFFICER)
    seats = [("village", placed) for placed in village] + [("grid", placed) for placed in grids]
    return [_filled(str(placed.post), placed, seat_rules()[rule]) for rule, placed in seats]


def _named(subject: Subject, seat: Named, roster: Roster) -> Seat | None:
    """Return the seat by designation, None where nobody is named."""
    if subject.unit is None:
        return None
    rows = roster.designated(subject.unit.pk, subject.site, seat)
    if not rows:
        return None
    placed = roster.post(rows[0].post_id)
    rule = _("县里指定：%(title)s") % {"title": rows[0].title}
    filled = _filled(str(placed.post), placed, SeatRule(rule, "", Confidence.COUNTY))
    return replace(filled, document=rows[0].document)


def _enterprise(subject: Subject, roster: Roster) -> Seat:
    unit = subject.unit
    posts = roster.of_unit(unit.pk, Post.Kind.PRINCIPAL) if unit else []
    rule = "keeper" if _is_public(unit) else "enterprise"
    return _seat(rule, _("%(unit)s主要负责人") % {"unit": unit or subject.name}, posts)


def _territory(subject: Subject, roster: Roster) -> Seat:
    place = subject.territory[:TOWNSHIP_DIGITS]
    posts = roster.of_place(Unit.Kind.TOWNSHIP, place, Post.Kind.PRINCIPAL) if place else []
    name = str(posts[0].post) if posts else _("属地乡镇（街道）主要负责人")
    return _seat("territory", name, posts)


def _regulator(subject: Subject, roster: Roster) -> Seat:
    leads = roster.leads(subject.sector)
    if not leads:
        county = subject.territory[:COUNTY_DIGITS]
        heads = roster.of_place(Unit.Kind.GOVERNMENT, county, Post.Kind.PRINCIPAL)
        return replace(_seat("regulator_unassigned", _("县政府主要负责人"), heads), stands_in=True)
    lead = leads[0]
    name = _("%(unit)s主要负责人") % {"unit": lead.unit}
    seat = _seat("regulator", name, roster.of_unit(lead.unit_id, Post.Kind.PRINCIPAL))
    return replace(seat, document=lead.document, confidence=lead.confidence)


def _supervisor(subject: Subject, regulator: Seat, roster: Roster) -> Seat:
    if subject.matter == Matter.WARNING:
        county = subject.territory[:COUNTY_DIGITS]
        return _seat("supervisor_of_warning", _("县级值班岗"), roster.duty_posts(county))
    leads = roster.leads(subject.sector)
    if not leads or (subject.unit is not None and leads[0].unit_id == subject.unit.pk):
        return regulator  # its officers carry out what it keeps itself: its head supervises them
    officers = roster.of_unit(leads[0].unit_id, Post.Kind.OFFICER)
    name = _("%(unit)s监管人员") % {"unit": leads[0].unit}
    seat = _seat("supervisor", name, officers)
    return replace(seat, document=leads[0].document, confidence=leads[0].confidence)


def _implementer(subject: Subject, regulator: Seat, roster: Roster) -> Seat:
    if subject.unit is None:
        return regulator
    if _is_public(subject.unit):
        name = _("%(unit)s监管人员") % {"unit": subject.unit}
        return _seat("keeper_implementer", name, roster.of_unit(subject.unit.pk, Post.Kind.OFFICER))
    name = _("%(unit)s安全管理人员") % {"unit": subject.unit}
    return _seat("implementer", name, roster.of_unit(subject.unit.pk, Post.Kind.SAFETY))


def _is_public(unit: Unit | None) -> bool:
    """Say whether a public body keeps the place itself: a road, small premises nobody runs."""
    return unit is not None and unit.kind in PUBLIC_BODIES


def _seat(rule: str, name: str, posts: Iterable[Placed]) -> Seat:
    """Return the seat by a general rule: the first post that is held, else the first post, else none."""
    return _filled(name, next(iter(posts), None), seat_rules()[rule])


def _filled(name: str, placed: Placed | None, law: SeatRule) -> Seat:
    post = placed.post if placed else None
    holder = placed.holdings[0].person if placed and placed.holdings else None
    return Seat(name, post, holder, _(law.rule), "", law.citation, law.confidence)
