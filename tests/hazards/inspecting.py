"""What tests of inspections build, and how they act by the doors people use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from anwei.hazards.models import Campaign, Inspector, Visit
from anwei.org.models import Person, Post, SectorDuty, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.kernel.county import in_post

TODAY = date(2026, 11, 24)


@dataclass
class Team:
    """Two certified inspectors of the emergency bureau, an officer of the town, and the committee's clerk."""

    safe: Safe
    bureau: Unit
    first: Person
    second: Person
    townsman: Person
    clerk: Person

    @property
    def plant(self) -> Any:
        """The enterprise that is visited."""
        return self.safe.county.enterprise


def team(safe: Safe) -> Team:
    """Give the inspectors of the safe county their certificates."""
    bureau = safe.supervising.unit
    for number, person in enumerate((safe.inspector, safe.verifier), 1):
        Inspector.objects.create(
            person=person, number=f"HN-00{number}", unit=bureau, valid_until=date(2028, 1, 1)
        )
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory="999001")
    clerk = in_post("clerk", Post.objects.create(unit=office, kind="officer", title="干事"))
    return Team(safe, bureau, safe.inspector, safe.verifier, safe.county.townsman, clerk)


def asked(team: Team, **told: Any) -> dict[str, Any]:
    """Return what the form of a visit sends."""
    return {
        "body": team.bureau.pk,
        "planned_on": TODAY.isoformat(),
        "reason": "plan",
        "reason_text": "",
        "announced": "1",
        "campaign": "",
        "inspectors": [team.first.pk, team.second.pk],
        **told,
    }


def plan(team: Team, person: Person | None = None, **told: Any) -> Visit:
    """Plan a visit to the plant by the form and return it."""
    where = told.pop("where", f"enterprise={team.plant.pk}")
    answer = signed_in(person or team.first).post(f"/inspections/new/?{where}", asked(team, **told))
    assert answer.status_code == 302, answer.content.decode()
    found = re.fullmatch(r"/inspections/(\d+)/", answer.url)
    return Visit.objects.get(pk=found[1])  # type: ignore[index]


def refused(team: Team, person: Person | None = None, **told: Any) -> str:
    """Send the form of a visit that is refused and return the page."""
    answer = signed_in(person or team.first).post(
        f"/inspections/new/?enterprise={team.plant.pk}", asked(team, **told)
    )
    assert answer.status_code == 422
    return answer.content.decode()


def act(person: Person, visit: Visit, verb: str, **fields: Any) -> Any:
    """Do one act on a visit by its form; 302 is done."""
    answer = signed_in(person).post(f"/inspections/{visit.pk}/{verb}/", fields)
    visit.refresh_from_db()
    return answer


def campaign(team: Team, person: Person | None = None, **told: Any) -> Campaign:
    """Open a campaign by the form and return it."""
    sent = {
        "organizer": team.bureau.pk,
        "kind": "special",
        "name": "危化品专项整治",
        "starts_on": "2026-11-01",
        "ends_on": "2026-12-31",
        "territory": "",
        "target": 10,
        "sectors": [],
        **told,
    }
    answer = signed_in(person or team.first).post("/inspections/plan/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return Campaign.objects.get(pk=re.fullmatch(r"/inspections/campaigns/(\d+)/", answer.url)[1])  # type: ignore[index]


def page(person: Person, address: str, **query: Any) -> str:
    """Return a page as text, "" where it is refused or not there."""
    answer = signed_in(person).get(address, query)
    return answer.content.decode() if answer.status_code == 200 else ""


def days(n: int) -> str:
    """Return the day so many days from today, as a form sends it."""
    return (TODAY + timedelta(days=n)).isoformat()


def fire_brigade(*names: str) -> tuple[Unit, list[Person]]:
    """Return a second department, which answers for fire, with certified inspectors."""
    brigade = Unit.objects.create(kind="department", name="测试县消防救援大队", territory="999001")
    SectorDuty.objects.create(sector="fire", unit=brigade)
    post = Post.objects.create(unit=brigade, kind="officer", title="监督岗")
    people = [in_post(name, post) for name in names]
    for person in people:
        Inspector.objects.create(
            person=person, number=f"XF-{person.username}", unit=brigade, valid_until="2028-01-01"
        )
    return brigade, people
