"""Where a kind asks for it, a photo tells when and where it was taken; what a person states is marked so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.cases.lifecycle import Lifecycle, MalformedLifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Evidence
from anwei.cases.services import open_case
from anwei.org.models import Person
from tests.kernel.county import NOW, TOWN, County, photo
from tests.kernel.test_photos import placed
from tests.smallroom.models import Replacement

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
STATED = {"evidence_taken_at": "2026-11-24T09:30", "evidence_place": "泵房"}


@pytest.fixture
def case(county: County) -> Replacement:
    posts = {"responsible": county.principal, "supervisor": county.duty, "implementer": county.safety}
    scope = {"territory": TOWN, "sector": "chemical", "enterprise": county.enterprise}
    return open_case(Replacement, actor=county.officer, now=NOW, title="更换灭火器", **scope, **posts)


def finish(client: Client, case: Replacement, content: bytes, **stated: str) -> Any:
    page = client.get(f"/cases/{case.pk}/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(version|key)" value="([^"]*)"', page))
    file = SimpleUploadedFile("现场.jpg", content, content_type="image/jpeg")
    return client.post(f"/cases/{case.pk}/finish/", {**hidden, **stated, "evidence": file})


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({}, "没有自带拍摄时间，请人工填写"),
        ({"evidence_taken_at": "2026-11-24T09:30"}, "没有自带拍摄地点，请人工填写"),
        (STATED | {"evidence_taken_at": "2026-11-24T10:30"}, "拍摄时间不能晚于现在"),
    ],
)
def test_a_photo_without_time_or_place_or_of_a_time_to_come_is_refused(
    county: County, case: Replacement, browse: Browse, stated: dict[str, str], sentence: str
) -> None:
    answer = finish(browse(county.worker), case, photo().content, **stated)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    case.refresh_from_db()
    assert case.phase == "acting" and not Evidence.objects.exists()


def test_the_form_says_how_and_the_page_marks_what_was_stated(
    county: County, case: Replacement, browse: Browse
) -> None:
    client = browse(county.worker)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "<details open>" in page and "这里的照片必须有拍摄时间和地点。" in page and "人工填写" in page
    assert finish(client, case, photo().content, **STATED).status_code == 302
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "泵房（人工填写）" in page and "09:30:00（人工填写）" in page


def test_what_the_camera_says_needs_no_statement(county: County, case: Replacement, browse: Browse) -> None:
    where = placed((36.0, 6.0, 0.0), (111.0, 30.0, 0.0))
    assert finish(browse(county.worker), case, where, evidence_taken_at="2026-11-24T09:30").status_code == 302
    page = browse(county.worker).get(f"/cases/{case.pk}/").content.decode()
    assert (
        "111.50000, 36.10000" in page and "（人工填写）" in page
    )  # the time, which this photo does not tell


def test_only_evidence_tells_when_and_where() -> None:
    row = Transition(
        "close", Phase.REVIEW, Phase.CLOSED, Role.SUPERVISOR, label="销号", line="已销号", outcome="done",
        needs=(Need("finding", "情况", place=True),),
    )  # fmt: skip
    with pytest.raises(MalformedLifecycle, match="only evidence tells when and where"):
        Lifecycle(Phase.REVIEW, (row,))
