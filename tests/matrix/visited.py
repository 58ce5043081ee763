"""A visit of each plant that is over: with a photo that tells where it was taken, and its papers."""

from __future__ import annotations

from hashlib import sha256

from anwei.hazards.models import VisitFile, VisitPaper
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visit_files import SentFile, keep_file
from anwei.hazards.services.visiting import begin_visit, end_visit
from anwei.hazards.services.visits import plan_visit
from anwei.org.models import Person, Unit
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW
from tests.matrix.photos import photo_of


def visited(
    enterprise: Enterprise, body: Unit, officer: Person, colleague: Person, *, name: str, mark: str
) -> tuple[VisitFile, VisitPaper]:
    """Visit a plant from beginning to end; return the photo and the record."""
    visit = plan_visit(
        Whereabouts(enterprise),
        actor=officer,
        now=NOW,
        body=body,
        planned_on=NOW.date(),
        reason="asked",
        reason_text=f"{mark}来函",
        inspectors=(officer, colleague),
    )
    begin_visit(visit, actor=officer, now=NOW)
    photo = photo_of(name, f"{mark}检查.jpg")
    sent = SentFile(
        f"visited-{name}", "evidence", sha256(photo.content).hexdigest(), photo.name, photo.content
    )
    file, _before = keep_file(visit, sent, actor=officer, now=NOW)
    end_visit(visit, actor=officer, now=NOW, finding=f"{mark}未发现问题", head=f"{mark}厂长")
    return file, VisitPaper.objects.get(visit=visit)
