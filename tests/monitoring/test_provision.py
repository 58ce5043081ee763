"""Bulk registration: good sheets, bad rows, nothing half-written, keys once."""

from __future__ import annotations

import csv
import hashlib
import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from anwei.ledgers.models import Change
from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.provision.columns import BY_NAME, COLUMNS
from anwei.monitoring.provision.sheet import write_template
from anwei.monitoring.services import revoke
from anwei.monitoring.services.positions import REGISTER, position
from anwei.org.models import Post, Unit
from anwei.org.responsibility import posts_for
from anwei.sites.models import Enterprise, Site
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant
from tests.support.broker import REPOSITORY

pytestmark = pytest.mark.django_db

GOOD = {
    "企业名称": "丙冷库有限公司",
    "统一社会信用代码": "91000000MA0000003X",
    "行业": "涉氨制冷",
    "属地代码": "999001101",
    "部位编号": "LK-1",
    "重点部位": "一号冷库",
    "设备编码": "cold-1",
    "测点编码": "nh3",
    "测点名称": "氨浓度",
    "单位": "ppm",
    "小数位": "1",
    "周期秒": "5",
    "量程下限": "0",
    "量程上限": "100",
    "高高限": "40",
    "高限": "20",
    "回差": "2",
    "依据": "GB 28009",
    "发出预警": "是",
}


def write_csv(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    header = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: list[dict[str, Any]]) -> Path:
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, name in enumerate(rows[0]):
            sheet.write_string(0, place, name)
            for line, row in enumerate(rows, start=1):
                sheet.write(line, place, row.get(name))
    return path


def provision(path: Path, **options: Any) -> str:
    out = io.StringIO()
    keys = options.pop("keys", path.with_name("keys.csv"))
    call_command("provision", str(path), keys=keys, stdout=out, stderr=out, **options)
    return out.getvalue()


