"""Taking in a photo, a recording or a signature of a visit: examined like evidence, once, by its digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.evidence import described, stored
from anwei.cases.intake import Upload
from anwei.hazards.models import Check, Visit, VisitFile
from anwei.hazards.services.device_clock import AHEAD
from anwei.hazards.services.visits import remember, require_of_bodies
from anwei.org.models import Person

MOST = 500  # files of one visit


@dataclass(frozen=True)
class SentFile:
    """A file as a telephone sends it; degrees WGS84, `taken_at` by the camera or the device's clock."""

    key: str
    kind: str
    sha256: str
    name: str
    content: bytes
    item: str = ""
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


def keep_file(visit: Visit, sent: SentFile, *, actor: Person, now: datetime) -> tuple[VisitFile, bool]:
    """Keep a file of a visit; return it, and whether it had come before.

    It is kept also when the visit is over: it may show what a late answer says. Raises NotYourTurn for who
    does not take part, RefusedEvidence for what is no photo, paper or recording, CaseError where the bytes
    are not those that were sent or the key stands for another file.
    """
    require_of_bodies(visit, actor, now)
    if sha256(sent.content).hexdigest() != sent.sha256:
        raise CaseError(_("收到的文件与手机上的不一致，请重新发送。"))
    if (before := _before(sent, visit, actor)) is not None:
        return before, True
    if VisitFile._base_manager.filter(visit=visit).count() >= MOST:
        raise CaseError(_("一次检查最多 %(n)d 个文件。") % {"n": MOST})
    upload = Upload(sent.name, sent.content, taken_at=_possible(sent.taken_at, now), kind=sent.kind)
    try:
        with stored([upload]) as files, transaction.atomic():
            file = files[0]
            located = file if file.latitude is not None else sent
            where = {"latitude": located.latitude, "longitude": located.longitude}
            kept = VisitFile._base_manager.create(
                visit=visit,
                check_of=Check._base_manager.filter(visit=visit, item=sent.item).first(),
                item=sent.item,
                kind=sent.kind,
                name=file.name,
                stored_as=file.stored_as,
                media_type=file.media_type,
                n_bytes=len(sent.content),
                sha256=file.sha256,
                taken_at=file.taken_at,
                by_camera=file.by_camera,
                **where,
                seconds=file.seconds,
                key=sent.key,
                added_by=actor,
                added_at=now,
            )
            remember(visit, "file", {**described(file), **where, "item": sent.item}, actor=actor, now=now)
    except IntegrityError:  # the same file twice at the same moment
        if (before := _before(sent, visit, actor)) is None:
            raise
        return before, True
    return kept, False


def _before(sent: SentFile, visit: Visit, actor: Person) -> VisitFile | None:
    """Return what came under the key. Raises CaseError where that is another file."""
    before = VisitFile._base_manager.filter(key=sent.key).first()
    if before is not None and (before.visit_id, before.added_by_id, before.sha256) != (
        visit.pk,
        actor.pk,
        sent.sha256,
    ):
        raise CaseError(_("同一编号提交过别的内容，请重新提交。"))
    return before


def _possible(at: datetime | None, now: datetime) -> datetime | None:
    """Return when it was taken as a telephone says, no later than now."""
    return now if at is not None and at > now + AHEAD else at
