"""The registers of an enterprise's file at their doors: a form becomes a row, a county's sheet too, strangers none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change
from anwei.org.models import Person, Territory
from anwei.sites.models import Enterprise, Site
from anwei.standards.geography.datums import Datum, from_cgcs2000
from anwei.standards.geography.points import Point
from tests.kernel.county import OTHER_TOWN, TOWN, County
from tests.ledgers.sheets import workbook

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
OWN, FOREIGN = "甲化工厂", "乙煤矿"


@dataclass(frozen=True)
class Kept:
    """What is typed into a form of a register, a sheet in the words of counties, and what must come of it."""

    code: str
    typed: dict[str, str]
    headers: tuple[str, ...]
    line: tuple[str, ...]
    row: dict[str, Any]  # of the line, by the paths of the model


REGISTERS = [
    Kept(
        "licences",
        {"enterprise": OWN, "kind": "安全生产许可证", "number": "A-1", "expires_on": "2027年1月5日"},
        ("单位名称", "证照类别", "证号", "有效期限"),
        (OWN, "危化品经营许可证", "B-1", "2027.3.1"),
        {"kind": "chemical_trade", "number": "B-1", "expires_on__year": 2027},
    ),
    Kept(
        "insurances",
        {"enterprise": OWN, "insurer": "保险", "number": "P-1", "starts_on": "2026-1-1", "expires_on": "2026-12-31"},
        ("企业名称", "承保公司", "保险单号", "参保人数", "单人保额", "保险起期", "保险止期"),
        (OWN, "示例财险", "P-2", "80人", "500,000", "2026/1/1", "2026/12/31"),
        {"number": "P-2", "insured_people": 80, "amount_yuan": 500_000},
    ),
    Kept(
        "management-documents",
        {"enterprise": OWN, "kind": "操作规程", "title": "动火规程"},
        ("单位名称", "类别", "制度名称", "下次修订日期"),
        (OWN, "责任制", "全员责任制", "2027-01-01"),
        {"kind": "responsibility", "title": "全员责任制"},
    ),
    Kept(
        "safety-funds",
        {"enterprise": OWN, "year": "2025", "drawn_yuan": "600000", "spent_yuan": "480000"},
        ("单位名称", "年份", "计提金额", "支出金额"),
        (OWN, "2024", "1000", "500"),
        {"year": 2024, "drawn_yuan": 1000, "spent_yuan": 500},
    ),
    Kept(
        "contacts",
        {"enterprise": OWN, "name": "王工", "phone": "13800000001"},
        ("单位名称", "姓名", "职位", "手机号码"),
        (OWN, "李工", "调度", "138 0000 0002"),
        {"name": "李工", "role": "调度", "phone": "13800000002"},
    ),
    Kept(
        "equipment",
        {"enterprise": OWN, "code": "TS-1", "name": "锅炉"},
        ("单位名称", "设备代码", "名称", "设备品种", "下检日期", "是否在用"),
        (OWN, "TS-2", "2 号锅炉", "承压锅炉", "2026年12月1日", "是"),
        {"code": "TS-2", "kind": "承压锅炉", "in_use": True},
    ),
    Kept(
        "processes",
        {"enterprise": OWN, "name": "合成氨", "interlocked": "是"},
        ("单位名称", "生产工艺", "危险工艺名称", "DCS", "SIS"),
        (OWN, "氯化", "氯化工艺", "有", "无"),
        {"name": "氯化", "automated": True, "interlocked": False},
    ),
    Kept(
        "cameras",
        {"name": "大门", "code": "C-1", "site": "GQ-1"},
        ("点位名称", "国标编码", "场所编号"),
        ("罐区", "C-2", "GQ-1"),
        {"code": "C-2", "site__code": "GQ-1"},
    ),
    Kept(
        "road-sections",
        {"name": "三岔口", "code": "LD-1", "unit": "甲镇人民政府", "territory": "甲镇"},
        ("路段名称", "编码", "隐患类型", "管理单位", "所属乡镇", "X坐标", "Y坐标"),
        ("北坡", "LD-2", "急弯陡坡", "甲镇人民政府", "甲镇", "东经113度4分48秒", "36.19"),
        {"code": "LD-2", "category": "road", "sector": "road", "kind": "急弯陡坡", "longitude": 113.08},
    ),
    Kept(
        "nine-small",
        {"name": "面馆", "code": "XS-1", "unit": "甲镇人民政府", "territory": "甲镇"},
        ("店铺名称", "编码", "业态", "管理单位", "乡镇", "经营者", "联系电话", "容纳人数"),
        ("旅馆", "XS-2", "小旅馆", "甲镇人民政府", "甲镇", "老王", "13800000003", "30"),
        {"code": "XS-2", "category": "nine_small", "sector": "fire", "owner_phone": "13800000003", "people": 30},
    ),
    Kept(
        "self-built",
        {"name": "沿街楼", "code": "ZJ-1", "unit": "甲镇人民政府", "territory": "甲镇"},
        ("房屋名称", "编码", "房屋用途", "管理单位", "乡镇", "房主"),
        ("出租楼", "ZJ-2", "经营性", "甲镇人民政府", "甲镇", "老李"),
        {"code": "ZJ-2", "category": "self_built", "sector": "construction", "owner": "老李"},
    ),
    Kept(
        "projects",
        {"name": "一中改造", "code": "XM-1", "unit": "甲镇人民政府", "territory": "甲镇"},
        ("工程名称", "编码", "工程类型", "责任单位", "乡镇", "开工时间"),
        ("安置房", "XM-2", "房屋建筑", "甲镇人民政府", "甲镇", "2026年3月"),
        {"code": "XM-2", "category": "project", "sector": "construction", "starts_on__month": 3},
    ),
    Kept(
        "project-parties",
        {"site": "XM-0", "role": "总包单位", "name": "一建"},
        ("项目编号", "参建角色", "参建单位", "总监理工程师"),
        ("XM-0", "监理", "示例监理", "赵工"),
        {"role": "supervisor", "name": "示例监理", "manager": "赵工"},
    ),
    Kept(
        "dangerous-works",
        {"site": "XM-0", "name": "高支模"},
        ("项目名称", "分部分项工程", "超规模", "论证日期"),
        ("河西项目", "深基坑", "是", "2026-10-01"),
        {"name": "深基坑", "beyond_scale": True, "experts_on__month": 10},
    ),
]  # fmt: skip
every = pytest.mark.parametrize("kept", [pytest.param(kept, id=kept.code) for kept in REGISTERS])


@pytest.fixture
def places(county: County) -> None:
    """A tank farm and a project in each town."""
    unit = county.townsman.holdings.get().post.unit
    Site.objects.create(enterprise=county.enterprise, code="GQ-1", name="罐区")
    Site.objects.create(enterprise=county.other_enterprise, code="井下", name="采掘面")
    for town, code, name in ((TOWN, "XM-0", "河西项目"), (OTHER_TOWN, "大桥", "跨河工程")):
        Site.objects.create(
            category="project", unit=unit, territory=town, sector="construction",
            code=code, name=name,
        )  # fmt: skip


def import_sheet(client: Client, code: str, *lines: Any) -> Any:
    """Hand a sheet in at its page and let its good and doubtful rows be written."""
    file = SimpleUploadedFile("表.xlsx", workbook(*map(list, lines)))
    sheet = client.post(reverse("ledger_import", args=[code]), {"file": file}, follow=True).context["sheet"]
    client.post(reverse("ledger_sheet", args=[code, sheet.pk]), {"keep_good": "1", "doubtful": "1"})
    sheet.refresh_from_db()
    return sheet


@every
def test_a_form_becomes_a_row_of_its_own_register(
    kept: Kept, county: County, browse: Browse, places: None
) -> None:
    client, ledger = browse(county.townsman), ledger_of(kept.code)
    before = set(ledger.visible(None).values_list("pk", flat=True))
    answer = client.post(reverse("ledger_new", args=[kept.code]), kept.typed)
    assert answer.status_code == 302, answer.context["fields"]
    row = ledger.visible(county.townsman).exclude(pk__in=before).get()
    change = Change.objects.filter(register=ledger.model._meta.label_lower, row=str(row.pk)).get()
    assert (change.actor, change.verb) == (county.townsman, "create")
    listed = client.get(reverse("ledger", args=[kept.code])).content.decode()
    assert kept.typed.get("name", kept.typed.get("number", OWN)) in listed


@every
def test_a_sheet_in_the_county_s_own_words_becomes_the_row(
    kept: Kept, county: County, browse: Browse, places: None
) -> None:
    client, ledger = browse(county.officer), ledger_of(kept.code)
    sheet = import_sheet(client, kept.code, kept.headers, kept.line)
    assert sheet.written == {"create": 1}, sheet.problems
    assert ledger.visible(county.officer).filter(**kept.row).count() == 1
    again = import_sheet(client, kept.code, kept.headers, kept.line)
    assert again.written == {}, again.problems


@every
def test_a_row_out_of_sight_is_refused(kept: Kept, county: County, browse: Browse, places: None) -> None:
    foreign = {
        "enterprise": FOREIGN,
        "site": "井下" if kept.code == "cameras" else "大桥",
        "territory": "乙镇",
    }
    typed = kept.typed | {name: text for name, text in foreign.items() if name in kept.typed}
    ledger = ledger_of(kept.code)
    n_rows = ledger.visible(None).count()
    answer = browse(county.townsman).post(
        reverse("ledger_new", args=[kept.code]), {**typed, "confirmed": "1"}
    )
    assert (answer.status_code, ledger.visible(None).count()) == (422, n_rows)


def test_the_phone_of_an_owner_is_masked_in_the_list(county: County, browse: Browse) -> None:
    client, columns = browse(county.officer), "?columns=name&columns=owner_phone"
    kept = next(kept for kept in REGISTERS if kept.code == "nine-small")
    import_sheet(client, kept.code, kept.headers, kept.line)
    listed = client.get(reverse("ledger", args=[kept.code]) + columns).content.decode()
    assert "138****0003" in listed
    assert "13800000003" not in listed


SQUARE = Point(113.0, 36.0), Point(113.2, 36.2)
INSIDE = Point(113.001, 36.1)  # 90 m from the western border


@pytest.fixture
def drawn(county: County) -> None:
    """Give the township its border: a square of some 20 km."""
    (west, south), (east, north) = SQUARE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    Territory.objects.filter(pk=TOWN).update(boundary={"type": "Polygon", "coordinates": [ring]})


def typed_place(point: Point, **more: str) -> dict[str, str]:
    return {
        "name": "三岔口", "code": "LD-1", "unit": "甲镇人民政府", "territory": "甲镇",
        "longitude": f"{point.longitude:.7f}", "latitude": f"{point.latitude:.7f}", **more,
    }  # fmt: skip


@pytest.mark.parametrize(("datum", "word"), [(Datum.GCJ02, "高德、腾讯（GCJ-02）"), (Datum.BD09, "BD-09")])
def test_a_point_of_another_datum_keeps_its_pair_and_lies_where_it_is(
    county: County, browse: Browse, datum: Datum, word: str
) -> None:
    given = from_cgcs2000(INSIDE, datum)
    typed = typed_place(given, datum=word)
    answer = browse(county.officer).post(
        reverse("ledger_new", args=["road-sections"]), {**typed, "confirmed": "1"}
    )
    assert answer.status_code == 302, answer.context["fields"]
    row = Site.objects.get(code="LD-1")
    assert (row.longitude, row.latitude) == pytest.approx(INSIDE, abs=1e-6)
    assert (row.raw_longitude, row.raw_latitude) == pytest.approx(given, abs=1e-6)
    assert row.datum == datum.name.lower()
    form = browse(county.officer).get(reverse("ledger_edit", args=["road-sections", row.pk]))
    shown = {field.column.name: field.text for field in form.context["fields"]}
    assert float(shown["longitude"]) == pytest.approx(given.longitude, abs=1e-6)  # as it was given, not moved


def eastern(datum: Datum) -> Point:
    """Return a point just within the eastern border as a map of phones shows it: beyond the border."""
    return from_cgcs2000(Point(113.1995, 36.1), datum)


def test_a_form_asks_whether_the_datum_is_wrong(county: County, browse: Browse, drawn: None) -> None:
    client, address = browse(county.officer), reverse("ledger_new", args=["road-sections"])
    answer = client.post(address, typed_place(eastern(Datum.GCJ02)))
    assert answer.status_code == 422
    assert "坐标系可能不对" in answer.content.decode()
    assert "GCJ-02" in answer.content.decode()
    within = client.post(address, typed_place(Point(113.1995, 36.1)))
    assert within.status_code == 302


def test_a_sheet_doubts_the_datum_of_new_and_of_changed_enterprises(
    county: County, browse: Browse, drawn: None
) -> None:
    client, (longitude, latitude) = browse(county.officer), eastern(Datum.GCJ02)
    code = county.enterprise.credit_code
    headers = ["企业名称", "统一社会信用代码", "行业", "属地", "经度", "纬度"]
    lines = [
        [OWN, code, "危险化学品", "甲镇", longitude, latitude],
        ["新厂", "91140000000000000U", "危险化学品", "甲镇", longitude, latitude],
    ]
    file = SimpleUploadedFile("表.xlsx", workbook(headers, *lines))
    sheet = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True).context[
        "sheet"
    ]
    assert sheet.counts["doubtful"] == 2, sheet.problems
    assert sum("坐标系可能不对" in sentence for problem in sheet.problems for sentence in problem[3]) == 2
    assert Enterprise.objects.get(credit_code=code).longitude is None


def test_a_credit_code_with_a_slip_is_doubted_with_what_it_may_mean(county: County, browse: Browse) -> None:
    """GB 32100-2015: two neighbours changed places, so that the check digit does not fit."""
    good = "91350100M000100Y43"
    slipped = "91350100M000010Y43"
    typed = {"name": "新厂", "credit_code": slipped, "sector": "危险化学品", "territory": "甲镇"}
    answer = browse(county.officer).post(reverse("ledger_new", args=["enterprises"]), typed)
    assert answer.status_code == 422
    assert good in answer.content.decode()
