"""风险点台账: a county's usual list becomes rows, twice the same changes nothing, a grave point needs its level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.sites.models import RiskControl, RiskPoint
from tests.kernel.county import County
from tests.ledgers.sheets import look, write
from tests.sites.risks import place, point

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
HEADERS = [
    "序号", "风险点名称", "风险编号", "所在位置", "危险有害因素", "可能发生的事故类型", "风险颜色",
    "工程技术措施", "管理措施", "培训教育", "个体防护", "应急措施", "管控层级", "责任人",
]  # fmt: skip
LINE = [
    1, "氨储罐", "FX-1", "罐区", "体力负荷超限", "中毒、机械伤害", "橙色",
    "围堰", "巡检", "每月一训", "空气呼吸器", "喷淋、撤离", "部门级", "安全科长 13812345678",
]  # fmt: skip


def test_the_usual_list_of_a_county_becomes_a_point_with_its_controls(county: County) -> None:
    place(county.enterprise)
    found = write("risk-points", [HEADERS, LINE], actor=county.officer)
    assert [row.state for row in found.rows] == ["repaired"], found.rows[0].sentences
    row = RiskPoint.objects.get()
    assert (row.factor, row.accidents, row.grade) == ("110101", "WSA10023,WSA10004", "orange")
    assert (row.engineering, row.emergency, row.protection) == ("围堰", "喷淋、撤离", "空气呼吸器")
    assert row.review_on == date(2027, 11, 24)
    control = RiskControl.objects.get()
    assert (control.level, control.title, control.post) == ("department", "安全科长", county.safety)
    assert "机械致害" in found.rows[0].repairs["accidents"]  # the old name was told, not taken in silence


def test_the_same_list_twice_changes_nothing(county: County) -> None:
    place(county.enterprise)
    write("risk-points", [HEADERS, LINE], actor=county.officer)
    n_changes = Change.objects.count()
    again = write("risk-points", [HEADERS, LINE], actor=county.officer)
    assert [row.action for row in again.rows] == ["unchanged"]
    assert (Change.objects.count(), RiskControl.objects.count()) == (n_changes, 1)


@pytest.mark.parametrize(
    ("grade", "level", "refused"),
    [
        ("重大", "公司级", False),
        ("重大", "部门级", True),
        ("较大", "公司级", False),
        ("较大", "部门级", False),
        ("较大", "班组级", True),
        ("一般", "岗位级", False),
        ("低", "", False),
    ],
)
def test_a_graver_point_demands_the_higher_level(
    county: County, grade: str, level: str, refused: bool
) -> None:
    place(county.enterprise)
    lines = [["风险点", "编号", "场所", "风险等级", f"{level}责任人" if level else "备注"]]
    lines.append(["氨储罐", "FX-1", "GQ-01", grade, "张三"])
    found = look("risk-points", *lines, actor=county.officer)
    assert (found.rows[0].state == "refused") is refused, found.rows[0].refusals


def test_an_old_type_with_several_successors_must_be_chosen(county: County) -> None:
    place(county.enterprise)
    lines = [["风险点", "编号", "场所", "事故类型"], ["罐", "F1", "罐区", "中毒和窒息"]]
    refusal = look("risk-points", *lines, actor=county.officer).rows[0].refusals["accidents"]
    assert "中毒、窒息" in refusal


def test_before_the_new_standard_the_old_codes_hold_and_stay_afterwards(
    county: County, browse: Browse
) -> None:
    place(county.enterprise)
    lines = [["风险点", "编号", "场所", "事故类型"], ["罐", "F1", "罐区", "触电、中毒和窒息"]]
    with time_machine.travel("2026-06-30 12:00+08:00"):
        write("risk-points", lines, actor=None)
    row = RiskPoint.objects.get()
    assert row.accidents == "05,19"
    page = browse(county.officer).get(reverse("risk_point", args=[row.pk])).content.decode()
    assert "05 触电、19 中毒和窒息" in page and "GB 6441-1986" in page
    lines = [
        ["风险点", "编号", "场所", "事故类型", "风险描述"],
        ["罐", "F1", "罐区", "05 触电、19 中毒和窒息", "漏氨"],
    ]
    write("risk-points", lines, actor=county.officer, doubtful=True)
    row.refresh_from_db()
    assert (row.accidents, row.description) == ("05,19", "漏氨")
    lines = [["风险点", "编号", "场所", "事故类型"], ["罐", "F2", "罐区", "05"]]
    found = write("risk-points", lines, actor=county.officer, doubtful=True)
    assert found.rows[0].refusals and not RiskPoint.objects.filter(code="F2").exists()


def test_a_factor_is_found_by_code_or_word_and_else_told(county: County) -> None:
    place(county.enterprise)
    for typed, state in (
        ("110101", "repaired"),
        ("体力负荷超限", "repaired"),
        ("负荷", "refused"),
        ("鬼", "refused"),
    ):
        lines = [["风险点", "编号", "场所", "危害因素"], ["罐", "F1", "罐区", typed]]
        assert look("risk-points", *lines, actor=county.officer).rows[0].state == state, typed


def test_the_form_registers_a_point_and_the_review_follows_the_cycle(county: County, browse: Browse) -> None:
    site, client = place(county.enterprise), browse(county.officer)
    new = f"{reverse('ledger_new', args=['risk-points'])}?site={site.pk}"
    fields = {field.column.name: field.text for field in client.get(new).context["fields"]}
    assert fields["site"] == "罐区"
    typed = {
        **fields,
        "name": "氨罐",
        "code": "F1",
        "grade": "重大",
        "control_enterprise": "厂长",
        "review_months": "6",
    }
    assert client.post(new, typed).status_code == 302
    row = RiskPoint.objects.get()
    assert (row.grade, row.review_on) == ("red", date(2027, 5, 24))
    assert row.controls.get().post == county.principal
    assert (
        reverse("risk_point", args=[row.pk])
        in client.get(reverse("ledger_row", args=["risk-points", row.pk])).content.decode()
    )
    edit = reverse("ledger_edit", args=["risk-points", row.pk])
    fields = {field.column.name: field.text for field in client.get(edit).context["fields"]}
    assert client.post(edit, {**fields, "control_enterprise": "", "controller": ""}).status_code == 422
    assert row.controls.count() == 1
    answer = client.post(edit, {**fields, "control_enterprise": "副厂长", "control_team": "班长"})
    assert answer.status_code == 302
    assert dict(row.controls.values_list("level", "title")) == {"enterprise": "副厂长", "team": "班长"}
    log = Change.objects.filter(register="sites.riskpoint", row=str(row.pk), verb="update").latest("pk")
    assert log.content["changed"]["control_enterprise"] == ["厂长", "副厂长"]


def test_the_standards_beside_a_point_are_links(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise), accidents="WSA10004")
    page = browse(county.officer).get(reverse("risk_point", args=[row.pk])).content.decode()
    assert ">GB 6441-2025</a>" in page


def test_nobody_registers_at_a_place_out_of_sight(county: County, browse: Browse) -> None:
    site = place(county.other_enterprise, "MK-1", "采面")
    lines = [["风险点", "编号", "场所"], ["罐", "F1", site.code]]
    assert look("risk-points", *lines, actor=county.townsman).rows[0].state == "refused"
    row = point(site)
    assert browse(county.townsman).get(reverse("risk_point", args=[row.pk])).status_code == 404
    assert browse(county.worker).get(reverse("ledger_new", args=["risk-points"])).status_code == 403
