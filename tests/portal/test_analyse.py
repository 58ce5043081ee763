"""`anwei analyse detect`, as somebody with a table uses it."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from anwei.portal.analyse.files import Unreadable
from anwei.portal.analyse.moments import moments_of
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
    assert "p.csv 第 151 行 压力 不是数：故障" in told and "还有 3 处" in told
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
        (["--values", "温度"], "没有列：温度；有：时间、压力、另、空"),
        (["--values", "压力", "--time", "压"], "没有列：压"),
        (["--values", "压力,压力"], "不重复"),
        (["--values", "压力", "--time", "说明"], "没有列"),
        (["--values", "压力,时间", "--calibrate-rows", "100"], "列 时间 没有一个数"),
        (["--values", "空"], "列 空 没有一个数"),
        (["--values", "压力,另", "--calibrate-rows", "100"], "样本不足"),
        (["--values", "压力", "--calibrate-rows", "9999"], "不能多于"),
        (["--values", "压力", "--calibrate", "nowhere.csv"], "读不了文件"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    columns = pressure(300)
    file, out = (
        table(tmp_path / "p.csv", columns | {"另": columns["压力"], "空": [""] * 300}),
        tmp_path / "out.csv",
    )
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


def n_alarms(rows: list[dict[str, str]]) -> int:
    assert all(math.isfinite(float(row["raw"])) for row in rows)
    assert sum(row["alarm"] == "1" for row in rows[:100]) <= 2
    return sum(row["alarm"] == "1" for row in rows[100:])


def test_normal_rows_with_gaps_and_gross_errors_are_learned_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--values", "流量,液位,温度,化验,设定", "--calibrate", str(tmp_path / "n.csv"))
    more = {"化验": [round(1 + 0.1 * math.sin(row), 3) for row in range(960)], "设定": [4.0] * 960}
    normal, file = plant(960, 1) | more, plant(300, 3, broken_from=100)
    file |= {"化验": more["化验"][:300], "设定": [*[4.0] * 50, *[4.01] * 250]}
    table(tmp_path / "n.csv", normal)
    whole = n_alarms(detect(table(tmp_path / "f.csv", file), *options))
    assert whole > 150 and "列 设定 在正常数据里几乎没有变化，不参与" in capsys.readouterr().err

    rng = np.random.default_rng(2)
    for name in ("流量", "液位", "温度"):
        normal[name] = [cell if rng.random() > 0.1 else "" for cell in normal[name]]
    normal["化验"] = [cell if row % 5 == 0 else "" for row, cell in enumerate(normal["化验"])]
    normal["流量"][400] = -9999
    file["温度"][50] = 1e300
    table(tmp_path / "n.csv", normal)
    mended = n_alarms(detect(table(tmp_path / "f.csv", file), *options))
    told = capsys.readouterr().err
    assert mended > 0.8 * whole
    assert "列 化验 在正常数据里大多没有数值，不参与" in told and "n.csv 的列 化验 有 768 行没有数值" in told
    assert "列 流量 有 1 个正常数据离中位数超过 100 倍偏差" in told

    table(tmp_path / "n.csv", {name: cells[:1] * 960 for name, cells in normal.items()})
    words = ["analyse", "detect", str(tmp_path / "f.csv"), *options, "-o", str(tmp_path / "o.csv")]
    assert main(words) == 2 and "没有一列既有数值又有变化" in capsys.readouterr().err


def days(n: int = 700) -> dict[str, list[object]]:
    """A row each quarter of an hour; twenty rows near the end are too high."""
    noise = np.random.default_rng(5).normal(0, 0.3, n)
    wave = 10 * np.sin(2 * np.pi * np.arange(n) / 96) + np.where(np.arange(n) // 20 == 33, 30, 0)
    return {
        "t": [(START + timedelta(minutes=15 * row)).isoformat() for row in range(n)],
        "v": (50 + wave + noise).round(3).tolist(),
    }


def reordered(columns: dict[str, list[object]], order: list[int]) -> dict[str, list[object]]:
    return {name: [cells[i] for i in order] for name, cells in columns.items()}


@pytest.mark.parametrize("order", ["newest first", "shuffled", "two halves"])
def test_rows_out_of_order_are_scored_in_the_order_of_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    n = 700
    orders = {
        "newest first": list(range(n))[::-1],
        "shuffled": np.random.default_rng(1).permutation(n).tolist(),
        "two halves": [*range(n // 2, n), *range(n // 2)],
    }
    options = ("--time", "t", "--values", "v")
    expected = detect(table(tmp_path / "p.csv", days(n)), *options)
    assert capsys.readouterr().err == "" and any(row["alarm"] == "1" for row in expected[660:])
    rows = detect(table(tmp_path / "p.csv", reordered(days(n), orders[order])), *options)
    assert "p.csv 的行不按时间先后" in capsys.readouterr().err
    assert [row["row"] for row in rows] == [str(i + 1) for i in range(n)]
    assert [{**row, "row": ""} for row in rows] == [{**expected[i], "row": ""} for i in orders[order]]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("2099-01-01T00:00:00", "第 101 行的时间比前一行晚 26351 天，请核对：2099-01-01T00:00:00"),
        ("nan", "p.csv 有 1 行没有时间，按上一行的时间处理；第一处是第 101 行"),
        ("", "p.csv 有 1 行没有时间"),
    ],
)
def test_one_time_that_is_none_blinds_no_later_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, sentence: str
) -> None:
    options = ("--time", "t", "--values", "v")
    columns = days()
    columns["t"][100] = cell
    rows = detect(table(tmp_path / "p.csv", columns), *options)
    assert sentence in capsys.readouterr().err
    assert [661 <= int(row["row"]) <= 665 for row in rows if row["alarm"] == "1"] == [True]


def test_a_clock_set_back_an_hour_and_a_counter_that_begins_again_stay_in_their_order() -> None:
    moments = moments_of(
        [[f"2026-10-25 {m // 60:02}:{m % 60:02}" for m in [*range(60), *range(1200)]]], ["t"], Path("f")
    )
    assert moments.rows.tolist() == list(range(1260)) and "59 行的时间倒退" in moments.remarks[0]
    assert moments.seconds[59] == moments.seconds[118] < moments.seconds[120]
    moments = moments_of([[str(n) for n in [*range(50), *range(50)]]], ["t"], Path("f"))
    assert moments.seconds.tolist() == list(range(100)) and "1 处从头数起" in moments.remarks[0]


@pytest.mark.parametrize(
    "form",
    [
        "%Y%m%d%H%M",
        "%Y%m%d%H%M%S",
        "%Y%m%dT%H%M%S",
        "%d-%b-%Y %H:%M:%S",
        "%d.%m.%Y %H.%M.%S",
        "%b %d, %Y %I:%M %p",
        "%Y-%m-%d %H:%M:%S,000",
        "ms",
        "us",
        "ns",
        "s",
    ],
)
def test_times_are_seconds_however_packed(form: str) -> None:
    powers = {"s": 0, "ms": 3, "us": 6, "ns": 9}
    at = [START + timedelta(minutes=5 * row) for row in range(3)]
    cells = [
        str(int(one.timestamp()) * 10 ** powers[form]) if form in powers else one.strftime(form) for one in at
    ]
    assert moments_of([cells], ["t"], Path("f")).seconds.tolist() == [one.timestamp() for one in at]
    if " " in form and "," not in form:
        parts = [list(part) for part in zip(*(cell.split(" ", 1) for cell in cells), strict=True)]
        assert moments_of(parts, ["d", "c"], Path("f")).seconds.tolist() == [one.timestamp() for one in at]
    with pytest.raises(Unreadable, match="第 2 行的时间读不懂：inf"):
        moments_of([[cells[0], "inf", cells[2]]], ["t"], Path("f"))


def test_whether_the_day_stands_first_is_told_where_no_row_shows_it_and_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two days of February from noon, and their rows of one day alone; 15 days show it by themselves."""
    at = [datetime(2026, 2, 1, 12, tzinfo=UTC) + timedelta(minutes=15 * row) for row in range(96 * 15)]

    def read(n: int, *options: str) -> tuple[list[str], str]:
        columns = {"t": [f"{one:%d/%m/%Y %H:%M}" for one in at[:n]], "v": days(n)["v"]}
        rows = detect(table(tmp_path / "d.csv", columns), "--time", "t", "--values", "v", *options)
        return [row["raw"] for row in rows], capsys.readouterr().err

    whole, told = read(96 * 15)
    assert "01/02/2026" not in told
    cut, told = read(96 * 2)
    assert cut == whole[: 96 * 2] and "d.csv 的时间 01/02/2026 12:00 按日/月/年读" in told
    assert "按月/日/年读" in read(40)[1]
    assert read(40, "--day-first")[1] == read(40, "--no-day-first")[1] == ""
    words = ["analyse", "detect", str(tmp_path / "d.csv"), "--time", "t", "--values", "v", "-o", "out.csv"]
    table(tmp_path / "d.csv", {"t": ["14/02/2026", "15/02/2026"], "v": [1, 2]})
    assert main([*words, "--no-day-first"]) == 2 and "第 1 行的时间读不懂" in capsys.readouterr().err


