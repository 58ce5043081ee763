"""The fields of needs that take files: what a form hands on, and when a signature counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from anwei.cases.errors import MissingPaper
from anwei.cases.forms import TransitionForm
from anwei.cases.lifecycle import Need, Phase, Role, Transition
from anwei.cases.needs import check_papers, check_signature
from tests.kernel import recordings
from tests.kernel.county import NOW, County, photo

SIGNED = Transition(
    "receive", Phase.ASSIGNED, Phase.ACTING, Role.IMPLEMENTER, label="签收", line="已签收",
    needs=(Need("signature", "签名", "signature"), Need("voice", "语音", "voice", required=False), Need("evidence", "照片", "evidence", required=False)),
)  # fmt: skip
HIDDEN = {"version": "1", "key": "k"}


def form(data: dict[str, str], files: dict[str, list[Any]]) -> TransitionForm:
    return TransitionForm(SIGNED, HIDDEN | data, MultiValueDict(files))


def picture(name: str = "签名.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo().content, content_type="image/png")


def test_the_page_offers_pen_scan_and_own_name() -> None:
    page = TransitionForm(SIGNED).as_div()
    for words in (
        "data-signature-pad",
        'name="signature_typed"',
        'accept="audio/*"',
        'name="evidence_place"',
        ".docx",
    ):
        assert words in page


def test_a_drawn_signature_goes_with_its_kind() -> None:
    filled = form({}, {"signature": [picture()], "voice": [SimpleUploadedFile("a.m4a", recordings.m4a())]})
    assert filled.is_valid(), filled.errors
    assert [(upload.kind, upload.name) for upload in filled.uploads()] == [
        ("signature", "签名.png"),
        ("voice", "a.m4a"),
    ]
    assert check_papers(SIGNED, filled.papers, filled.uploads()) == {}


def test_when_and_where_are_asked_beside_the_photos() -> None:
    stated = {"signature_typed": "x", "evidence_taken_at": "2026-11-24T10:00", "evidence_place": "三号罐区"}
    filled = form(stated, {"evidence": [picture("现场.jpg")]})
    assert filled.is_valid(), filled.errors
    (upload,) = filled.uploads()
    assert (upload.taken_at, upload.place, upload.kind) == (NOW, "三号罐区", "evidence")
    assert not form(stated | {"evidence_taken_at": "yesterday"}, {}).is_valid()


def test_a_typed_signature_is_the_own_name(county: County) -> None:
    papers = form({"signature_typed": " worker "}, {})
    assert papers.is_valid() and papers.papers == {"signature": "worker"}
    check_signature(SIGNED, check_papers(SIGNED, papers.papers, ()), county.worker)
    with pytest.raises(MissingPaper, match="本人姓名"):
        check_signature(SIGNED, {"signature": "officer"}, county.worker)


def test_a_signature_that_is_needed_is_missed() -> None:
    assert not form({}, {}).is_valid()
    with pytest.raises(MissingPaper, match="签名"):
        check_papers(SIGNED, {}, ())
