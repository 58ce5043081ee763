"""The proof that rooms will be small: a register and a kind of case in sixty lines, and everything works."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from anwei.cases.diagram import section
from anwei.cases.kinds import kind_for, kind_of
from anwei.cases.lifecycle import Phase
from anwei.cases.services import advance, open_case
from anwei.org.models import Person
from tests.kernel.county import NOW, TOWN, County
from tests.ledgers.sheets import workbook
from tests.smallroom.models import Extinguisher, Replacement

pytestmark = pytest.mark.db
ROOM = Path(__file__).parent.parent / "smallroom"
MAX_LINES = 60


def test_the_room_is_small() -> None:
    lines = [
        line
        for file in ("models", "ledger", "lifecycle")
        for line in (ROOM / f"{file}.py").read_text().splitlines()
    ]
    assert sum(1 for line in lines if line.strip()) <= MAX_LINES
    assert {path.name for path in ROOM.iterdir() if path.suffix} == {
        "__init__.py",
        "models.py",
        "ledger.py",
        "lifecycle.py",
    }


def test_its_register_comes_and_goes_by_command(county: County, tmp_path: Path) -> None:
    sheet, errors, out = tmp_path / "灭火器.xlsx", tmp_path / "errors.xlsx", tmp_path / "out.csv"
    heading = ["灭火器编号", "企业名称", "放置位置", "公斤", "年检"]
    sheet.write_bytes(
        workbook(
            ["灭火器登记表"],
            heading,
            ["A1", "甲化工厂", "泵房", "8", "2026.3.1"],
            ["A2", "没有的企业", "", "", ""],
        )
    )
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "ledger", "import", "extinguishers", str(sheet), "--dry-run", "--errors", str(errors), stdout=told
        )
    assert ended.value.code == 1
    summary = json.loads(told.getvalue())
    assert [summary[state] for state in ("good", "repaired", "doubtful", "refused")] == [0, 1, 0, 1]
    assert errors.stat().st_size > 0
    assert not Extinguisher.objects.filter(code="A1").exists()
    with pytest.raises(SystemExit):
        call_command("ledger", "import", "extinguishers", str(sheet), "--keep-good", stdout=StringIO())
    assert Extinguisher.objects.get(code="A1").kilograms == 8
    told = StringIO()
    call_command("ledger", "export", "extinguishers", "--filter", "search=A1", "-o", str(out), stdout=told)
    assert json.loads(told.getvalue())["rows"] == 1
    assert "A1,甲化工厂,泵房,8,2026-03-01" in out.read_text("utf-8-sig")
    told = StringIO()
    call_command("ledger", "list", stdout=told)
    assert "extinguishers" in {each["name"] for each in json.loads(told.getvalue())}


def test_its_kind_lives_its_life(county: County, browse: Callable[[Person], Client]) -> None:
    kind = kind_for(Replacement)
    assert "更换中" in "\n".join(section(kind))
    case = open_case(
        Replacement,
        actor=county.officer,
        now=NOW,
        title="更换灭火器",
        territory=TOWN,
        sector="chemical",
        enterprise=county.enterprise,
        responsible=county.principal,
        supervisor=county.duty,
        implementer=county.safety,
    )
    assert kind_of(case) is kind
    page = browse(county.worker).get(reverse("case", args=[case.pk]))
    assert "报完成" in page.content.decode()
    advance(case, "finish", actor=county.worker, now=NOW)
    advance(case, "close", actor=county.officer, now=NOW, finding="已换新")
    case.refresh_from_db()
    assert (case.phase, case.outcome) == (Phase.CLOSED, "replaced")
