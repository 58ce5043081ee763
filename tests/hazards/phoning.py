"""What a telephone sends at a visit, by the doors of the phone page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.hazards.models import Visit
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.visit_papers import shown_at_signing
from anwei.org.models import Person
from anwei.standards.hazards.checklists import ChecklistItem
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, plan, team
from tests.kernel.county import NOW, photo

JPEG = photo().content


def moment(at: datetime = NOW) -> str:
    """Return a moment as a telephone's clock says it."""
    return at.astimezone(UTC).isoformat()


def package(person: Person) -> dict[str, Any]:
    """Return what somebody takes along."""
    answer = signed_in(person).get("/inspections/phone/package/")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def act(visit: Visit, kind: str, **told: Any) -> dict[str, Any]:
    """Return an act as it is kept on a telephone."""
    return {"key": str(uuid4()), "visit": visit.pk, "kind": kind, "at": moment(), "based_on": 0, **told}


def post(person: Person, told: Any) -> Any:
    """Send an act, or bytes, and return the response."""
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    return signed_in(person).post("/inspections/phone/acts/", body, content_type="application/json")


def shown(visit: Visit, finding: str) -> str:
    """Return the digest of what a telephone shows to sign that knows all of the visit as it stands."""
    standing = Visit.objects.get(pk=visit.pk)
    standing.finding = finding.strip()
    return shown_at_signing(standing, NOW)


def send(person: Person, visit: Visit, kind: str, **told: Any) -> dict[str, Any]:
    """Send an act that is let in and return its receipt."""
    if kind == "end":
        told.setdefault("shown", shown(visit, str(told.get("finding", ""))))
    answer = post(person, act(visit, kind, **told))
    assert answer.status_code == 200, answer.content.decode()
    receipt: dict[str, Any] = answer.json()
    return receipt


def check(person: Person, visit: Visit, item: str, result: str, **told: Any) -> dict[str, Any]:
    """Answer an item and return the receipt."""
    return send(person, visit, "check", item=item, result=result, **{"note": "", **told})


def send_file(
    person: Person, visit: Visit, content: bytes = JPEG, /, *, client: Client | None = None, **told: Any
) -> Any:
    """Send a photo and return the response."""
    sent = {
        "key": str(uuid4()),
        "visit": visit.pk,
        "item": "",
        "kind": "evidence",
        "sha256": sha256(content).hexdigest(),
        "taken_at": moment(),
        "latitude": "29.5",
        "longitude": "113.1",
        "file": SimpleUploadedFile("现场.jpg", content, content_type="image/jpeg"),
        **told,
    }
    return (client or signed_in(person)).post("/inspections/phone/files/", sent)


def items(visit: Visit) -> list[ChecklistItem]:
    """Return what is looked at at a visit."""
    return [item for one in lists_of(visit) for item in one.items]


def grave(visit: Visit) -> tuple[ChecklistItem, str]:
    """Return an item of which failing may be a major hazard, with a criterion that may be used."""
    for item in items(visit):
        for criterion in item.proposed(visit.planned_on):
            return item, criterion.id
    raise LookupError("no item of the visit proposes a major hazard")


@pytest.fixture
def crew(safe: Safe) -> Team:
    """Give the inspectors of the safe county their certificates."""
    return team(safe)


def begun(crew: Team, **told: Any) -> Visit:
    """Return a visit that the first of the crew has begun."""
    visit = plan(crew, **told)
    send(crew.first, visit, "begin", code="")
    visit.refresh_from_db()
    return visit
