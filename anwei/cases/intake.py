"""Taking a file in: its name made harmless, its content examined by a child with limits, its digest taken."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.errors import RefusedEvidence
from anwei.cases.examination.findings import Reason
from anwei.ledgers import confined

MAX_BYTES = 10 * 1024 * 1024
MAX_PLACE = 100  # characters
PROGRAM = Path(__file__).parent / "examination" / "program.py"
AT_ONCE = 2  # files examined at a time
SECONDS = 7  # of processor time for one file; confined waits three times as long
UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
MAIN_TYPES = {"signature": "image/", "voice": "audio/"}  # a kind of need that takes one type alone


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in; time and place as the person states them, where the camera says nothing.

    `kind` is the kind of need it answers: "evidence", "signature" or "voice". `finding` is what an
    examination of the same bytes found before, where there was one.
    """

    name: str
    content: bytes
    taken_at: datetime | None = None
    place: str = ""
    kind: str = "evidence"
    finding: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file that was examined, and the name under which it lies durably in the evidence folder."""

    upload: Upload
    name: str
    stored_as: str
    media_type: str
    sha256: str
    taken_at: datetime | None
    by_camera: bool  # the camera, not the person, says when
    place: str
    latitude: float | None
    longitude: float | None
    seconds: float | None


def checked(uploads: Sequence[Upload]) -> list[StoredFile]:
    """Return the files, each examined and named; raises RefusedEvidence for the first not accepted."""
    for upload in uploads:
        _check_size(upload)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        findings = list(pool.map(_examined, uploads))
    return [_accepted(upload, finding) for upload, finding in zip(uploads, findings, strict=True)]


def copy_without_traces(photo: bytes) -> bytes:
    """Return a photo encoded anew, without camera, time and place; raises `confined.Failed`."""
    return confined.run(PROGRAM, photo, "copy", seconds=SECONDS)


def _check_size(upload: Upload) -> None:
    name = safe_name(upload.name)
    if not upload.content:
        raise RefusedEvidence(_("文件“%(name)s”是空的。") % {"name": name})
    if len(upload.content) > MAX_BYTES:
        raise RefusedEvidence(_("文件“%(name)s”超过 10 MB，请压缩后再提交。") % {"name": name})


def safe_name(name: str) -> str:
    """Return a file name without path, control and direction characters, at most 200 characters."""
    return UNSAFE_IN_NAME.sub("_", name).strip()[-200:] or _("未命名")


def _examined(upload: Upload) -> Mapping[str, Any]:
    if upload.finding is not None:
        return upload.finding
    try:
        answer: dict[str, Any] = json.loads(confined.run(PROGRAM, upload.content, "examine", seconds=SECONDS))
    except (confined.Failed, ValueError):  # it died of its limits or of the file
        return {"refused": Reason.UNKNOWN, "sentence": ""}
    return answer


def _accepted(upload: Upload, finding: Mapping[str, Any]) -> StoredFile:
    name = safe_name(upload.name)
    if reason := finding.get("refused"):
        raise RefusedEvidence(_sentence(Reason(reason), name, finding["sentence"]))
    media_type: str = finding["media_type"]
    if not media_type.startswith(MAIN_TYPES.get(upload.kind, "")):
        raise RefusedEvidence(_("“%(name)s”的类型不对：签名须为图片，语音须为录音。") % {"name": name})
    by_camera = bool(finding["taken_at"])
    return StoredFile(
        upload=upload,
        name=name,
        stored_as=secrets.token_hex(16),
        media_type=media_type,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        taken_at=datetime.fromisoformat(finding["taken_at"]) if by_camera else upload.taken_at,
        by_camera=by_camera,
        place=upload.place.strip()[:MAX_PLACE],
        latitude=finding["latitude"],
        longitude=finding["longitude"],
        seconds=finding["seconds"],
    )


def _sentence(reason: Reason, name: str, sentence: str) -> str:
    sentences = {
        Reason.UNKNOWN: _(
            "文件“%(name)s”不是完整的照片（JPG、PNG、WebP）、文档（PDF、DOCX、XLSX）"
            "或录音（M4A、MP3、WAV、AMR、OGG、WebM）。"
        ),
        Reason.TOO_MANY_PIXELS: _("图片“%(name)s”超过 5000 万像素或过于占用内存，请缩小后再提交。"),
        Reason.ACTIVE: _("文件“%(name)s”含有宏、脚本或嵌入的程序，请另存为不含这些内容的文件再提交。"),
        Reason.TWO_IN_ONE: _("文件“%(name)s”中夹带另一个文件，未予接收。"),
        Reason.LOCKED: _("文件“%(name)s”设有密码，请去除密码后再提交。"),
        Reason.VIDEO: _("文件“%(name)s”是视频，请提交照片或录音。"),
        Reason.OFFICE: _("文件“%(name)s”未予接收：%(sentence)s"),
    }
    return sentences[reason] % {"name": name, "sentence": sentence}
