"""Questions about documents."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model, QuerySet

from anwei.cases.documents.services import column_of, is_of_enterprise, may_add
from anwei.cases.models import Document
from anwei.cases.models.documents import THINGS, TO_PLACE
from anwei.org.models import Person


def documents_of(person: Person) -> QuerySet[Document]:
    """Return the documents a person may see, with what a row shows, the newest first."""
    rows: QuerySet[Document] = Document.objects.visible_to(person)
    return rows.select_related("enterprise__unit", "added_by", "withdrawn_by", *THINGS, *TO_PLACE)


def documents_about(thing: Model, person: Person) -> QuerySet[Document]:
    """Return the standing documents about one thing; of an enterprise also those about its things."""
    rows = documents_of(person).filter(withdrawn_at__isnull=True)
    if column := column_of(thing):
        return rows.filter(**{column: thing.pk})
    return rows.filter(enterprise=thing.pk)


def gets_file(person: Person, document: Document, now: datetime) -> bool:
    """Say whether a person who sees a document is given its file: of a withdrawn one, who might add it."""
    return document.withdrawn_at is None or may_add(person, document.whose, now)


def gets_original(person: Person, document: Document, now: datetime) -> bool:
    """Say whether a photo is given as handed in: to who handed it in and to the enterprise's own posts.

    Everybody else gets a copy that says nothing of camera, time and place (个人信息保护法 art. 6).
    """
    owner = document.enterprise
    own = owner is not None and is_of_enterprise(person, owner, now)
    return own or document.added_by_id == person.pk
