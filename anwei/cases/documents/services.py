"""Documents are handed in and withdrawn here; both leave a sealed change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError
from anwei.cases.evidence import stored
from anwei.cases.intake import Upload
from anwei.cases.models.documents import THINGS, Document
from anwei.ledgers.services import record_change
from anwei.org.holdings import posts_of
from anwei.org.models import Person
from anwei.org.register_rules import FILE_KEEPERS, may_keep_registers
from anwei.org.scope import ensure_visible
from anwei.sites.models import Enterprise, Site
from anwei.sites.things import site_of

REGISTER = "cases.document"  # under which the acts on a document are sealed
NOT_KEEPER = gettext_lazy("您现在的岗位不能向这份档案提交文档。")


class RefusedDocument(CaseError):
    """A document is not taken in, or not withdrawn; the text is a sentence for the user."""


def file_of(thing: Any) -> Enterprise | Site:
    """Return in whose file a document about a thing goes: its enterprise's, else that of its place."""
    if isinstance(thing, Enterprise):
        return thing
    owner: Enterprise | None = getattr(thing, "enterprise", None)
    place = site_of(thing)
    if owner is None and place is not None:
        return place.enterprise or place
    assert owner is not None  # noqa: S101 - the database holds every thing to one of them
    return owner


def column_of(thing: models.Model) -> str:
    """Return the column of a document that names a thing of this model, "" for the enterprise itself."""
    for name in THINGS:
        if Document._meta.get_field(name).related_model is type(thing):
            return name
    return ""


def is_of_enterprise(person: Person, enterprise: Enterprise, now: datetime) -> bool:
    """Say whether a person heads an enterprise, or keeps its safety."""
    return posts_of(person, now).filter(kind__in=FILE_KEEPERS, unit=enterprise.unit_id).exists()


def may_add(person: Person, whose: Enterprise | Site, now: datetime) -> bool:
    """Say whether a person who sees an enterprise or a place may add to its file: clerks, its own posts."""
    own = isinstance(whose, Enterprise) and is_of_enterprise(person, whose, now)
    return own or may_keep_registers(person)


@transaction.atomic
def add_document(
    thing: models.Model,
    upload: Upload,
    *,
    title: str,
    kind: str,
    dated_on: date | None = None,
    valid_until: date | None = None,
    actor: Person,
    now: datetime,
) -> Document:
    """Take a file in as a document of an enterprise, of a thing of it, or of a place that belongs to none.

    Raises RefusedEvidence for the file, PermissionDenied where the actor may not.
    """
    whose = file_of(thing)
    if not may_add(actor, whose, now):
        raise PermissionDenied(NOT_KEEPER)
    with stored([upload]) as [file], transaction.atomic():
        about = {column: thing} if (column := column_of(thing)) else {}
        made = Document.objects.create(
            enterprise=whose if isinstance(whose, Enterprise) else None,
            **about,
            title=title,
            kind=kind,
            dated_on=dated_on,
            valid_until=valid_until,
            name=file.name,
            stored_as=file.stored_as,
            media_type=file.media_type,
            n_bytes=len(upload.content),
            sha256=file.sha256,
            added_by=actor,
            added_at=now,
        )
        record_change(REGISTER, made.pk, actor=actor, now=now, verb="add", content=told(made))
        ensure_visible(actor, made)
    return made


def may_withdraw(person: Person, document: Document, now: datetime) -> bool:
    """Say whether a person who sees a document may withdraw it: clerks, its enterprise what its own added."""
    owner = document.enterprise
    if owner is None or not is_of_enterprise(person, owner, now):
        return may_keep_registers(person)
    return is_of_enterprise(document.added_by, owner, document.added_at)


@transaction.atomic
def withdraw_document(document: Document, *, actor: Person, now: datetime, reason: str) -> Document:
    """Withdraw a document: it stays on record with the reason, and is no longer given out to others.

    Raises RefusedDocument without a reason or when it was withdrawn before, PermissionDenied.
    """
    rows = Document.objects.select_for_update(of=("self",)).select_related("enterprise")
    row: Document = rows.get(pk=document.pk)
    if not may_withdraw(actor, row, now):
        raise PermissionDenied(_("您现在的岗位不能撤回这份文档。"))
    if row.withdrawn_at is not None:
        raise RefusedDocument(_("这份文档已经撤回。"))
    if not reason.strip():
        raise RefusedDocument(_("撤回文档须说明理由。"))
    row.withdrawn_by, row.withdrawn_at, row.withdrawal = actor, now, reason.strip()[:200]
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal"])
    content = {"title": row.title, "sha256": row.sha256}
    record_change(
        REGISTER, row.pk, actor=actor, now=now, verb="withdraw", content=content, reason=row.withdrawal
    )
    ensure_visible(actor, row)
    return row


def told(document: Document) -> dict[str, Any]:
    """Return what the sealed change says of a new document."""
    return {
        "enterprise": document.enterprise_id,
        **{name: key for name in THINGS if (key := getattr(document, f"{name}_id")) is not None},
        "title": document.title,
        "kind": document.kind,
        "dated_on": document.dated_on and document.dated_on.isoformat(),
        "valid_until": document.valid_until and document.valid_until.isoformat(),
        "name": document.name,
        "media_type": document.media_type,
        "n_bytes": document.n_bytes,
        "sha256": document.sha256,
    }