def refused(path: Path, **options: Any) -> str:
    """Return what is told about a sheet that is not taken."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(
            "provision", str(path), keys=path.with_name("keys.csv"), stdout=out, stderr=out, **options
        )
    return out.getvalue() + str(error.value)


def test_a_row_registers_everything_it_names(plant: Plant, tmp_path: Path) -> None:
    before = position(REGISTER)
    path = write_csv(tmp_path / "sheet.csv", [GOOD])
    told = provision(path)
    enterprise = Enterprise.objects.get(credit_code="91000000MA0000003X")
    assert (str(enterprise), enterprise.sector, enterprise.unit.territory) == (
        "丙冷库有限公司",
        "industry",
        "999001101",
    )
    tag = Tag.objects.get(code="nh3")
    assert (tag.name, tag.unit, tag.decimals, tag.period_s, tag.range_high) == (
        "氨浓度",
        "ppm",
        1,
        5.0,
        100.0,
    )
    assert tag.device.site == Site.objects.get(code="LK-1")
    rules = {rule.kind: rule for rule in tag.rules.all()}
    assert {kind: rule.limit for kind, rule in rules.items()} == {"hh": 40.0, "h": 20.0, "bad": None}
    bad = rules["bad"]
    assert (bad.severity, bad.on_delay_s, bad.citation, bad.opens_warning) == ("blue", 60.0, "", False)
    assert (rules["hh"].severity, rules["hh"].opens_warning, rules["h"].opens_warning) == ("red", True, False)
    assert (rules["h"].deadband, rules["h"].citation) == (2.0, "GB 28009")
    assert tag.device.rules.get().kind == "no_data"
    assert posts_for(enterprise, NOW, held=False).implementer.kind == Post.Kind.SAFETY
    assert position(REGISTER) == before + 1
    change = Change.objects.get(register="monitoring.provision")
    assert change.content["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert change.content["counts"] == {"enterprises": 1, "sites": 1, "devices": 1, "tags": 1, "rules": 4}
    assert "测点 1" in told


def test_keys_of_new_devices_are_written_once_and_only_for_us(plant: Plant, tmp_path: Path) -> None:
    provision(write_csv(tmp_path / "sheet.csv", [GOOD]))
    keys = tmp_path / "keys.csv"
    assert keys.stat().st_mode & 0o777 == 0o600
    ((device, key),) = list(csv.reader(keys.open()))[1:]
    assert Device.objects.get(code=device).key_digest == hashlib.sha256(key.encode()).hexdigest()
    second = GOOD | {"设备编码": "cold-2"}
    assert "已存在" in refused(write_csv(tmp_path / "second.csv", [second]))
    assert not Device.objects.filter(code="cold-2").exists()
    assert key in keys.read_text()


def test_english_headers_xlsx_numbers_and_an_existing_enterprise(plant: Plant, tmp_path: Path) -> None:
    row = {
        "enterprise": "甲化工厂",
        "credit_code": plant.county.enterprise.credit_code,
        "device": "gas-1",
        "tag": "co",
        "decimals": 1,
        "hh": 24.0,
        "period": 0.5,
    }
    provision(write_xlsx(tmp_path / "sheet.xlsx", [row]))
    tag = Tag.objects.get(code="co")
    assert (tag.device, tag.decimals, tag.period_s) == (plant.device, 1, 0.5)
    assert Enterprise.objects.count() == 2
    assert not (tmp_path / "keys.csv").exists()


def test_excels_own_csv_is_read(plant: Plant, tmp_path: Path) -> None:
    provision(write_csv(tmp_path / "sheet.csv", [GOOD], encoding="gb18030"))
    assert Tag.objects.filter(name="氨浓度").exists()


def test_a_gateway_comes_before_its_members(plant: Plant, tmp_path: Path) -> None:
    gateway = {name: GOOD[name] for name in ("企业名称", "统一社会信用代码", "行业", "属地代码")}
    rows = [gateway | {"设备编码": "gw"}, GOOD | {"网关编码": "gw"}]
    assert "网关 gw 未登记" in refused(write_csv(tmp_path / "wrong.csv", rows[::-1]))
    provision(write_csv(tmp_path / "right.csv", rows))
    assert Device.objects.get(code="cold-1").gateway == Device.objects.get(code="gw")


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


def test_a_dry_run_writes_nothing(plant: Plant, tmp_path: Path) -> None:
    told = provision(write_csv(tmp_path / "sheet.csv", [GOOD]), dry_run=True)
    assert "测点 1" in told
    assert not Device.objects.filter(code="cold-1").exists()
    assert not (tmp_path / "keys.csv").exists()


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


def test_the_template_explains_every_column_and_its_example_can_be_registered(
    plant: Plant, tmp_path: Path
) -> None:
    write_template(tmp_path / "template.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "template.xlsx"))
    assert book.get_sheet_by_index(0).to_python() == [[column.header for column in COLUMNS]]
    examples = {
        name: str(example) for name, _note, example, _field in book.get_sheet_by_index(1).to_python()[1:]
    }
    row = {name: example for name, example in examples.items() if example} | {"属地代码": "999001101"}
    provision(write_csv(tmp_path / "sheet.csv", [row]))
    assert Tag.objects.filter(code="ch4_t1").exists()


def test_no_two_columns_share_a_name() -> None:
    names = [name for column in COLUMNS for name in {column.header, column.field, *column.synonyms}]
    assert len(BY_NAME) == len(names)


def test_the_documentation_has_every_column() -> None:
    lines = (REPOSITORY / "docs/integration.md").read_text().splitlines()
    documented = [line.split("|")[1].strip() for line in lines if line.count("|") == 6][2:]
    assert documented == [column.header for column in COLUMNS]


def many_rows(n: int) -> list[dict[str, str]]:
    """Tags of 100 to a device and 10 devices to an enterprise."""
    return [
        GOOD
        | {
            "企业名称": f"企业{number // 1000}",
            "统一社会信用代码": f"91000000MA{number // 1000:08d}",
            "部位编号": f"S{number // 100}",
            "设备编码": f"d{number // 100}",
            "测点编码": f"t{number % 100}",
        }
        for number in range(n)
    ]


def test_five_thousand_tags_are_quick(plant: Plant, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "sheet.csv", many_rows(5000))
    start = time.process_time()
    provision(path)
    assert Tag.objects.filter(device__code__startswith="d").count() == 5000
    assert time.process_time() - start < 6.0  # 100,000 in 60 s leaves 3 s a core for these
