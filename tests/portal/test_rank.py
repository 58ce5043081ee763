"""`anwei analyse rank`, as somebody with two tables uses it."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from anwei.portal.analyse.times import UnreadTime, times_of
from anwei.portal.cli import main

N_ENTITIES, N_MONTHS, TEST_FROM = 40, 24, 20
ASKED = ("--label", "事故", "--entity", "企业", "--time", "月份")
Columns = dict[str, list[str]]


def county(where: Callable[[int], bool]) -> Columns:
    """A quarter of the enterprises have many violations, and violations bring accidents."""
    rng = np.random.default_rng(2)
    found: Columns = {name: [] for name in ("企业", "月份", "违规", "行业", "事故")}
    for entity in range(N_ENTITIES):
        for month in range(N_MONTHS):
            violations = rng.poisson(4.0 if entity % 4 == 0 else 0.5)
            cells = (
                f"E{entity:03d}",
                f"{2024 + month // 12}-{month % 12 + 1:02d}",
                str(violations) if rng.random() > 0.05 else "",
                ("煤矿", "化工", "")[entity % 3],
                str(int(rng.random() < 1 / (1 + np.exp(3 - 0.6 * violations)))),
            )
            if where(month):
                for column, cell in zip(found.values(), cells, strict=True):
                    column.append(cell)
    return found


TRAIN, TEST = county(lambda month: month < TEST_FROM), county(lambda month: month >= TEST_FROM)


def table(file: Path, columns: Columns, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as out:
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return file


def rank(
    folder: Path, train: Columns = TRAIN, test: Columns = TEST, options: tuple[str, ...] = ASKED
) -> list[dict[str, str]]:
    files = (table(folder / "train.csv", train), table(folder / "test.csv", test))
    return ranked(files, folder / "out.csv", options)


def ranked(files: tuple[Path, Path], out: Path, options: tuple[str, ...] = ASKED) -> list[dict[str, str]]:
    words = ["--train", str(files[0]), "--test", str(files[1]), *options, "-o", str(out)]
    assert main(["analyse", "rank", *words]) == 0
    with out.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return rank(tmp_path_factory.mktemp("expected"))


def test_the_dangerous_come_first_with_reasons_to_check(expected: list[dict[str, str]]) -> None:
    assert [row["row"] for row in expected] == [str(n + 1) for n in range(len(TEST["企业"]))]
    scores = np.array([float(row["score"]) for row in expected])
    assert ((scores > 0) & (scores < 1)).all()
    first = np.argsort(-scores)[:15]
    assert sum(int(TEST["企业"][i][1:]) % 4 == 0 for i in first) >= 13
    assert all(row["reasons"] for row in expected)
    best = expected[int(first[0])]["reasons"]
    assert f"违规 为 {TEST['违规'][first[0]]}，高于" in best or "事故：" in best


def test_the_label_column_of_the_test_file_is_never_read(
    tmp_path: Path, expected: list[dict[str, str]]
) -> None:
    without = {name: cells for name, cells in TEST.items() if name != "事故"}
    for label in (None, TEST["事故"][::-1], [""] * len(TEST["事故"]), ["读不懂"] * len(TEST["事故"])):
        assert rank(tmp_path, test=without if label is None else {**TEST, "事故": label}) == expected


def test_rows_cut_off_change_no_earlier_score(tmp_path: Path, expected: list[dict[str, str]]) -> None:
    early = [i for i, month in enumerate(TEST["月份"]) if month < "2025-11"]
    cut = {name: [cells[i] for i in early] for name, cells in TEST.items()}
    found = rank(tmp_path, test=cut)
    assert [row["score"] for row in found] == [expected[i]["score"] for i in early]
    assert [row["reasons"] for row in found] == [expected[i]["reasons"] for i in early]


def test_one_order_of_rows_is_as_good_as_another(tmp_path: Path, expected: list[dict[str, str]]) -> None:
    turned = {name: cells[::-1] for name, cells in TEST.items()}
    assert [row["score"] for row in rank(tmp_path, test=turned)][::-1] == [row["score"] for row in expected]


@pytest.mark.parametrize(
    "written",
    [
        lambda year, month: f"{year}年{month}月",
        lambda year, month: f"{year}{month:02d}",
        lambda year, month: f"{year}/{month}",
        lambda year, month: (
            f"{['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month - 1]} {year}"
        ),
    ],
)
def test_a_month_is_a_month_however_written(
    tmp_path: Path, expected: list[dict[str, str]], written: Callable[[int, int], str]
) -> None:
    def rewritten(columns: Columns) -> Columns:
        months = [written(int(cell[:4]), int(cell[5:])) for cell in columns["月份"]]
        return {**columns, "月份": months}

    assert rank(tmp_path, rewritten(TRAIN), rewritten(TEST)) == expected


def test_year_and_month_may_be_two_columns(tmp_path: Path, expected: list[dict[str, str]]) -> None:
    def parted(columns: Columns) -> Columns:
        rest = {name: cells for name, cells in columns.items() if name != "月份"}
        years = [cell[:4] for cell in columns["月份"]]
        return {**rest, "年": years, "月": [str(int(cell[5:])) for cell in columns["月份"]]}

    options = (*ASKED[:4], "--time", "年,月")
    assert rank(tmp_path, parted(TRAIN), parted(TEST), options) == expected


def test_packed_files_other_separators_and_encodings(tmp_path: Path, expected: list[dict[str, str]]) -> None:
    train = table(tmp_path / "t.csv", TRAIN, encoding="gb18030")
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(train.read_bytes()))
    test = table(tmp_path / "e.csv", TEST, delimiter=";", encoding="utf-8-sig")
    assert ranked((packed, test), tmp_path / "out.csv") == expected


def test_newcomers_odd_cells_and_empty_names_are_scored_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {name: list(cells) for name, cells in TEST.items()}
    odd["企业"][:2] = ["E999", ""]
    odd["行业"][0] = "从未见过"
    odd["违规"][5] = "不详"
    rows = rank(tmp_path, test=odd)
    assert len(rows) == len(odd["企业"]) and all(0 < float(row["score"]) < 1 for row in rows)
    assert "test.csv 列 违规 有 1 个单元格读不懂，按缺失算；第一个在第 6 行：不详" in capsys.readouterr().err


def test_rows_without_a_time_teach_nothing_and_are_scored_as_the_latest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expected: list[dict[str, str]]
) -> None:
    train = {name: [*cells, "" if name == "月份" else "1", ""] for name, cells in TRAIN.items()}
    test = {name: ["" if name == "月份" else "9", *cells, ""] for name, cells in TEST.items()}
    rows = rank(tmp_path, train, test)
    told = capsys.readouterr().err
    assert "train.csv 有 1 行没有时间，没有用" in told and "test.csv 有 1 行没有时间，当作最晚的" in told
    assert [row["row"] for row in rows] == [str(n + 1) for n in range(len(expected) + 1)]
    assert rows[0]["reasons"].startswith("没有时间，当作最晚的；") and 0 < float(rows[0]["score"]) < 1
    assert [row["score"] for row in rows[1:]] == [row["score"] for row in expected]


def test_numbers_with_decimal_commas_are_numbers(tmp_path: Path) -> None:
    def written(columns: Columns, sign: str) -> Columns:
        return {**columns, "违规": [f"{cell}{sign}25" if cell else "" for cell in columns["违规"]]}

    points = rank(tmp_path, written(TRAIN, "."), written(TEST, "."))
    assert rank(tmp_path, written(TRAIN, ","), written(TEST, ",")) == points


def test_a_column_that_tells_the_result_is_said_and_can_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expected: list[dict[str, str]]
) -> None:
    leaking = {**TRAIN, "罚款": [f"{1000 * int(cell)}" for cell in TRAIN["事故"]]}
    test = {**TEST, "罚款": ["0"] * len(TEST["事故"])}
    rank(tmp_path, leaking, test)
    assert "列 罚款 几乎就是结果" in capsys.readouterr().err
    assert rank(tmp_path, leaking, test, (*ASKED, "--exclude", "罚款")) == expected


def test_dates_in_a_column_are_days_from_the_row(tmp_path: Path) -> None:
    """A licence's end decides: what counts is the time from the row to it, which no date alone tells."""
    rng = np.random.default_rng(4)
    n = 900
    day, until = np.sort(rng.integers(0, 700, n)), rng.integers(-200, 200, n)
    event = rng.random(n) < np.where(until < 0, 0.5, 0.05)
    columns: Columns = {
        "单位": [f"U{i}" for i in range(n)],
        "日期": [str(np.datetime64("2024-01-01") + int(one)) for one in day],
        "许可证到期": [
            str(np.datetime64("2024-01-01") + int(a + b)).replace("-", "/")
            for a, b in zip(day, until, strict=False)
        ],
        "违法": ["是" if one else "否" for one in event],
    }
    train = {name: cells[:700] for name, cells in columns.items()}
    test = {name: cells[700:] for name, cells in columns.items()}
    rows = rank(tmp_path, train, test, ("--label", "违法", "--entity", "单位", "--time", "日期"))
    scores = np.array([float(row["score"]) for row in rows])
    assert scores[until[700:] < 0].min() > np.median(scores[until[700:] >= 0])
    assert "许可证到期（至今天数）" in rows[int(scores.argmax())]["reasons"]


