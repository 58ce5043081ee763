"""The files of papers: what is accepted, and where it lies durably."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from anwei.ledgers import confined
from anwei.ledgers.ooxml import UnsafeOffice, require_safe
from anwei.ledgers.papers import fill_program
from anwei.ledgers.papers.errors import PaperError

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MAX_BYTES = 20 * 1024 * 1024
UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class KeptFile:
    """A file that lies durably in the folder of papers."""

    stored_as: str
    media_type: str
    n_bytes: int
    sha256: str


@contextmanager
def kept(content: bytes, media_type: str) -> Iterator[KeptFile]:
    """Store a file durably; it is removed again when the block raises."""
    name = secrets.token_hex(16)
    path = path_of(name)
    try:
        settings.DATA.write_private(path, content)
        yield KeptFile(name, media_type, len(content), hashlib.sha256(content).hexdigest())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def path_of(stored_as: str) -> Path:
    """Return where a stored file lies."""
    folder: Path = settings.DATA.folder("papers")
    return folder / stored_as


def safe_name(name: str) -> str:
    """Return a file name without what a file system or a reader's eye may stumble over."""
    return UNSAFE_IN_NAME.sub("_", Path(name).name).strip()[-200:] or _("未命名")


def scan_type(content: bytes) -> str:
    """Return the media type of a scan (PDF or JPG) by its bytes; it is stored and given out, never decoded.

    Raises PaperError for anything else.
    """
    _check_size(content)
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return PDF
    if _is_jpeg(content):
        return JPEG
    raise PaperError(_("盖章件须是完整的 PDF 或 JPG 扫描件。"))


def picture_type(content: bytes) -> str:
    """Return the media type of a picture (JPG or PNG) by its bytes, which are never decoded.

    Raises PaperError for anything else.
    """
    _check_size(content)
    if _is_jpeg(content):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-16:]:
        return PNG
    raise PaperError(_("图片须是完整的 JPG 或 PNG。"))


def require_docx(content: bytes, marks: tuple[str, ...]) -> None:
    """Raise PaperError unless `content` is a DOCX that may be opened and still has the places of `marks`."""
    _check_size(content)
    try:
        require_safe(content, "docx")
    except UnsafeOffice as error:
        raise PaperError(str(error)) from error
    fill(content, {mark: mark for mark in marks})


def fill(content: bytes, marks: dict[str, str]) -> bytes:
    """Return a DOCX with each mark of its text replaced; done in a child, for the file came from outside.

    Raises PaperError when a mark is not found.
    """
    options = [part for pair in marks.items() for part in pair]
    try:
        return confined.run(Path(fill_program.__file__), content, *options)
    except confined.Failed as error:
        raise PaperError(
            _(
                "修改稿读不出来，或文中找不到“%(marks)s”：请保留系统稿中文号和成文日期的空位，签发时由系统填入。"
            )
            % {"marks": _("”、“").join(marks)}
        ) from error


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]


def _check_size(content: bytes) -> None:
    if not content:
        raise PaperError(_("文件是空的。"))
    if len(content) > MAX_BYTES:
        raise PaperError(_("文件超过 20 MB，请压缩后再上传。"))
