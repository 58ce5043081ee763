"""The command of registers: it says what it does not take, and takes the words that people read."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from anwei.org.models import Unit
from tests.kernel.county import County
from tests.ledgers.sheets import workbook

pytestmark = pytest.mark.db


def imported(path: Path, *lines: list[Any], words: tuple[str, ...] = ()) -> dict[str, Any]:
    path.write_bytes(workbook(*lines))
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("ledger", "import", "units", str(path), *words, stdout=told)
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


def exported(path: Path, *filters: str) -> str:
    words = [word for one in filters for word in ("--filter", one)]
    call_command("ledger", "export", "units", *words, "-o", str(path), stdout=StringIO())
    return path.read_text("utf-8-sig")


def test_a_filter_takes_the_word_that_people_read_and_lists_what_there_is(
    county: County, tmp_path: Path
) -> None:
    by_word, by_code = (
        exported(tmp_path / f"{word}.csv", f"kind={word}") for word in ("乡镇街道", "township")
    )
    assert "甲镇人民政府" in by_word and "测试县应急管理局" not in by_word
    assert by_word.splitlines()[:-1] == by_code.splitlines()[:-1]  # the last line tells when it was
    assert "甲镇人民政府" in exported(tmp_path / "place.csv", "territory=甲镇")
    with pytest.raises(CommandError, match="township（乡镇街道）"):
        exported(tmp_path / "none.csv", "kind=没有的类别")


def test_an_import_tells_why_rows_stay_out_and_which_headers_it_did_not_read(
    county: County, tmp_path: Path
) -> None:
    head = ["单位名称", "单位类型", "属地", "机构编码"]
    wrong = [[f"某局{n}", "不知道", "测试县", f"N{n}"] for n in range(30)]
    told = imported(tmp_path / "units.xlsx", head, ["县应急局", "县直部门", "测试县", "N"], *wrong)
    assert told["unused_headers"] == ["机构编码"]
    assert len(told["problems"]) == 20
    first = told["problems"][0]
    assert (first["row"], first["state"]) == (3, "refused") and "类别：“不知道”不在可选范围内" in first[
        "reasons"
    ][0]
    told = imported(tmp_path / "units.xlsx", head, ["县应急局", "县直部门", "测试县", "N"])
    assert [(one["row"], one["state"]) for one in told["problems"]] == [(2, "doubtful")]
    assert "测试县应急管理局" in told["problems"][0]["reasons"][0] and not Unit.objects.filter(
        name="县应急局"
    )


def test_an_import_tells_what_it_repaired_and_in_which_row(county: County, tmp_path: Path) -> None:
    path, told = tmp_path / "units.xlsx", StringIO()
    head = ["单位名称", "单位类型", "属地"]
    path.write_bytes(workbook(head, *[[f"县Ａ{n}局", "县直部门", "测试县"] for n in range(30)]))
    call_command("ledger", "import", "units", str(path), "--dry-run", stdout=told)
    found = json.loads(told.getvalue())
    assert found["problems"] == [] and found["repaired"] == 30 and len(found["repairs"]) == 20
    first = found["repairs"][0]
    assert (first["row"], first["state"]) == (2, "repaired") and "单位名称：" in first["reasons"][0]
