"""What was handed in with a verb: checked against its needs, and as the sealed entry keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from anwei.cases.errors import MissingPaper
from anwei.cases.intake import StoredFile, Upload
from anwei.cases.lifecycle import FILE_KINDS, Need, Transition
from anwei.org.models import Person, Post

FAST_CLOCK = timedelta(minutes=5)  # a telephone may be that far ahead of the server
ROWS: Mapping[str, type[Model]] = {"person": Person, "post": Post}
PROOFS = {"photo": ("image/",), "document": ("image/", "application/")}  # of Need.at_least_one
VALUES: Mapping[str, type] = {"date": date, "boolean": bool, **ROWS}


def check_papers(
    transition: Transition, fields: Mapping[str, Any], evidence: Sequence[Upload]
) -> dict[str, Any]:
    """Return the papers that were handed in, stripped.

    Raises MissingPaper naming each need that is missing, and TypeError for a field that no need names or a
    value of another kind.
    """
    needs = {need.name: need for need in transition.needs if need.kind not in ("evidence", "voice")}
    unknown = sorted(fields.keys() - needs.keys())
    unknown += sorted({file.kind for file in evidence} - {need.kind for need in transition.needs})
    if unknown:
        raise TypeError(f"{transition.verb} takes no {', '.join(unknown)}")
    papers = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    files = {kind: [file for file in evidence if file.kind == kind] for kind in FILE_KINDS}
    handed_in = papers | files | ({"signature": files["signature"] or papers.get("signature")})
    required = [need for need in transition.needs if need.required]
    missing = [need for need in required if _is_missing(need, handed_in.get(need.name))]
    if missing:
        labels = _("、").join(str(need.label) for need in missing)
        raise MissingPaper(_("请填写或提交：%(labels)s。") % {"labels": labels})
    for name, value in papers.items():
        if not _is_empty(value):
            _check_value(needs[name], value)
    return papers


def check_taken(files: Sequence[StoredFile], now: datetime) -> None:
    """Raise MissingPaper for a photo of which somebody states a time that is still to come."""
    for file in files:
        if not file.by_camera and file.taken_at is not None and file.taken_at > now + FAST_CLOCK:
            raise MissingPaper(_("“%(name)s”：拍摄时间不能晚于现在。") % {"name": file.name})


def check_photos(transition: Transition, files: Sequence[StoredFile], now: datetime) -> None:
    """Raise MissingPaper for no photo where one must be, one without time or place, or of a time to come.

    What the camera says counts before what the person states, whatever its clock.
    """
    check_taken(files, now)
    need = next((need for need in transition.needs if need.kind == "evidence"), None)
    if need is not None and need.at_least_one:
        _check_proof(need, [file for file in files if file.upload.kind == need.kind])
    for file in files:
        if need is None or file.upload.kind != need.kind or not file.media_type.startswith("image/"):
            continue
        if need.taken_at and file.taken_at is None:
            raise MissingPaper(_("照片“%(name)s”没有自带拍摄时间，请人工填写。") % {"name": file.name})
        if need.place and file.latitude is None and not file.place:
            raise MissingPaper(_("照片“%(name)s”没有自带拍摄地点，请人工填写。") % {"name": file.name})


def check_signature(transition: Transition, papers: Mapping[str, Any], actor: Person | None) -> None:
    """Raise MissingPaper when a typed signature is not the name of the person who acts.

    It is an electronic signature because the account is in its owner's sole control (电子签名法 art. 13).
    """
    signed = papers.get("signature")
    if signed and any(need.kind == "signature" for need in transition.needs) and signed != str(actor):
        raise MissingPaper(_("电子签名须填写本人姓名“%(name)s”。") % {"name": actor})


def sealed(papers: Mapping[str, Any]) -> dict[str, Any]:
    """Return papers as the entry keeps them: a person or post by its key and its name of that day."""
    return {
        name: {"id": value.pk, "name": str(value)} if isinstance(value, Model) else value
        for name, value in papers.items()
    }


def _check_proof(need: Need, files: Sequence[StoredFile]) -> None:
    """Raise MissingPaper where files were handed in, but none of them shows what the need is about."""
    if not files or any(file.media_type.startswith(PROOFS[need.at_least_one]) for file in files):
        return
    sentence = _("“%(label)s”须至少有一张照片，录音和文件可以一并提交。")
    if need.at_least_one == "document":
        sentence = _("“%(label)s”须有照片或文件，只有录音不行。")
    raise MissingPaper(sentence % {"label": need.label})


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _is_missing(need: Need, value: Any) -> bool:
    if need.kind == "boolean":
        return value is not True
    return not value if need.kind in FILE_KINDS else _is_empty(value)


def _check_value(need: Need, value: Any) -> None:
    if need.kind == "choice" and value not in {choice for choice, _label in need.choices}:
        raise MissingPaper(_("“%(label)s”不在可选范围内。") % {"label": need.label})
    wanted = VALUES.get(need.kind)
    if wanted is not None and not isinstance(value, wanted):
        raise TypeError(f"{need.name} takes a {wanted.__name__}")
