"""What is accepted as evidence, where it lies and how it is given out."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from time import time

import pytest
from django.conf import settings
from django.db import transaction
from docx import Document
from PIL import Image
from xlsxwriter import Workbook

from anwei.cases.errors import RefusedEvidence
from anwei.cases.evidence import MAX_FILES, Upload, path_of, remove_orphans, response, stored
from anwei.cases.examination.office import SHEET, WORD
from anwei.cases.models import Evidence
from anwei.cases.services import advance
from tests.kernel import recordings
from tests.kernel.county import NOW, County, open_repair, photo
from tests.kernel.test_advance import to_review
from tests.kernel.test_photos import shot

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def image(format_: str, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, None).save(buffer, format_)
    return buffer.getvalue()


def word() -> bytes:
    buffer = BytesIO()
    document = Document()
    document.add_paragraph("整改报告")
    document.save(buffer)
    return buffer.getvalue()


def sheet() -> bytes:
    buffer = BytesIO()
    with Workbook(buffer) as book:
        book.add_worksheet().write_url(0, 0, "https://example.org/")  # a link to click is no attack
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.jpg", image("JPEG"), "image/jpeg"),
        ("a.png", image("PNG"), "image/png"),
        ("a.webp", image("WEBP"), "image/webp"),
        ("grey.jpg", image("JPEG", mode="L"), "image/jpeg"),
        ("clear.png", image("PNG", mode="RGBA"), "image/png"),
        ("a.pdf", PDF, "application/pdf"),
        ("报告.docx", word(), WORD),
        ("台账.xlsx", sheet(), SHEET),
        ("录音.m4a", recordings.m4a(), "audio/mp4"),
        ("录音.wav", recordings.wav(), "audio/wav"),
        ("录音.amr", recordings.amr(), "audio/amr"),
        ("录音.awb", recordings.amr_wide(), "audio/amr"),
        ("录音.opus", recordings.ogg(), "audio/ogg"),
        ("录音.mp3", recordings.mp3(), "audio/mpeg"),
        ("录音.aac", recordings.aac(), "audio/aac"),
        ("录音.webm", recordings.webm(), "audio/webm"),
        ("photo.exe", image("JPEG"), "image/jpeg"),  # the content counts, not the name
    ],
)
def test_accepted(name: str, content: bytes, media_type: str) -> None:
    with stored([Upload(name, content)]) as files:
        (file,) = files
        assert file.media_type == media_type
        path = path_of(file.stored_as)
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
        assert name not in file.stored_as and len(file.stored_as) == 32


JPEG = image("JPEG", (400, 300))
REFUSED = {
    "empty": (b"", "空的"),
    "text": (b"hello", "不是完整"),
    "html as jpg": (b"<html><script>alert(1)</script>", "不是完整"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是完整"),
    "gif": (image("GIF"), "不是完整"),
    "tiff": (image("TIFF"), "不是完整"),
    "cut jpeg": (JPEG[: len(JPEG) * 2 // 3], "不是完整"),
    "cut png": (image("PNG", (400, 300))[:-40], "不是完整"),
    "zip": (b"PK\x03\x04" + b"\x00" * 40, "未予接收"),
    "pdf without an end": (b"%PDF-1.7\n" + b"x" * 2000, "不是完整"),
    "pdf behind a page": (b"<html>" + PDF, "不是完整"),
    "over 10 MB": (JPEG + b"\x00" * (10 * 1024 * 1024), "10 MB"),
    "bomb": (image("PNG", (8000, 7000), "1"), "5000 万像素"),
    "great bomb": (image("PNG", (20000, 20000), "1"), "5000 万像素"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words_and_nothing_stored(what: str) -> None:
    content, sentence = REFUSED[what]
    before = set(settings.DATA.evidence.iterdir())
    with (
        pytest.raises(RefusedEvidence, match=f"坏文件.*{sentence}"),
        stored([photo(), Upload("坏文件", content)]),
    ):
        pass
    assert set(settings.DATA.evidence.iterdir()) == before


def test_no_more_than_twenty_files() -> None:
    with pytest.raises(RefusedEvidence, match="20"), stored([photo()] * (MAX_FILES + 1)):
        pass


def test_names_lose_what_could_mislead(county: County) -> None:
    with stored([photo("../../etc/pa\u202egpj.exe\x00")]) as files:
        assert files[0].name == ".._.._etc_pa_gpj.exe_"
    with stored([photo("  ")]) as files:
        assert files[0].name == "未命名"


def test_files_go_when_the_transaction_rolls_back(county: County) -> None:
    before = set(settings.DATA.evidence.iterdir())
    case = open_repair(county)
    with pytest.raises(RuntimeError), transaction.atomic():
        case = advance(case, "order", actor=county.officer, now=NOW)
        case = advance(case, "sign", actor=county.worker, now=NOW)
        with stored([photo()]):
            raise RuntimeError
    assert set(settings.DATA.evidence.iterdir()) == before


def test_orphans_are_removed_after_an_hour(county: County) -> None:
    case = to_review(county)
    kept = path_of(Evidence.objects.get(case=case).stored_as)
    folder = settings.DATA.evidence
    for name, age in (("old", 3601), ("young", 3599)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (NOW.timestamp() - age,) * 2)
    os.utime(kept, (NOW.timestamp() - 9999,) * 2)
    assert remove_orphans(NOW) >= 1
    assert not (folder / "old").exists()
    assert (folder / "young").exists() and kept.exists()
    assert remove_orphans(NOW + timedelta(seconds=2)) >= 1
    assert time() > 0 and not (folder / "young").exists()


def test_images_are_shown_and_papers_are_downloaded(county: County) -> None:
    case = to_review(county)
    case = advance(case, "return_back", actor=county.officer, now=NOW, reason="补件")
    advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[Upload("报告.pdf", PDF)])
    shown, downloaded = (response(paper) for paper in Evidence.objects.filter(case=case))
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("inline")
    assert b"".join(shown.streaming_content) == photo().content
    assert downloaded["Content-Type"] == "application/pdf"
    assert downloaded["Content-Disposition"].startswith("attachment")
    for answer in (shown, downloaded):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        answer.close()


def test_a_recording_tells_how_long_it_is(county: County) -> None:
    notes = [
        Upload("a.m4a", recordings.m4a()),
        Upload("a.wav", recordings.wav()),
        Upload("a.amr", recordings.amr()),
    ]
    with stored(notes) as files:
        assert [file.seconds for file in files] == [2.0, 0.5, 1.0]


def test_the_camera_is_believed_before_the_person(county: County) -> None:
    shots = [Upload("a.jpg", shot("2026:11:23 08:00:00"), NOW, "三号罐区"), photo()]
    with stored(shots) as (camera, stated):
        assert (camera.taken_at, camera.by_camera, camera.place) == (
            NOW - timedelta(hours=26),
            True,
            "三号罐区",
        )
        assert (stated.taken_at, stated.by_camera) == (NOW, False)


@pytest.mark.parametrize(("kind", "content"), [("voice", JPEG), ("signature", recordings.wav())])
def test_a_signature_is_a_picture_and_a_voice_is_a_recording(kind: str, content: bytes) -> None:
    with pytest.raises(RefusedEvidence, match="类型不对"), stored([Upload("a", content, kind=kind)]):
        pass
