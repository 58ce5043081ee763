"""Are the documents of files as their sealed change log says: every row, and its file?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.documents.services import REGISTER, told
from anwei.cases.evidence import path_of
from anwei.cases.models import Document
from anwei.ledgers.erasure import ERASED, erasure_of
from anwei.ledgers.models import Change
from anwei.ledgers.seal import Broken


def document_breaks() -> Iterator[Broken]:
    """Yield each document that is gone, or is not as it was sealed; nobody may write between the readings."""
    added, withdrawn = _sealed()
    for document in Document._base_manager.order_by("pk").iterator():
        content = added.pop(str(document.pk), None)
        if content is None or (content != ERASED and content != told(document)):
            yield _broken(document.pk, _("文档与变更记录不符"))
        elif (document.withdrawn_at is not None) != (str(document.pk) in withdrawn):
            yield _broken(document.pk, _("文档的撤回与变更记录不符"))
    for key in added:
        yield _broken(key, _("文档被删除"))


def document_file_breaks() -> Iterator[Broken]:
    """Yield each document whose file is gone, or is not the one that the row tells of."""
    for document in Document._base_manager.order_by("pk").iterator():
        try:
            with path_of(document.stored_as).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != document.sha256:
                    yield _broken(document.pk, _("文档文件被改动"))
        except FileNotFoundError:
            yield _broken(document.pk, _("文档文件缺失"))


def _sealed() -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Return what was sealed of each document when it came, and which were withdrawn since.

    An erased text is `ERASED` where somebody recorded the erasure, and else says nothing that a row says.
    """
    added: dict[str, dict[str, Any]] = {}
    withdrawn: set[str] = set()
    for line in Change.objects.filter(register=REGISTER).order_by("number").iterator():
        if line.verb == "withdraw":
            withdrawn.add(line.row)
        elif line.verb == "add":
            lost = line.content == ERASED and erasure_of(Change, line.pk, line.content_digest) is None
            added[line.row] = {} if lost else line.content
    return added, withdrawn


def _broken(document: int | str, reason: str) -> Broken:
    return Broken(f"{REGISTER} {document}", 1, reason)
