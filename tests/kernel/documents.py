"""Documents of an enterprise's file to test with."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model

from anwei.cases.documents.services import add_document
from anwei.cases.evidence import Upload
from anwei.cases.models import Document
from anwei.org.models import Person
from tests.kernel.county import NOW, photo


def hand_in(
    thing: Model,
    actor: Person,
    *,
    title: str = "提升机检验报告",
    file: Upload | None = None,
    now: datetime = NOW,
) -> Document:
    """Hand a photo in as a document about a thing."""
    return add_document(
        thing, file or photo(f"{title}.jpg"), title=title, kind="report", actor=actor, now=now
    )
