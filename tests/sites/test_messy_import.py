"""A county's messy spreadsheet of enterprises: each row found as it was made, and nothing written twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anwei.ledgers.importing import write_import
from anwei.ledgers.models import Change, SheetImport
from anwei.org.models import Person, Territory
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW, TOWN, County
from tests.ledgers.enterprises import credit_code
from tests.ledgers.sheets import look, write
from tests.sites.messy import BLOCK, messy

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
N = 500  # tests/proof has the 5,000
HEADER = ["企业名称", "信用代码", "行业", "乡镇", "地址"]


def test_each_row_is_found_as_it_was_made_and_nothing_is_written_twice(
    county: County, browse: Browse
) -> None:
    made, client = messy(N), browse(county.officer)
    before = Enterprise.objects.count()
    sheet = _hand_in(client, made.content)
    assert {state: sheet.counts[state] for state in made.counts} == made.counts
    assert Enterprise.objects.count() == before  # examined, not written
    created = made.counts["good"] + made.counts["repaired"] - N // BLOCK  # a copied row is written once
    assert _written(client, sheet) == {"create": created}
    assert Enterprise.objects.count() == before + created
    n_changes = Change.objects.count()
    assert _written(client, _hand_in(client, made.content)) == {}
    assert (Change.objects.count(), Enterprise.objects.count()) == (n_changes, before + created)


def test_the_sheet_of_faults_tells_what_became_of_what(county: County, browse: Browse) -> None:
    client = browse(county.officer)
    sheet = _hand_in(client, messy(BLOCK).content)
    address = reverse("ledger_sheet_errors", args=["enterprises", sheet.pk])
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(address).content))
    faults, repairs = (book.get_sheet_by_index(place).to_python()[1:] for place in (0, 1))
    assert len(faults) == sheet.counts["doubtful"] + sheet.counts["refused"]
    assert len(repairs) == sheet.counts["repaired"]
    told = {int(row[0]): row[1] for row in repairs if isinstance(row[0], float)}
    assert "日期“2024/" in told[34]
    assert "改为“2024-" in told[34]
    assert "改为“91990001MA" in told[41]  # O became 0
    assert "按地址里的“甲镇”填为“甲镇”" in told[42]


def test_an_address_of_another_county_or_without_a_suffix_is_no_repair(county: County) -> None:
    Territory.objects.create(code="999001104", name="巴公镇")
    addresses = {
        "河北省邯郸市武安市巴公镇5号": "地址写的是“河北省”",
        "邻水县巴公镇5号": "地址写的是“邻水县”",
        "石家庄市巴公镇5号": "地址写的是“石家庄市”",
        "巴公山庄5号": "像是“巴公镇”，请核对",
        "测试县巴公工业园": "像是“巴公镇”，请核对",
        "经济开发区巴公镇5号": "填为“巴公镇”",
        "山西路巴公镇5号": "填为“巴公镇”",
    }
    lines: list[list[Any]] = [[HEADER[place] for place in (0, 1, 2, 4)]]
    names = ("安宁", "恒华", "景凯", "隆茂", "天成", "瑞丰", "永利")
    for n, (name, address) in enumerate(zip(names, addresses, strict=True), 11):
        lines.append([f"{name}化工有限公司", credit_code(n), "危化品", address])
    found = write("enterprises", lines, actor=county.officer)
    assert [row.state for row in found.rows] == ["refused"] * 3 + ["doubtful"] * 2 + ["repaired"] * 2
    for row, words in zip(found.rows, addresses.values(), strict=True):
        told = {"refused": row.refusals, "doubtful": row.doubts, "repaired": row.repairs}[row.state]
        assert words in told["territory"], row.values["address"]
    assert Enterprise.objects.filter(unit__territory="999001104").count() == 2


def test_a_sheet_without_townships_takes_them_from_the_addresses(county: County) -> None:
    Territory.objects.create(code="999001103", name="丙镇")
    Territory.objects.create(code="999001103001", name="东山村")
    Territory.objects.create(code="999001101001", name="东山村")
    lines: list[list[Any]] = [
        [HEADER[place] for place in (0, 1, 2, 4)],
        ["安宁化工有限公司", credit_code(1), "危化品", "测试县甲镇工业路1号"],
        ["恒华化工有限公司", credit_code(2), "危化品", "丙镇东山村"],
        ["景凯化工有限公司", credit_code(3), "危化品", "东山村3组"],
        ["隆茂化工有限公司", credit_code(4), "危化品", "园区"],
    ]
    found = write("enterprises", lines, actor=county.officer)
    assert [row.state for row in found.rows] == ["repaired", "repaired", "refused", "refused"]
    assert found.rows[2].refusals["territory"] == "不能为空；从地址看可能是：甲镇、丙镇"
    assert found.rows[3].refusals["territory"] == "不能为空"
    towns = Enterprise.objects.filter(credit_code__in=[credit_code(1), credit_code(2)])
    assert sorted(towns.values_list("unit__territory", flat=True)) == [TOWN, "999001103"]


def test_names_that_resemble_one_another_in_a_township_are_doubted(county: County) -> None:
    write(
        "enterprises",
        [HEADER, ["东山煤业有限公司", credit_code(1), "煤矿", "甲镇", ""]],
        actor=county.officer,
    )
    new: list[list[Any]] = [
        ["测试县东山煤矿", credit_code(2), "煤矿", "甲镇", ""],
        ["东山煤矿", credit_code(3), "煤矿", "乙镇", ""],
        ["西山煤矿", credit_code(4), "煤矿", "甲镇", ""],
        ["西山煤业集团有限公司", credit_code(5), "煤矿", "甲镇", ""],
        ["东山煤业有限公司", credit_code(1), "煤矿", "甲镇", ""],
    ]
    found = look("enterprises", HEADER, *new, actor=county.officer)
    assert [row.state for row in found.rows] == ["doubtful", "good", "good", "doubtful", "good"]
    assert "已登记的“东山煤业有限公司”" in found.rows[0].doubts[""]
    assert "表内的“西山煤矿”" in found.rows[3].doubts[""]
    for doubtful, n in ((False, 4), (True, 6)):  # kept only on request
        write("enterprises", [HEADER, *new], actor=county.officer, doubtful=doubtful)
        assert Enterprise.objects.filter(unit__name__contains="山煤").count() == n - 1
    hidden = look("enterprises", HEADER, new[1], actor=county.townsman)
    assert "乙煤矿" not in str(hidden.rows[0].doubts)


def _hand_in(client: Client, content: bytes) -> SheetImport:
    file = SimpleUploadedFile("企业名录.xlsx", content)
    page = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True)
    sheet: SheetImport = page.context["sheet"]
    return sheet


def _written(client: Client, sheet: SheetImport) -> dict[str, int]:
    """Let a sheet be written, as the background does it; return what was written."""
    address = reverse("ledger_sheet", args=["enterprises", sheet.pk])
    client.post(address, {"keep_good": "1"})
    write_import(sheet.pk, now=NOW)
    done = client.get(address).context["sheet"]
    assert done.status == "done"
    written: dict[str, int] = done.written
    return written
