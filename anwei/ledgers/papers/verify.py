"""Are the papers as their sealed change log says: every version's row, and its file?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from anwei.ledgers.erasure import ERASED, erasure_of
from anwei.ledgers.models import Change, PaperVersion
from anwei.ledgers.papers.files import path_of
from anwei.ledgers.papers.services import REGISTER
from anwei.ledgers.verification import Broken


def paper_breaks(*, files: bool = True) -> Iterator[Broken]:
    """Yield each version whose digest was not sealed, is gone, or (if `files`) is not that of its file."""
    sealed: dict[tuple[str, int], str] = {}
    lines = Change.objects.filter(register=REGISTER)
    for row, content in lines.filter(content__has_key="version").values_list("row", "content").iterator():
        sealed[row, content["version"]] = content["sha256"]
    for line in lines.filter(content=ERASED).iterator():
        record = erasure_of(Change, line.pk, line.content_digest)
        kept = record.content["kept"] if record is not None else {}
        if "version" in kept:
            sealed[line.row, kept["version"]] = kept["sha256"]
    for version in PaperVersion.objects.select_related("paper").order_by("pk").iterator():
        if sealed.pop((str(version.paper_id), version.number), "") != version.sha256:
            yield _broken(version.paper_id, version.number, _("公文版本与变更记录不符"))
        elif files:
            yield from _file_break(version)
    for row, number in sealed:
        yield _broken(row, number, _("公文版本被删除"))


def _file_break(version: PaperVersion) -> Iterator[Broken]:
    try:
        with path_of(version.stored_as).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        yield _broken(version.paper_id, version.number, _("公文文件缺失"))
        return
    if digest != version.sha256:
        yield _broken(version.paper_id, version.number, _("公文文件被改动"))


def _broken(paper: int | str, number: int, reason: str) -> Broken:
    return Broken(f"{REGISTER} {paper}", number, reason)
