"""`anwei assess gb18218 FILE.csv`: one JSON answer for many units, every bad line with its reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SHEET = """unit,chemical,category,quantity_t,people
液氨罐区,液氨,,50,45
液氨罐区,7782-50-5,,5,
甲醇罐区,甲醇,,"1,000",0
加油站,汽油,,60,
坏单元,不知名,,3,4
坏单元,氨,,-3,4
坏单元,氨,,1,5
,氨,,1,1
仓库,某溶剂,W5.3;J5,5000,30
"""


def _run(file: Path, language: str = "zh") -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "anwei", "assess", "gb18218", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "LANG": f"{language}.UTF-8", "PYTHONUTF8": "1"},
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_units_with_their_steps_and_what_was_refused(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(SHEET, "utf-8-sig")
    status, answer, _ = _run(file)
    assert status == 1
    units = {unit["unit"]: unit for unit in answer["units"]}
    assert {name: (unit["S"], unit["R"], unit["level"]) for name, unit in units.items()} == {
        "液氨罐区": (6.0, 16.8, 3),
        "甲醇罐区": (2.0, 1.0, 4),
        "加油站": (0.3, None, None),
        "坏单元": (None, None, None),
        "仓库": (10.0, 12.0, 3),
    }
    assert {"clause": "4.2.1", "text": "S = 50/10 + 5/5 = 6"} in units["液氨罐区"]["steps"]
    assert "W5.3" in units["甲醇罐区"]["confirm"][0]["text"]
    assert [(one["line"], one["reason"]) for one in units["坏单元"]["refused"]] == [
        (6, "表1 没有“不知名”，请填写表2 的危险性类别"),
        (7, "数量（吨）“-3”不是不小于零的数"),
        (8, "同一单元的常住人口前后不一致：4 与 5"),
    ]
    assert [one["line"] for one in answer["refused"]] == [9]


def test_a_sheet_saved_by_a_chinese_excel_is_read(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("unit,chemical,category,quantity_t,people\n罐区,氨,,10,0\n", "gb18030")
    status, answer, _ = _run(file)
    assert (status, answer["units"][0]["unit"], answer["units"][0]["level"]) == (0, "罐区", 4)


def test_a_file_without_the_columns_is_refused_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("unit,quantity\n罐区,10\n")
    assert _run(file) == (2, {}, "文件缺少列：chemical, quantity_t\n")
    status, _, said = _run(tmp_path / "none.csv")
    assert status == 2
    assert said.startswith("读不了文件：")


def test_a_hair_below_an_edge_is_not_written_as_the_edge(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "unit,chemical,quantity_t,category,people\n甲,甲醇,4999.9999999,W5.3,1\n乙,氨,9.99999999,,1\n"
    )
    _, answer, _ = _run(file)
    below, none = answer["units"]
    assert (below["R"], below["level"]) == (9.999999, 4)
    assert (none["S"], none["is_major_hazard"], none["level"]) == (0.999999, False, None)
