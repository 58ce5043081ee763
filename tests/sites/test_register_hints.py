"""What the registers of plants say where something is wrong: the choices, the length, what comes first, where to look."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.org.models import Person
from anwei.sites.models import Chemical, Installation
from tests.kernel.county import TOWN, County, make_enterprise
from tests.ledgers.sheets import look
from tests.sites.proposals import sent
from tests.sites.risks import chemical, installation

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
UNIT = ["单元名称", "单元编号", "企业", "单元类型"]


@pytest.mark.parametrize("there", [False, True], ids=["new", "known"])
def test_a_wrong_kind_of_unit_is_refused_and_a_near_one_remarked_each_with_the_choices(
    county: County, there: bool
) -> None:
    if there:
        installation(county.enterprise, code="DY-9")

    def told(kind: str) -> tuple[str, str]:
        (row,) = look("installations", UNIT, ["氨罐区", "DY-9", "甲化工厂", kind], actor=county.officer).rows
        return row.state, row.refusals.get("kind", "") or row.doubts.get("kind", "")

    assert told("装置区") == ("refused", "“装置区”不在可选范围内（生产单元、储存单元）")
    assert told("储罐单元") == ("doubtful", "“储罐单元”按“储存单元”理解（可选：生产单元、储存单元）")
    assert told("储存单元")[1] == ""


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("91320594MA1MYYA7X", "；这里只有 17 位，少 1 位"),
        ("91320594MA1MYYA7X123", "；这里有 20 位，多 2 位"),
    ],
)
def test_a_code_of_another_length_says_how_many_are_missing(county: County, code: str, hint: str) -> None:
    head = ["企业名称", "统一社会信用代码", "行业", "属地"]
    (row,) = look("enterprises", head, ["丙厂", code, "化工", "甲镇"], actor=county.officer).rows
    assert row.state == "refused" and hint in row.refusals["credit_code"]


def test_without_a_unit_the_chemical_s_form_leads_to_the_form_of_one(county: County, browse: Browse) -> None:
    worker, officer = browse(county.worker), browse(county.officer)
    new = f"{reverse('ledger_new', args=['chemicals'])}?enterprise={county.enterprise.pk}"
    first = f'href="{reverse("ledger_new", args=["installations"])}?enterprise={county.enterprise.pk}"'
    installation(county.other_enterprise, code="DY-X")  # the officer sees it, it is none of this enterprise
    for client in (worker, officer):
        page = client.get(new).content.decode()
        assert "请先登记到“重大危险源单元台账”" in page and first in page
    typed = {"name": "氨", "enterprise": "甲化工厂", "installation": "DY-1"}
    refused = worker.post(new, typed)
    assert refused.status_code == 422
    assert "“DY-1”还没有登记，请先登记到“重大危险源单元台账”" in refused.content.decode()
    taken = officer.post(new, {**typed, "installation": "DY-X"}).content.decode()
    assert "这家企业还没有单元" in taken
    installation(county.enterprise)
    assert "请先登记到" not in worker.get(new).content.decode()
    assert worker.post(new, {**typed, "design_t": "5"}).status_code == 302
    assert Installation.objects.filter(enterprise=county.enterprise).count() == 1


def test_a_proposal_that_is_not_taken_names_each_field_at_the_top_and_leads_to_it(
    county: County, browse: Browse
) -> None:
    ammonia: Chemical = chemical(installation(county.enterprise), 40)
    answer = sent(browse(county.worker), "chemicals", ammonia, reason="", design_t="很多", cas="1-1-1")
    page = answer.content.decode()
    assert answer.status_code == 422
    (summary,) = re.findall(r'<ul class="faults">(.*?)</ul>', page)
    assert re.findall(r'href="#(\w+)"', summary) == ["id_cas", "id_design_t"]
    assert "“很多”不是数字" in summary and "“1-1-1”不是 CAS 号" in summary
    assert page.index(summary) < page.index('id="id_name"')
    answer = sent(browse(county.worker), "chemicals", ammonia, reason="", design_t="60")
    page = answer.content.decode()
    (summary,) = re.findall(r'<ul class="faults">(.*?)</ul>', page)
    assert answer.status_code == 422 and 'href="#id_reason"' in summary and 'id="id_reason"' in page
    ammonia.refresh_from_db()
    assert ammonia.design_t == 40


def test_an_enterprise_among_many_is_refused_without_a_dozen_others(county: County) -> None:
    for n in range(15):
        make_enterprise(f"同行{n:02}厂", TOWN, "chemical", f"92000000000000{n:03}X")
    (row,) = look(
        "installations", UNIT, ["氨罐区", "DY-9", "不存在公司", "储存单元"], actor=county.officer
    ).rows
    told = row.refusals["enterprise"]
    assert told.startswith("“不存在公司”不在可选范围内（共") and "同行" not in told
