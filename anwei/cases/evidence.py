"""Files that prove something: what is accepted, where they lie, how they are given out again."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _
from PIL import Image

from anwei.cases.errors import RefusedEvidence
from anwei.cases.models import Evidence

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
MAX_PIXELS = 50_000_000
IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
ORPHAN_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in; `taken_at` is when the photo was taken, where that is known."""

    name: str
    content: bytes
    taken_at: datetime | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file that was checked and lies durably in the evidence folder."""

    upload: Upload
    name: str
    stored_as: str
    media_type: str
    sha256: str


@contextmanager
def stored(uploads: Sequence[Upload]) -> Iterator[list[StoredFile]]:
    """Check and store files durably; they are removed again when the block raises.

    Raises RefusedEvidence for the first file that is not accepted; then nothing is stored.
    """
    if len(uploads) > MAX_FILES:
        raise RefusedEvidence(_("一次最多提交 %(n)d 个文件。") % {"n": MAX_FILES})
    files = [_checked(upload) for upload in uploads]
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


def described(paper: Evidence) -> dict[str, str]:
    """Return what the sealed entry says of a paper."""
    return {"name": paper.name, "sha256": paper.sha256}


def path_of(stored_as: str) -> Path:
    """Return where a stored file lies."""
    folder: Path = settings.DATA.evidence
    return folder / stored_as


def remove_orphans(now: datetime) -> int:
    """Remove files that no row names an hour after they came (a crash before the commit); return how many."""
    known = set(Evidence.objects.values_list("stored_as", flat=True))
    n_removed = 0
    for path in settings.DATA.evidence.iterdir():
        if path.name not in known and path.stat().st_mtime < (now - ORPHAN_AGE).timestamp():
            path.unlink()
            n_removed += 1
    return n_removed


def response(evidence: Evidence) -> FileResponse:
    """Give a file out: images inline, all else as attachment; never interpreted as anything but its own type.

    Raises FileNotFoundError when the file is gone.
    """
    answer = FileResponse(
        path_of(evidence.stored_as).open("rb"),
        as_attachment=evidence.media_type not in IMAGE_TYPES.values(),
        filename=evidence.name,
        content_type=evidence.media_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _checked(upload: Upload) -> StoredFile:
    name = UNSAFE_IN_NAME.sub("_", upload.name).strip()[-200:] or _("未命名")
    if not upload.content:
        raise RefusedEvidence(_("文件“%(name)s”是空的。") % {"name": name})
    if len(upload.content) > MAX_BYTES:
        raise RefusedEvidence(_("文件“%(name)s”超过 10 MB，请压缩后再提交。") % {"name": name})
    media_type = PDF if _is_pdf(upload.content) else _image_type(name, upload.content)
    digest = hashlib.sha256(upload.content).hexdigest()
    return StoredFile(upload, name, secrets.token_hex(16), media_type, digest)


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def _image_type(name: str, content: bytes) -> str:
    """Return the media type of an image that can be read to its last line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise RefusedEvidence(
                        _("图片“%(name)s”超过 5000 万像素，请缩小后再提交。") % {"name": name}
                    )
                image.verify()
            with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
                image.draft(
                    "RGB", (image.width // 8, image.height // 8)
                )  # reads all of a JPEG, in little memory
                image.load()
                return IMAGE_TYPES[str(image.format)]
    except RefusedEvidence:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise RefusedEvidence(
            _("图片“%(name)s”超过 5000 万像素，请缩小后再提交。") % {"name": name}
        ) from bomb
    except Exception as fault:  # Pillow raises whatever a broken file makes its decoders raise
        raise RefusedEvidence(
            _("文件“%(name)s”不是完整的 JPG、PNG、WebP 图片或 PDF。") % {"name": name}
        ) from fault


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
