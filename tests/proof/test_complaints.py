"""A city's 74,401 complaints of fourteen years through the importer, by the command and by the page (issue 5, F3).

Processor time and memory are held, because the machine is shared; the clock is printed.
"""

from __future__ import annotations

import io
import json
import re
import resource
import time
from datetime import date
from pathlib import Path
from statistics import median

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from anwei.hazards.closures import closures
from anwei.hazards.models import PastHazard
from tests.hazards.complaints import COMPLAINTS, complaints, draw_wards, reckoned, sheet
from tests.kernel.county import NOW, build, county_clerk
from tests.proof.test_ledger_speed import cpu

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not COMPLAINTS.exists(), reason=f"{COMPLAINTS.name} is not at hand"),
]
N_ROWS, N_TWICE, LIMIT = 74_401, 375, 15
IMPORT_S, PEAK_MB, PAGE_MS = 90.0, 1_500.0, 250.0


def told(what: str, figure: float, unit: str) -> None:
    print(f"{what}: {figure:,.1f} {unit}")


def held() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def require_right(rows: list[dict[str, str]]) -> None:
    """Compare every cell of the table, and that no row is lost."""
    assert PastHazard.objects.count() == N_ROWS == len(rows)
    found = closures(None, NOW, populations=["past-hazards"]).by_place["past-hazards"]
    cells = {
        place: [one.filed, one.closed, one.on_time, one.overdue, one.not_counted]
        for place, one in found.items()
    }
    assert cells == reckoned(rows, date(2026, 11, 24), LIMIT)


def test_by_the_command(transactional_db: None, tmp_path: Path, time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to(NOW)
    build()
    draw_wards()
    rows = complaints()
    path = tmp_path / "complaints.csv"
    path.write_bytes(sheet(rows))
    for turn, action in (("first", "create"), ("again", "unchanged")):
        answer, progress = io.StringIO(), io.StringIO()
        began, cpu_began = time.monotonic(), cpu()
        command = ("ledger", "import", "past-hazards", str(path), "--doubtful")
        call_command(*command, stdout=answer, stderr=progress)
        took = cpu() - cpu_began
        told(f"{turn}: processor time", took, "s")
        told(f"{turn}: on the clock", time.monotonic() - began, "s")
        found = json.loads(answer.getvalue())
        assert found[action] == N_ROWS and found["refused"] == 0
        assert took < IMPORT_S
    assert progress.getvalue().count("已写入") == 14
    assert found["doubtful"] == 0
    told("most memory", held(), "MB")
    assert held() < PEAK_MB
    require_right(rows)
    pages(county_clerk())


def pages(clerk) -> None:  # type: ignore[no-untyped-def]
    """Ask for the pages over all rows, warm, and hold their processor time."""
    client = Client()
    client.force_login(clerk)
    for address in (
        "/ledgers/past-hazards/",
        "/ledgers/past-hazards/?timing=overdue&since=2012-03-01&until=2012-03-31",
        "/ledgers/past-hazards/?search=Garbage",
        "/hazards/closures/?year=2012",
    ):
        spent = []
        for _turn in range(5):
            began = time.process_time()
            assert client.get(address).status_code == 200
            spent.append(1000 * (time.process_time() - began))
        told(address, median(spent[1:]), "ms")
        assert median(spent[1:]) < PAGE_MS


def test_by_the_page(transactional_db: None, time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to(NOW)
    build()
    draw_wards()
    rows, client = complaints(), Client()
    client.force_login(county_clerk())
    file = SimpleUploadedFile("complaints.csv", sheet(rows), content_type="text/csv")
    began = time.monotonic()
    address = client.post("/ledgers/past-hazards/import/", {"file": file}).url
    assert "正在核对" in client.get(address).content.decode()
    call_command("tasks")
    told("page: examined, on the clock", time.monotonic() - began, "s")
    page = client.get(address).content.decode()
    assert f"存疑的 {N_TWICE} 行已核对，也写入" in page
    assert client.post(address, {"doubtful": "1"}).status_code == 302
    assert re.search(rf"正在写入 0 / {N_ROWS} 行", client.get(address).content.decode())
    call_command("tasks")
    told("page: examined and written, on the clock", time.monotonic() - began, "s")
    assert f"已新增 {N_ROWS} 条" in client.get(address).content.decode()
    require_right(rows)
