"""Who is given a file as it was handed in, and who a copy that says nothing of camera, time and place.

A photo tells where and when somebody stood, and with which telephone. Originals go to the units of the case's
three posts and to the county's auditors; everybody else who may see the case gets copies (data minimisation,
个人信息保护法 art. 6), and neither page nor dossier tells them where it was taken; when, all may know. The
digest of the original stands in the sealed timeline either way.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from anwei.cases.evidence import path_of
from anwei.cases.intake import copy_without_traces
from anwei.cases.models import Case, Document, Evidence
from anwei.org.holdings import posts_acted_at
from anwei.org.models import Person, Post

COPY_TYPE = "image/jpeg"


def gets_originals(person: Person, case: Case, now: datetime) -> bool:
    """Say whether `person` acts today in a unit of the case's three posts, or is an auditor."""
    units = {case.responsible.unit_id, case.supervisor.unit_id, case.implementer.unit_id}
    concerned = Q(unit__in=units) | Q(kind=Post.Kind.AUDIT_ADMIN)
    return posts_acted_at(person, now).filter(concerned).exists()


def has_copy(evidence: Evidence | Document) -> bool:
    """Say whether a file is a photo, of which a copy can be made; papers and sound go as they are."""
    return evidence.media_type.startswith("image/")


def copy_of(evidence: Evidence | Document) -> bytes:
    """Return a photo encoded anew as JPEG; raises FileNotFoundError, and `confined.Failed` if it cannot."""
    return copy_without_traces(path_of(evidence.stored_as).read_bytes())
