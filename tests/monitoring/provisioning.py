"""Sheets of `anwei provision` for tests, and what is told of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from xlsxwriter import Workbook

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
