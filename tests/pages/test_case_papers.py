"""The papers of a warning: what must be handed in, what is refused, who may see it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.cases.models import Entry, Evidence
from anwei.monitoring.models import Alarm, Warning
from anwei.org.services import appoint
from tests.kernel.county import NOW, County, photo
from tests.pages.cases import SignIn, act, disposal, picture, recording, sign_and_dispose


def test_nobody_judges_a_false_alarm_alone(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    for phase in ("assigned", "acting"):
        assert "认定误报" not in officer.get(f"/cases/{warning.pk}/").content.decode()
        answer = officer.post(f"/cases/{warning.pk}/false_alarm/", {"reason": "误"})
        assert answer.status_code == 409
        if phase == "assigned":
            act(worker, warning, "sign")
    warning.refresh_from_db()
    assert warning.phase == "acting"
    appoint(county.worker, county.duty, actor=None, now=NOW)  # the plant's hand, moved to the duty post
    act(worker, warning, "dispose", **disposal())
    assert "认定误报" not in worker.get(f"/cases/{warning.pk}/").content.decode()


@pytest.mark.parametrize(
    ("level", "stands", "asked"),
    [("red", True, True), ("red", False, True), ("yellow", True, True), ("yellow", False, False)],
)
def test_a_false_alarm_needs_a_reason_and_where_it_is_grave_or_stands_a_paper(
    county: County, warning: Warning, sign_in: SignIn, level: str, stands: bool, asked: bool
) -> None:
    Warning.objects.update(level=level)
    if not stands:
        Alarm.objects.update(cleared_at=NOW)
    sign_and_dispose(county, warning, sign_in)
    officer = sign_in(county.officer)
    assert "请填写误报依据" in act(officer, warning, "false_alarm", evidence=picture()).content.decode()
    answer = act(officer, warning, "false_alarm", reason="传感器标校")
    assert (answer.status_code == 422) is asked
    if asked:
        assert "请提交标校记录或现场照片" in answer.content.decode()
        answer = act(officer, warning, "false_alarm", reason="传感器标校", evidence=recording())
        assert answer.status_code == 422 and "只有录音不行" in answer.content.decode()
        act(officer, warning, "false_alarm", reason="传感器标校", evidence=picture())
    warning.refresh_from_db()
    assert (warning.phase, warning.outcome) == ("closed", "false_alarm")


def test_missing_papers_are_named_in_place_and_nothing_typed_is_lost(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", cause="风机停转", measure="")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写处置措施" in text and "请提交现场照片" in text and "风机停转</textarea>" in text
    assert Entry.objects.filter(case=warning).count() == 2


def test_a_file_that_is_no_photo_is_refused_with_a_sentence(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    fake = SimpleUploadedFile("现场.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence": fake}))
    assert answer.status_code == 422 and "不是完整的" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_recording_is_no_photo_and_goes_beside_one(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence": recording()}))
    assert answer.status_code == 422 and "须至少有一张照片" in answer.content.decode()
    assert not Evidence.objects.exists()
    act(worker, warning, "dispose", **(disposal() | {"evidence": [recording(), picture()]}))
    warning.refresh_from_db()
    assert warning.phase == "review" and Evidence.objects.count() == 2


def test_a_photo_of_the_disposal_tells_when_and_where(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    answer = act(worker, warning, "dispose", **(disposal() | {"evidence_place": ""}))
    assert answer.status_code == 422 and "没有自带拍摄地点" in answer.content.decode()


@pytest.mark.parametrize(("level", "status"), [("red", 422), ("orange", 422), ("yellow", 200), ("blue", 200)])
def test_a_grave_warning_is_confirmed_with_a_photo(
    county: County, warning: Warning, sign_in: SignIn, level: str, status: int
) -> None:
    Warning.objects.update(level=level)
    sign_and_dispose(county, warning, sign_in)
    answer = act(sign_in(county.officer), warning, "confirm", finding="已查看")
    assert answer.status_code == status
    assert ("请提交核查照片" in answer.content.decode()) is (status == 422)
    assert Entry.objects.filter(case=warning, verb="confirm").exists() is (status == 200)


def test_evidence_is_given_only_to_its_scope(county: County, warning: Warning, sign_in: SignIn) -> None:
    sign_and_dispose(county, warning, sign_in)
    paper = Evidence.objects.get()
    answer = sign_in(county.townsman).get(f"/evidence/{paper.pk}/")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")  # a copy: the township is none of the three posts' units
    whole = sign_in(county.officer).get(f"/evidence/{paper.pk}/")
    assert b"".join(whole.streaming_content) == photo().content
    small = sign_in(county.officer).get(f"/evidence/{paper.pk}/?size=small")
    assert small["Content-Type"] == "image/jpeg" and small.content.startswith(b"\xff\xd8")
    for outsider in (county.regulator, county.stranger):
        assert sign_in(outsider).get(f"/evidence/{paper.pk}/").status_code == 404
    assert Client().get(f"/evidence/{paper.pk}/").status_code == 302