@pytest.mark.parametrize(
    ("options", "change", "sentence"),
    [
        (("--label", "死亡", *ASKED[2:]), {}, "train.csv 没有列：死亡；有：企业、月份、违规、行业、事故"),
        ((*ASKED, "--exclude", "甲"), {}, "没有列：甲"),
        (
            ASKED,
            {"月份": (3, "上个月")},
            "train.csv 第 4 行 列 月份 的时间读不懂，或与其他行写法不同：上个月",
        ),
        (ASKED, {"月份": (3, "2024-01-05")}, "第 4 行 列 月份 的时间读不懂，或与其他行写法不同：2024-01-05"),
        (ASKED, {"事故": (9, "大概")}, "train.csv 第 10 行 列 事故 不是结果"),
        ((*ASKED[:2], "--entity", "事故"), {}, "结果列 事故 不能又是对象、时间或者参与拟合的列"),
        ((*ASKED[:2], "--time", "事故"), {}, "结果列 事故 不能又是对象"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    change: dict[str, tuple[int, str]],
    sentence: str,
) -> None:
    train = {name: list(cells) for name, cells in TRAIN.items()}
    for name, (row, cell) in change.items():
        train[name][row] = cell
    words = ["--train", str(table(tmp_path / "train.csv", train))]
    words += ["--test", str(table(tmp_path / "test.csv", TEST)), *options, "-o", str(tmp_path / "out.csv")]
    assert main(["analyse", "rank", *words]) == 2
    assert sentence in capsys.readouterr().err and not (tmp_path / "out.csv").exists()


def test_rows_too_wide_twins_of_columns_and_too_few_events_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test, out = table(tmp_path / "test.csv", TEST), tmp_path / "out.csv"
    few = {**TRAIN, "事故": ["1"] * 3 + ["0"] * (len(TRAIN["事故"]) - 3)}
    head = "企业,月份,事故\n甲,2024-01,0\n"
    for content, sentence in (
        (head + "乙,2024-01,0,9\n", "第 2 行有 4 个单元格，表头只有 3 列"),
        ("企业,月份,事故,企业\n甲,2024-01,0,乙\n", "有同名的列：企业"),
        ("企业,月份,事故\n", "没有数据行"),
        (
            table(tmp_path / "few.csv", few).read_text(encoding="utf-8"),
            "样本不足：train.csv 列 事故 只有 3 次发生",
        ),
    ):
        train = tmp_path / "train.csv"
        train.write_text(content, encoding="utf-8")
        words = ["--train", str(train), "--test", str(test), *ASKED, "-o", str(out)]
        assert main(["analyse", "rank", *words]) == 2
        assert sentence in capsys.readouterr().err and not out.exists()


def test_rows_of_one_thing_in_their_order_need_no_entity_and_no_time(tmp_path: Path) -> None:
    """Shifts of one mine: energy of earlier shifts, in the order of the rows, foretells the next."""
    rng = np.random.default_rng(9)
    energy = np.exp(np.convolve(rng.standard_normal(1000), np.ones(12) / 3, mode="same"))
    event = rng.random(1000) < np.clip(0.4 * np.r_[0, energy[:-1]] / energy.max() * 4, 0.02, 0.9)
    columns: Columns = {"能量": [f"{one:.3f}" for one in energy], "危险": [str(int(one)) for one in event]}
    parts = [{name: cells[a:b] for name, cells in columns.items()} for a, b in ((0, 700), (700, 1000))]
    rows = rank(tmp_path, parts[0], parts[1], ("--label", "危险"))
    scores = np.array([float(row["score"]) for row in rows])
    assert scores[event[700:]].mean() > 1.3 * scores[~event[700:]].mean()


def test_it_runs_as_a_process_of_its_own_without_database(
    tmp_path: Path, expected: list[dict[str, str]]
) -> None:
    files = (table(tmp_path / "train.csv", TRAIN), table(tmp_path / "test.csv", TEST))
    words = ["analyse", "rank", "--train", str(files[0]), "--test", str(files[1]), *ASKED]
    done = subprocess.run(
        [sys.executable, "-m", "anwei", *words, "-o", str(tmp_path / "out.csv")],
        env={**os.environ, "ANWEI_DATA": str(tmp_path / "none"), "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "AUC" in done.stderr and not (tmp_path / "none").exists()
    with (tmp_path / "out.csv").open(encoding="utf-8") as rows:
        assert list(csv.DictReader(rows)) == expected


@pytest.mark.parametrize(
    ("cells", "unit", "steps"),
    [
        (["2024Q1", "2024-Q2", "2024年第3季度", "Q4 2024", "2025年一季度"], "quarter", [1, 1, 1, 1]),
        (["20241", "20244", "20251"], "quarter", [3, 1]),
        (["2024-W52", "2025-W01"], "week", [1]),
        (["2019", "2021"], "year", [2]),
        (["28/02/2024", "01/03/2024"], "day", [2]),
        (["02/28/2024", "03/01/2024"], "day", [2]),
        (["28-Feb-2024", "1-Mar-2024"], "day", [2]),
        (["01/02/2024 23:50", "02/02/2024 00:10", "03/02/2024 00:10"], "day", [1 / 72, 1]),
        (["02/01/2024 23:50", "02/02/2024 00:10", "02/03/2024 00:10"], "day", [1 / 72, 1]),
        (["02/01/2024", "03/01/2024"], "day", [29]),
        (["２０２４年２月２８日", "2024.3.1"], "day", [2]),
        (["20240228", "20240301"], "day", [2]),
        (["2024-02-28T12:00:00Z", "2024-02-28 18:00", "2024-02-29 08:00:00+08:00"], "day", [0.25, 0.25]),
        (["1709078400", "1709164800"], "day", [1]),
        (["1709078400000", "1709164800000"], "day", [1]),
        (["17", "18.5"], "count", [1.5]),
        (["1/5/2024 11:30 PM", "1/6/2024 12:30 AM"], "day", [1 / 24]),
    ],
)
def test_times_are_read_however_written(cells: list[str], unit: str, steps: list[float]) -> None:
    found = times_of([cells], ["t"], len(cells))
    assert found.unit == unit
    assert np.allclose(np.diff(found.values), steps)


def test_a_day_that_is_none_is_told_by_its_row() -> None:
    with pytest.raises(UnreadTime) as error:
        times_of([["01/02/2024 23:50", "00/02/2024 00:10"]], ["t"], 2)
    assert error.value.row == 1


def test_other_days_are_read_as_the_times_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Licences end in summer for who has accidents; the day first, as asked for."""
    n = 240
    train: Columns = {
        "id": [f"e{i % 40}" for i in range(n)],
        "when": [f"{1 + i // 40:02}/03/2026" for i in range(n)],
        "until": [f"01/{1 + (i % 12):02}/2026" if i % 3 else f"{28 - i % 5}/07/2026" for i in range(n)],
        "bad": ["1" if i % 3 == 0 else "0" for i in range(n)],
    }
    test = {name: [*cells[:2]] for name, cells in train.items()}
    options = ("--label", "bad", "--entity", "id", "--time", "when")
    rows = rank(tmp_path, train, test, (*options, "--day-first"))
    assert "until（至今天数）" in rows[0]["reasons"] and "按" not in capsys.readouterr().err
    rank(tmp_path, train, test, options)
    assert "train.csv 的时间 01/03/2026 按月/日/年读" in capsys.readouterr().err


def test_the_training_rows_say_how_times_are_written() -> None:
    assert times_of([["201201", "201202", "209912"]], ["t"], 2).unit == "month"
    for later in ("201213", "2012-03-01", ""):
        with pytest.raises(UnreadTime) as error:
            times_of([["201201", "201202", later]], ["t"], 2)
        assert error.value.row == 2


def test_a_nuisance_is_fitted_as_words_and_never_a_reason(tmp_path: Path) -> None:
    days = [f"2024-0{1 + n % 9}-01" for n in range(len(TRAIN["企业"]))]
    rows = rank(tmp_path, {**TRAIN, "检查组": days}, TEST, (*ASKED, "--nuisance", "检查组"))
    assert len(rows) == len(TEST["企业"]) and not any("检查组" in row["reasons"] for row in rows)


def test_poor_tables_are_scored_all_the_same(tmp_path: Path) -> None:
    """All at one time, a column always the same, one empty, one missing in half the rows, one row to score."""
    n = 120
    train: Columns = {
        "id": [str(i) for i in range(n)],
        "when": ["2024"] * n,
        "same": ["7"] * n,
        "empty": [""] * n,
        "half": [str(i) if i % 2 else "" for i in range(n)],
        "huge": [str(10.0 ** (i % 300)) for i in range(n)],
        "bad": ["是" if i % 3 == 0 else "否" for i in range(n)],
    }
    test = {name: ["2025" if name == "when" else ""] for name in train}
    rows = rank(tmp_path, train, test, ("--label", "bad", "--entity", "id", "--time", "when"))
    assert len(rows) == 1 and 0 < float(rows[0]["score"]) < 1
