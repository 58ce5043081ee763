"""`anwei analyse detect`, as somebody with a table uses it."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from anwei.portal.cli import main

START = datetime(2026, 11, 1, tzinfo=UTC)


def table(file: Path, columns: dict[str, list[object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return file


def detect(file: Path, *options: str) -> list[dict[str, str]]:
    out = file.with_name("out.csv")
    assert main(["analyse", "detect", str(file), *options, "-o", str(out)]) == 0
    with out.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def pressure(n: int = 700) -> dict[str, list[object]]:
    return {
        "时间": [(START + timedelta(minutes=row)).isoformat(sep=" ") for row in range(n)],
        "压力": [
            round(1.2 + 0.05 * math.sin(row / 7) + (0.6 if 600 <= row < 620 else 0), 4) for row in range(n)
        ],
    }


def plant(n: int, seed: int, broken_from: int | None = None) -> dict[str, list[object]]:
    rng = np.random.default_rng(seed)
    load = np.cumsum(rng.standard_normal(n)) * 0.1
    flow, level, heat = (load * k + 0.05 * rng.standard_normal(n) for k in (1.0, 2.0, -1.0))
    if broken_from is not None:
        level[broken_from:] = level[broken_from]  # a stuck transmitter: within its limits, but alone
    return {"流量": flow.tolist(), "液位": level.tolist(), "温度": heat.tolist()}


def test_a_pressure_never_seen_alarms_once_and_says_why(tmp_path: Path) -> None:
    rows = detect(table(tmp_path / "p.csv", pressure()), "--time", "时间", "--values", "压力")
    assert [row["row"] for row in rows] == [str(n) for n in range(1, 701)]
    alarms = [int(row["row"]) for row in rows if row["alarm"] == "1"]
    assert len(alarms) == 1 and 601 <= alarms[0] <= 606
    at = rows[alarms[0] - 1]
    assert at["columns"] == "压力" and at["reason"] and 0.99 < float(at["score"]) <= 1
    during = rows[alarms[0] : alarms[0] + 100]
    assert max(float(row["score"]) for row in during) < float(at["score"])  # it stays low during the pause
    assert max(float(row["raw"]) for row in during) > float(at["raw"])


def test_a_cut_table_has_the_same_scores(tmp_path: Path) -> None:
    whole = detect(table(tmp_path / "p.csv", pressure()), "--time", "时间", "--values", "压力")
    part = detect(table(tmp_path / "p.csv", pressure(650)), "--time", "时间", "--values", "压力")
    assert part == whole[:650]


def test_a_stuck_transmitter_is_named_by_what_it_no_longer_moves_with(tmp_path: Path) -> None:
    normal = [str(table(tmp_path / f"n{seed}.csv", plant(480, seed))) for seed in (1, 2)]
    file = table(tmp_path / "f.csv", plant(300, 3, broken_from=100))
    rows = detect(file, "--values", "流量,液位,温度", "--calibrate", *normal)
    alarms = [int(row["row"]) for row in rows if row["alarm"] == "1"]
    assert alarms and min(alarms) > 100 and len(alarms) > 150
    assert rows[199]["columns"].split("|")[0] == "液位" and "960 行正常数据" in rows[199]["reason"]


def test_the_first_rows_of_the_file_may_be_the_normal_ones(tmp_path: Path) -> None:
    file = table(tmp_path / "f.csv", plant(800, 3, broken_from=700))
    rows = detect(file, "--values", "流量,液位,温度", "--calibrate-rows", "600")
    assert any(row["alarm"] == "1" for row in rows[700:720])


def test_cells_without_a_number_are_said_and_alarm_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = pressure(300)
    columns["压力"][150:160] = ["故障", "", "nan", "inf", *["断线"] * 6]
    rows = detect(table(tmp_path / "p.csv", columns), "--time", "时间", "--values", "压力")
    told = capsys.readouterr().err
    assert "第 151 行 压力 不是数：故障" in told and "还有 3 处" in told
    assert [row["score"] for row in rows[150:160]] == ["0.000000000"] * 10
    assert not any(row["alarm"] == "1" for row in rows)


@pytest.mark.parametrize("huge", ["3.4e38", "-1e25", "1e308"])
def test_one_value_that_nothing_measured_can_be_silences_no_later_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], huge: str
) -> None:
    columns = pressure()
    columns["压力"][300] = huge
    rows = detect(table(tmp_path / "p.csv", columns), "--time", "时间", "--values", "压力")
    told = capsys.readouterr().err
    assert f"第 301 行 压力 不可能这样大：{huge}" in told and "列 压力 有 1 行没有数值" in told
    assert all(0 <= float(row[name]) < 9 for row in rows for name in ("raw", "score"))
    assert [601 <= int(row["row"]) <= 606 for row in rows if row["alarm"] == "1"] == [True]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--values", "温度"], "没有列：温度；有：时间、压力、另"),
        (["--values", "压力", "--time", "压"], "没有列：压"),
        (["--values", "压力,压力"], "不重复"),
        (["--values", "压力", "--time", "说明"], "没有列"),
        (["--values", "压力,时间", "--calibrate-rows", "100"], "列 时间 没有一个数"),
        (["--values", "压力,另", "--calibrate-rows", "100"], "样本不足"),
        (["--values", "压力", "--calibrate-rows", "9999"], "不能多于"),
        (["--values", "压力", "--calibrate", "nowhere.csv"], "读不了文件"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    columns = pressure(300)
    file, out = table(tmp_path / "p.csv", columns | {"另": columns["压力"]}), tmp_path / "out.csv"
    assert main(["analyse", "detect", str(file), *options, "-o", str(out)]) == 2
    assert sentence in capsys.readouterr().err and not out.exists()


@pytest.mark.parametrize(
    "options",
    [["--calibrate-rows", "-5"], ["--margin", "0"], ["--margin=-1"], ["--margin", "nan"]],
    ids=str,
)
def test_an_option_without_sense_is_refused(tmp_path: Path, options: list[str]) -> None:
    file = table(tmp_path / "p.csv", pressure(300))
    with pytest.raises(SystemExit) as stopped:
        main(["analyse", "detect", str(file), "--values", "压力", *options, "-o", str(tmp_path / "o.csv")])
    assert stopped.value.code == 2


def test_no_file_that_is_read_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, normal = table(tmp_path / "p.csv", pressure(300)), table(tmp_path / "n.csv", pressure(300))
    link = tmp_path / "link.csv"
    link.symlink_to(normal)
    before = file.read_bytes()
    common = ["analyse", "detect", str(file), "--values", "压力", "--calibrate", str(normal), "-o"]
    for out in (str(file), f"{tmp_path}/./n.csv", str(link)):
        assert main([*common, out]) == 2 and "-o 不能是要读的文件" in capsys.readouterr().err
    words = ["--train", str(file), "--test", str(normal), "--label", "压力", "-o", str(file)]
    assert main(["analyse", "rank", *words]) == 2
    assert file.read_bytes() == before and normal.read_bytes() == before


@pytest.mark.parametrize(
    "form", ["{0}/{1}/{2} {3}:{4:02}", "{0}-{1}-{2} {3}:{4:02}", "{0}年{1}月{2}日 {3}:{4:02}"]
)
def test_times_as_a_chinese_spreadsheet_writes_them(tmp_path: Path, form: str) -> None:
    columns = pressure(300)
    expected = detect(table(tmp_path / "p.csv", columns), "--time", "时间", "--values", "压力")
    moments = [START + timedelta(minutes=row) for row in range(300)]
    columns["时间"] = [form.format(at.year, at.month, at.day, at.hour, at.minute) for at in moments]
    file = table(tmp_path / "p.csv", columns)
    file.write_bytes(file.read_text("utf-8").encode("gbk"))
    assert detect(file, "--time", "时间", "--values", "压力") == expected


def test_a_tag_that_is_missing_silences_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    normal = [str(table(tmp_path / f"n{seed}.csv", plant(480, seed))) for seed in (1, 2)]
    columns = plant(300, 3, broken_from=100)
    whole = detect(table(tmp_path / "f.csv", columns), "--values", "流量,液位,温度", "--calibrate", *normal)
    columns["温度"][1:] = [""] * 299  # a sensor taken away
    rows = detect(table(tmp_path / "f.csv", columns), "--values", "流量,液位,温度", "--calibrate", *normal)
    assert "f.csv 的列 温度 有 299 行没有数值" in capsys.readouterr().err
    n_alarms = [sum(row["alarm"] == "1" for row in of[100:]) for of in (whole, rows)]
    assert n_alarms[1] > 0.6 * n_alarms[0] and not any(row["alarm"] == "1" for row in rows[:100])
    assert set(rows[199]["columns"].split("|")[:2]) == {"流量", "液位"}


def test_names_that_a_spreadsheet_would_compute_are_kept_from_it(tmp_path: Path) -> None:
    columns = {"=1+0": pressure()["压力"]}
    rows = detect(table(tmp_path / "p.csv", columns), "--values", "=1+0")
    assert {row["columns"] for row in rows} == {"", "'=1+0"}


def test_what_there_is_to_analyse_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse"]) == 2
    assert "detect" in capsys.readouterr().err
