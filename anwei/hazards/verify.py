"""Are the files and papers of visits as the sealed change log says: every row, and its file?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from anwei.cases.evidence import path_of
from anwei.cases.verify import contribute_breaks
from anwei.hazards.models import VisitFile, VisitPaper
from anwei.hazards.services.visits import REGISTER
from anwei.ledgers.erasure import ERASED
from anwei.ledgers.models import Change
from anwei.ledgers.papers import files as papers
from anwei.ledgers.seal import Broken

VERBS = ("file", "paper")  # of the lines that seal a digest


def visit_breaks(*, files: bool = True) -> Iterator[Broken]:
    """Yield each file or paper of a visit that was not sealed, is gone, or (if `files`) is not as it was.

    Of a visit of which a line was erased, rows that no line tells of are let through.
    """
    lines = Change.objects.filter(register=REGISTER, verb__in=VERBS)
    sealed = {
        (row, content["sha256"]) for row, content in lines.values_list("row", "content") if content != ERASED
    }
    erased = {row for row, content in lines.values_list("row", "content") if content == ERASED}
    kept = set()
    rows: Iterator[VisitFile | VisitPaper] = chain(
        VisitFile._base_manager.order_by("pk").iterator(), VisitPaper._base_manager.order_by("pk").iterator()
    )
    for row in rows:
        key = (str(row.visit_id), row.sha256)
        kept.add(key)
        if key not in sealed and key[0] not in erased:
            yield _broken(key[0], _("检查附件、文书与变更记录不符"))
        elif files:
            yield from _file_break(row)
    for visit, _digest in sorted(sealed - kept):
        yield _broken(visit, _("检查附件、文书被删除"))


def _file_break(row: VisitFile | VisitPaper) -> Iterator[Broken]:
    where = path_of(row.stored_as) if isinstance(row, VisitFile) else papers.path_of(row.stored_as)
    try:
        with where.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        yield _broken(str(row.visit_id), _("检查附件、文书的文件缺失"))
        return
    if digest != row.sha256:
        yield _broken(str(row.visit_id), _("检查附件、文书的文件被改动"))


def _broken(visit: str, reason: str) -> Broken:
    return Broken(f"{REGISTER} {visit}", 1, reason)


contribute_breaks(visit_breaks)
