"""Files that prove something: how they are taken in, where they lie, how they are given out again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from anwei.cases.errors import RefusedEvidence
from anwei.cases.intake import StoredFile, Upload, checked
from anwei.cases.models import Document, Evidence

MAX_FILES = 20
ORPHAN_AGE = timedelta(hours=1)
SHOWN_IN_THE_PAGE = ("image/", "audio/")
Answer = TypeVar("Answer", bound=HttpResponseBase)
_named_in: list[type[Model]] = [Evidence, Document]


def keeps_files(model: type[Model]) -> None:
    """Say that the rows of a room's own model name files of this folder, in a column `stored_as`."""
    _named_in.append(model)


@contextmanager
def stored(uploads: Sequence[Upload]) -> Iterator[list[StoredFile]]:
    """Check and store files durably; they are removed again when the block raises.

    Raises RefusedEvidence for the first file that is not accepted; then nothing is stored.
    """
    if len(uploads) > MAX_FILES:
        raise RefusedEvidence(_("一次最多提交 %(n)d 个文件。") % {"n": MAX_FILES})
    files = checked(uploads)
    written: list[Path] = []
    try:
        for file in files:
            path = path_of(file.stored_as)
            written.append(path)
            _write_durably(path, file.upload.content)
        if files:
            _sync_folder(settings.DATA.evidence)
        yield files
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def evidence_row(file: StoredFile, *, case_id: int, entry_id: int, now: datetime) -> Evidence:
    """Return the row of a stored file, to be saved beside the entry that seals what it is `described` as."""
    return Evidence(
        case_id=case_id,
        entry_id=entry_id,
        kind=file.upload.kind,
        name=file.name,
        stored_as=file.stored_as,
        media_type=file.media_type,
        n_bytes=len(file.upload.content),
        sha256=file.sha256,
        taken_at=file.taken_at,
        place=file.place,
        latitude=file.latitude,
        longitude=file.longitude,
        by_camera=file.by_camera,
        seconds=file.seconds,
        added_at=now,
    )


def described(file: StoredFile | Evidence) -> dict[str, Any]:
    """Return what the sealed entry says of a file: everything its row tells people."""
    if isinstance(file, Evidence):
        kind, n_bytes = file.kind, file.n_bytes
    else:
        kind, n_bytes = file.upload.kind, len(file.upload.content)
    at = file.taken_at
    return {
        "kind": kind,
        "name": file.name,
        "media_type": file.media_type,
        "sha256": file.sha256,
        "taken_at": None if at is None else at.astimezone(UTC).isoformat(),
        "place": file.place,
        "latitude": file.latitude,
        "longitude": file.longitude,
        "n_bytes": n_bytes,
        "by_camera": file.by_camera,
        "seconds": file.seconds,
    }


def path_of(stored_as: str) -> Path:
    """Return where a stored file lies."""
    folder: Path = settings.DATA.evidence
    return folder / stored_as


def remove_orphans(now: datetime) -> int:
    """Remove files that no row names an hour after they came (a crash before the commit); return how many."""
    # The folder is read before the rows: a file that comes between is not looked at.
    found = [(path, path.stat().st_mtime) for path in settings.DATA.evidence.iterdir()]
    known = {name for model in _named_in for name in model._base_manager.values_list("stored_as", flat=True)}
    orphans = [path for path, at in found if path.name not in known and at < (now - ORPHAN_AGE).timestamp()]
    for path in orphans:
        path.unlink()
    return len(orphans)


def response(evidence: Evidence | Document) -> FileResponse:
    """Give a file out: photos and sound inline, all else as attachment; never as anything but its own type.

    Raises FileNotFoundError when the file is gone.
    """
    answer = FileResponse(
        path_of(evidence.stored_as).open("rb"),
        as_attachment=not evidence.media_type.startswith(SHOWN_IN_THE_PAGE),
        filename=evidence.name,
        content_type=evidence.media_type,
    )
    return confined(answer)


def confined(answer: Answer) -> Answer:
    """Return a response that a browser takes for nothing but its type, runs nowhere and keeps nowhere."""
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _write_durably(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
