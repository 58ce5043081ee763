"""Sheets that `anwei provision` refuses: each row with its reason, each file with one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from anwei.ledgers.models import Change
from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.services import revoke
from anwei.org.models import Unit
from anwei.sites.models import Enterprise, Site
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant
from tests.monitoring.provisioning import GOOD, provision, refused, write_csv, write_xlsx

pytestmark = pytest.mark.django_db

BAD = {
    "统一社会信用代码": ("123", "18 位"),
    "行业": ("航天", "不是已知行业"),
    "属地代码": ("999001102", "不一致"),
    "部位编号": ("S-gas-1", "属于另一企业"),
    "设备编码": ("gas-1", "属于另一企业"),
    "测点编码": ("values", "保留字"),
    "小数位": ("2.5", "整数"),
    "周期秒": ("1e300", "不超过 31 天"),
    "报警延时秒": ("90000", "24 小时"),
    "量程上限": ("-1", "量程"),
    "高高限": ("abc", "不是数字"),
    "高限": ("50", "次序"),
    "回差": ("-2", "负数"),
    "发出预警": ("也许", "“是”或“否”"),
    "企业名称": ("", "企业名称为空"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_bad_row_is_told_by_number_and_reason_and_nothing_is_written(
    plant: Plant, tmp_path: Path, column: str
) -> None:
    cell, reason = BAD[column]
    before = [model.objects.count() for model in (Unit, Enterprise, Site, Device, Tag, AlarmRule, Change)]
    good = GOOD | {"测点编码": "other"}
    told = refused(write_csv(tmp_path / "sheet.csv", [good, GOOD | {column: cell}]))
    assert "第 3 行" in told and reason in told
    assert "第 2 行" not in told
    after = [model.objects.count() for model in (Unit, Enterprise, Site, Device, Tag, AlarmRule, Change)]
    assert after == before
    assert not (tmp_path / "keys.csv").exists()


def test_a_new_enterprise_lies_in_a_registered_territory(plant: Plant, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "sheet.csv", [GOOD | {"属地代码": "999001999"}])
    assert "属地代码 999001999 未登记" in refused(path)


def test_every_reason_of_a_row_is_told(plant: Plant, tmp_path: Path) -> None:
    told = refused(write_csv(tmp_path / "sheet.csv", [GOOD | {"高限": "a", "低限": "b"}]))
    assert "高限“a”不是数字；低限“b”不是数字" in told


def test_good_rows_are_kept_on_demand_and_bad_ones_come_back_as_a_sheet(plant: Plant, tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"测点编码": "t", "周期秒": "-1"}, GOOD, GOOD | {"测点编码": "p"}]
    path = write_csv(tmp_path / "sheet.csv", rows)
    provision(path, keep_good=True, errors=tmp_path / "errors.xlsx")
    assert set(Tag.objects.filter(device__code="cold-1").values_list("code", flat=True)) == {"nh3", "p"}
    header, *bad = CalamineWorkbook.from_path(str(tmp_path / "errors.xlsx")).get_sheet_by_index(0).to_python()
    assert header[-2:] == ["行号", "原因"]
    assert [(row[-2], row[-1]) for row in bad] == [
        (3.0, "周期秒“-1”必须大于 0"),
        (4.0, "测点 cold-1/nh3 与前面的行重复"),
    ]
    assert Change.objects.get(register="monitoring.provision").content["rows_refused"] == 2


def test_the_same_sheet_twice_is_refused_row_by_row(plant: Plant, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "sheet.csv", [GOOD])
    provision(path)
    assert "测点 cold-1/nh3 已登记" in refused(path)


def test_a_revoked_device_gets_no_tags(plant: Plant, tmp_path: Path) -> None:
    revoke(plant.device, actor=None, now=NOW, reason="拆除")
    row = GOOD | {"统一社会信用代码": plant.county.enterprise.credit_code, "设备编码": "gas-1"}
    del row["部位编号"], row["重点部位"]
    assert "已停用" in refused(write_csv(tmp_path / "sheet.csv", [row]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("企业名称,颜色\n甲,红\n", "不认识的列：颜色"),
        ("企业名称\n甲\n", "缺少的列：统一社会信用代码"),
        ("企业名称,企业,信用代码\n甲,乙,丙\n", "重复的列：企业名称"),
    ],
)
def test_a_sheet_with_wrong_columns_is_refused_as_a_whole(
    db: None, tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(content)
    assert sentence in refused(path)


def test_files_that_are_no_sheets_are_refused(db: None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK not really")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\xff\xff\x81")
    for path in (broken, binary, tmp_path / "absent.csv"):
        assert refused(path)


def test_a_bomb_is_refused_before_it_is_parsed(db: None, tmp_path: Path) -> None:
    """The rows are good and the file is small; what it would swell to is not."""
    bomb = write_xlsx(tmp_path / "bomb.xlsx", [GOOD])
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.xml", bytes(60_000_000))
    assert "展开后过大" in refused(bomb)
    assert not Tag.objects.filter(code="nh3").exists()
