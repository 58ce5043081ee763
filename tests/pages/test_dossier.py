"""The dossier by the door people use, where a file of it is gone."""

from __future__ import annotations

import zipfile
from io import BytesIO

from anwei.cases.models import Evidence
from anwei.ledgers.papers.files import path_of
from anwei.monitoring.models import Warning
from tests.pages.test_papers import Office, draft, issue, office  # noqa: F401


def test_a_paper_that_is_gone_is_told_and_stops_nothing(
    office: Office,  # noqa: F811
    warning: Warning,
) -> None:
    gone, kept = (issue(office, draft(office.drafter, warning)) for _paper in range(2))
    assert gone.valid is not None and kept.valid is not None and not Evidence.objects.exists()
    path_of(gone.valid.stored_as).unlink()
    answer = office.head.get(f"/cases/{warning.pk}/dossier.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        names, note = archive.namelist(), archive.read("核验说明.txt").decode()
    assert len([name for name in names if name.startswith("公文/")]) == 1
    assert f"应有而未能收录的文件：{warning.number} {gone.valid.name}" in note
