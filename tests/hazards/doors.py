"""A hazard by the doors people use: filed, moved, looked at."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.hazards.models import Hazard
from anwei.org.models import Person
from tests.kernel.county import photo

STATED = {"evidence_taken_at": "2026-11-24T09:30", "evidence_place": "一号罐区"}
TODAY = date(2026, 11, 24)
LATER = TODAY + timedelta(days=10)
CRITERION = "GM-03-02"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def picture(name: str = "现场.jpg", colour: str = "navy") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo(colour=colour).content, content_type="image/jpeg")


def filing(**told: Any) -> dict[str, Any]:
    """Return what the form sends."""
    return {
        "description": "一号罐围堰有裂缝\n长约两米",
        "place": "一号罐区",
        "found_at": "2026-11-24T09:30",
        "origin": "inspection",
        "key": "form-1",
        "evidence": picture(),
        **STATED,
        **told,
    }


def file(person: Person, enterprise: int, **told: Any) -> Hazard:
    """File a hazard by the form and return it."""
    answer = signed_in(person).post(f"/hazards/new/?enterprise={enterprise}", filing(**told))
    assert answer.status_code == 302, answer.content.decode()
    return Hazard.objects.get(pk=re.fullmatch(r"/cases/(\d+)/", answer.url)[1])  # type: ignore[index]


def act(person: Person, hazard: Hazard, verb: str, **fields: Any) -> Any:
    """Do a verb by the form that the page shows; 302 is done."""
    client = signed_in(person)
    page = client.get(f"/cases/{hazard.pk}/").content.decode()
    form = re.search(rf'<form[^>]*action="/cases/{hazard.pk}/{verb}/".*?</form>', page, re.S)
    hidden = (
        {}
        if form is None
        else dict(re.findall(r'<input type="hidden" name="(version|key)" value="([^"]*)"', form[0]))
    )
    answer = client.post(f"/cases/{hazard.pk}/{verb}/", hidden | fields)
    hazard.refresh_from_db()
    return answer


ORDERED = {"grade": "general", "order": "dated", "due_on": LATER.isoformat(), "requirement": "修补围堰"}
FIXED = {"rectification": "已修补并做闭水试验", **STATED}
VERIFIED = {"finding": "裂缝已修补，不渗漏", **STATED}
FIVE = {
    "responsible_name": "厂长",
    "measures": "停用一号罐",
    "funds": "12.5",
    "emergency_plan": "泄漏时启动堵漏",
    "congress_on": "2026-11-24",
}
MAJOR = ORDERED | {"grade": "major", "criterion": CRITERION}


def put_right(worker: Person, hazard: Hazard, **five: Any) -> None:
    """Sign for an ordered hazard and put it right; `five` are the implementations of a major one."""
    papers = {"evidence": picture()} if five else {}
    assert act(worker, hazard, "accept", **five, **papers).status_code == 302
    assert act(worker, hazard, "fix", **FIXED, evidence=picture(colour="green")).status_code == 302


def closed_off(finder: Person, verifier: Person, worker: Person, enterprise: int, **told: Any) -> Hazard:
    """File a hazard, order, put right, verify and close it off; return it."""
    hazard = file(finder, enterprise, **told)
    assert act(verifier, hazard, "order", **ORDERED).status_code == 302
    put_right(worker, hazard)
    assert act(verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302
    assert act(verifier, hazard, "close").status_code == 302
    return hazard