def test_normal_files_of_a_sensor_are_taken_in_the_order_of_time(tmp_path: Path) -> None:
    columns = days()
    parts = [reordered(columns, list(range(*ends))) for ends in ((0, 250), (250, 500), (500, 700), (0, 500))]
    first, second, file, both = (str(table(tmp_path / f"{i}.csv", part)) for i, part in enumerate(parts))
    options = ("--time", "t", "--values", "v", "--calibrate")
    expected = detect(Path(file), *options, both)
    assert any(row["alarm"] == "1" for row in expected)
    assert detect(Path(file), *options, first, second) == expected
    assert detect(Path(file), *options, second, first) == expected


@pytest.mark.parametrize(
    ("delimiter", "form"),
    [(",", "{:,.3f}"), (",", "{:.3f} "), (";", "{:.3f}"), ("\t", "{:.3f}%"), (",", "3,14"), (";", "3,140")],
)
def test_numbers_are_read_as_spreadsheets_write_them(tmp_path: Path, delimiter: str, form: str) -> None:
    values = [1000 + float(str(value)) for value in days()["v"]]
    expected = detect(table(tmp_path / "p.csv", {"v": list(values)}), "--values", "v")
    cells = [
        form.format(v) if "{" in form else f"{v:.3f}".rstrip("" if "0" in form else "0").replace(".", ",")
        for v in values
    ]
    with (file := tmp_path / "q.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows([["n", "v"], *enumerate(cells), ["", ""], [" ", ""]])
    scores = [(row["alarm"], round(float(row["raw"]), 1)) for row in detect(file, "--values", "v")]
    assert scores == [(row["alarm"], round(float(row["raw"]), 1)) for row in expected]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("v,v\n1,2\n", "有同名的列：v"), ("t,v\n1,3,14\n", "第 1 行有 3 个单元格，表头只有 2 列")],
)
def test_a_table_that_does_not_say_which_cell_is_meant_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, sentence: str
) -> None:
    (file := tmp_path / "p.csv").write_text(content, encoding="utf-8")
    assert main(["analyse", "detect", str(file), "--values", "v", "-o", str(tmp_path / "o.csv")]) == 2
    assert sentence in capsys.readouterr().err


def test_a_tag_that_is_missing_silences_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    normal = [str(table(tmp_path / f"n{seed}.csv", plant(480, seed))) for seed in (1, 2)]
    columns = plant(300, 3, broken_from=100)
    whole = detect(table(tmp_path / "f.csv", columns), "--values", "流量,液位,温度", "--calibrate", *normal)
    columns["温度"] = [""] * 300  # a sensor taken away
    rows = detect(table(tmp_path / "f.csv", columns), "--values", "流量,液位,温度", "--calibrate", *normal)
    assert "f.csv 的列 温度 有 300 行没有数值" in capsys.readouterr().err
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
