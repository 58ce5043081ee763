"""GB 18218 on the page of an installation: every step, a change assessed anew at once, the record, the command."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from anwei.org.models import Person
from anwei.portal.assess import main
from anwei.sites.models import Assessment, Chemical, Installation
from anwei.sites.risks.queries import due_assessments, installation_levels
from tests.kernel.county import NOW, County, county_clerk
from tests.ledgers.sheets import write
from tests.sites.risks import chemical, confirmed, installation, place

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]


def edited(client: Client, code: str, pk: int, **typed: str) -> int:
    address = reverse("ledger_edit", args=[code, pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    return client.post(address, {**fields, "reason": "核实存量", **typed}).status_code


def test_registers_make_an_installation_and_its_first_assessment(county: County, browse: Browse) -> None:
    client = browse(county.officer)
    lines = [
        ["单元名称", "单元编号", "企业名称", "单元类型", "500米人数"],
        ["氨罐区", "DY-1", "甲化工厂", "罐区", "35"],
    ]
    write("installations", lines, actor=county.officer)
    lines = [
        ["品名", "企业名称", "单元编号", "设计最大量", "实际最大量"],
        ["液氨", "甲化工厂", "DY-1", "80", "42.5"],
    ]
    write("chemicals", lines, actor=county.officer)
    unit, made = Installation.objects.get(), Assessment.objects.get()
    assert made.version == "GB 18218-2018（2019-03-01 起施行）"
    assert (made.result["S"]["shown"], made.result["R"]["shown"], made.result["level"]) == ("8", "19.2", 3)
    page = client.get(reverse("risk_installation", args=[unit.pk])).content.decode()
    for words in (
        "4.1.2 表1",
        "4.3.2 表5",
        "R = 1.2 ×（2×80/10）= 19.2",
        "三级重大危险源",
        "评估人和改过存量、人数的人不能复核",
    ):
        assert words in page, words


def test_the_same_sheet_twice_assesses_once(county: County) -> None:
    unit = installation(county.enterprise)
    lines = [["品名", "企业名称", "单元编号", "设计最大量"], ["氨", "甲化工厂", unit.code, "0.1"]]
    write("chemicals", lines, actor=county.officer)
    again = write("chemicals", lines, actor=county.officer, reason="再导入")
    assert [row.action for row in again.rows] == ["unchanged"]
    assert Assessment.objects.count() == 1


def test_a_change_of_quantity_assesses_anew_and_asks_for_a_review(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise, people=0)
    stock = chemical(unit, 40)
    first = confirmed(Assessment.objects.get(), county.officer)
    assert installation_levels([unit.pk]) == {unit.pk: 4}
    assert edited(browse(county.officer), "chemicals", stock.pk, design_t="1000") == 302
    first.refresh_from_db()
    newer = Assessment.objects.get(confirmed_at=None)
    assert first.stale_since is not None and newer.result["level"] == 1 and newer.assessor == county.officer
    assert installation_levels([unit.pk]) == {unit.pk: 4}  # until somebody else confirmed
    assert first in due_assessments(county.officer, NOW.date())
    waiting = browse(county.townsman).get(f"{reverse('risk_assessments')}?state=waiting").content.decode()
    assert reverse("risk_assessment", args=[newer.pk]) in waiting
    confirmed(newer, county.townsman)
    assert installation_levels([unit.pk]) == {unit.pk: 1}
    assert first not in due_assessments(county.officer, NOW.date())


def test_people_and_moving_a_chemical_assess_anew_too(county: County, browse: Browse) -> None:
    unit, other = installation(county.enterprise, people=0), installation(county.enterprise, code="DY-2")
    stock = chemical(unit, 100)
    client = browse(county.officer)
    assert edited(client, "installations", unit.pk, people_exposed="100") == 302
    assert Assessment.objects.filter(installation=unit).first().result["alpha"] == "2"
    assert edited(client, "installations", unit.pk, name="改名罐区") == 302
    assert Assessment.objects.filter(installation=unit).count() == 2  # a name changes no result
    assert edited(client, "chemicals", stock.pk, installation="DY-2") == 302
    assert Assessment.objects.filter(installation=other).exists()
    page = client.get(reverse("risk_installation", args=[unit.pk])).content.decode()
    assert "单元内还没有登记危险化学品" in page


def test_a_change_that_cannot_be_assessed_marks_what_counted(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    stock = chemical(unit, 40)
    first = confirmed(Assessment.objects.get(), county.officer)
    assert edited(browse(county.officer), "chemicals", stock.pk, design_t="") == 302
    first.refresh_from_db()
    assert first.stale_since is not None and Assessment.objects.count() == 1
    page = browse(county.worker).get(reverse("risk_installation", args=[unit.pk])).content.decode()
    assert "没有填设计最大量或实际最大量" in page


def test_the_mark_goes_when_the_inventory_is_again_what_was_confirmed(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise, people=0)
    stock = chemical(unit, 40)
    first = confirmed(Assessment.objects.get(), county.officer)
    client = browse(county.officer)

    def is_due(**typed: str) -> bool:
        assert edited(client, "chemicals", stock.pk, **typed) == 302
        return (
            reverse("risk_installation", args=[unit.pk]) in client.get(reverse("risk_due")).content.decode()
        )

    assert is_due(design_t="") and not is_due(design_t="40")
    assert Assessment.objects.count() == 1
    assert is_due(design_t="1000") and not is_due(design_t="40")
    page = client.get(reverse("risk_assessment", args=[first.pk])).content.decode()
    assert "已经改变" not in page
    waiting = browse(county.townsman).get(f"{reverse('risk_assessments')}?state=waiting").content.decode()
    larger, again = Assessment.objects.filter(confirmed_at=None).order_by("pk")
    assert reverse("risk_assessment", args=[again.pk]) in waiting
    assert (
        reverse("risk_assessment", args=[larger.pk]) not in waiting
    )  # of 1,000 t: nobody confirms that any more


def test_an_inventory_that_changes_while_its_assessment_waits_asks_for_a_review_at_once(
    county: County, browse: Browse
) -> None:
    unit = installation(county.enterprise, people=0)
    stock = chemical(unit, 40)
    made = Assessment.objects.get()
    assert edited(browse(county.officer), "chemicals", stock.pk, design_t="") == 302
    act = reverse("risk_assessment_act", args=[made.pk, "confirm"])
    client = browse(county.townsman)
    assert client.post(act, {"point": [*range(len(made.result["confirm"]))]}).status_code == 302
    assert "已经改变" in client.get(reverse("risk_assessment", args=[made.pk])).content.decode()
    assert reverse("risk_installation", args=[unit.pk]) in client.get(reverse("risk_due")).content.decode()


@pytest.mark.parametrize(
    "line",
    [
        {"品名": "自研溶剂"},  # in no table, without category
        {"辨识类别": "Z9"},
        {"CAS 号": "7664-41-8"},
        {"设计最大量": "-3"},
        {"单元编号": "DY-9"},
    ],
)
def test_what_cannot_be_looked_up_is_refused_in_the_dry_run(county: County, line: dict[str, str]) -> None:
    installation(county.enterprise)
    installation(county.other_enterprise, code="DY-9")
    good = {
        "品名": "氨",
        "企业名称": "甲化工厂",
        "单元编号": "DY-1",
        "辨识类别": "",
        "CAS 号": "",
        "设计最大量": "5",
    }
    row = {**good, **line}
    found = write("chemicals", [[*row], [*row.values()]], actor=county.officer)
    assert found.rows[0].state == "refused" and not Chemical.objects.exists()


def test_a_review_without_a_change_is_one_button(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    chemical(unit, 40)
    confirmed(Assessment.objects.get(), county.officer)
    Assessment.objects.update(review_on=NOW.date() - timedelta(days=1))
    due = browse(county.officer).get(reverse("risk_due")).content.decode()
    assert reverse("risk_installation", args=[unit.pk]) in due
    address = reverse("risk_installation_assess", args=[unit.pk])
    assert browse(county.worker).get(address).status_code == 405
    assert browse(county.worker).post(address).status_code == 302
    confirmed(Assessment.objects.get(confirmed_at=None), county.officer)
    due = browse(county.officer).get(reverse("risk_due")).content.decode()
    assert reverse("risk_installation", args=[unit.pk]) not in due


def test_the_record_says_the_steps_and_leaves_on_record(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    chemical(unit, 80)
    chemical(unit, 2, name="汽油")  # to which the standard gives no factor: a person must confirm it
    made = Assessment.objects.filter(installation=unit).first()
    answer = browse(county.officer).get(reverse("risk_record", args=[made.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("word/document.xml").decode()
    for words in (
        "危险化学品重大危险源辨识、分级记录",
        "甲化工厂",
        "4.3.3 表6",
        "三级重大危险源",
        "待核定",
        "编号：",
    ):
        assert words in text, words
    assert browse(county.stranger).get(reverse("risk_record", args=[made.pk])).status_code == 404


def test_what_counts_says_whether_it_is_the_design_or_what_is_there(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    chemical(unit, 8, actual_t=400)
    chemical(unit, 30, name="丙类物", category="W5.3", actual_t=12)
    client = browse(county.officer)
    page = client.get(reverse("risk_installation", args=[unit.pk])).content.decode()
    assert "实际最大量 q = 400 t" in page and "设计最大量 q = 400 t" not in page
    assert "设计最大量 q = 30 t" in page
    made = Assessment.objects.filter(installation=unit).first()
    answer = client.get(reverse("risk_record", args=[made.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "实际最大量 q = 400 t" in text
    cells = re.findall(r"<w:t[^>]*>([^<]*)</w:t>", text)
    start = cells.index("设计（吨）") + 6
    assert cells[start : start + 5] == ["氨", "—", "8", "400", "400"]


def test_the_command_computes_the_same(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = installation(county.enterprise, people=30)
    chemical(unit, 12.5)
    chemical(unit, 4, name="氯", actual_t=3)
    made = Assessment.objects.filter(installation=unit).first()
    file = tmp_path / "units.csv"
    file.write_text("unit,chemical,category,quantity_t,people\nDY-1,氨,,12.5,30\nDY-1,氯,,4,30\n", "utf-8")
    assert main(["gb18218", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)["units"][0]
    kept = made.result
    assert (told["S"], told["R"], told["level"]) == (
        float(kept["S"]["shown"]),
        float(kept["R"]["shown"]),
        kept["level"],
    )
    assert [step["text"] for step in told["steps"]] == [step["text"] for step in kept["steps"]]


def test_each_clause_leads_to_its_text_in_the_register_of_law(
    county: County, browse: Callable[[Person], Client]
) -> None:
    unit = installation(county.enterprise)
    chemical(unit, 30)
    address = reverse("law_entry", args=["GB 18218-2018/4.1.2"])
    client = browse(county.officer)
    link = f'<a href="{address}">4.1.2 表1</a>'
    assert link in client.get(reverse("risk_installation", args=[unit.pk])).content.decode()
    made = Assessment.objects.get(installation=unit)
    assert link in client.get(reverse("risk_assessment", args=[made.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "危险化学品重大危险源辨识 第4.1.2条" in page and "取其中最低的临界量" in page


def test_the_page_of_the_standard_speaks_chinese(county: County, browse: Callable[[Person], Client]) -> None:
    page = browse(county.officer).get(reverse("law_entry", args=["GB 18218-2018"])).content.decode()
    assert "危险化学品重大危险源辨识" in page and "代替 GB 18218-2009" in page
    assert "Major hazard" not in page and "replaces" not in page


def test_more_than_designed_for_is_doubted_until_confirmed(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    held = chemical(unit, 8)
    client = browse(county.officer)
    assert edited(client, "chemicals", held.pk, actual_t="400") == 422
    assert Chemical.objects.get().actual_t is None
    assert edited(client, "chemicals", held.pk, actual_t="400", confirmed="1") == 302
    assert Chemical.objects.get().actual_t == 400
    assert edited(client, "chemicals", held.pk, ghs="加压气体") == 302  # what stands is not doubted again


def test_the_link_to_confirm_is_for_who_may(county: County, browse: Browse) -> None:
    unit = installation(county.enterprise)
    chemical(unit, 30)
    client = browse(county.worker)
    client.post(reverse("risk_installation_assess", args=[unit.pk]))
    address = reverse("risk_installation", args=[unit.pk])
    assert "去复核" in browse(county.officer).get(address).content.decode()
    page = client.get(address).content.decode()
    assert "去复核" not in page and "看评估" in page


def test_a_unit_names_its_place_and_none_of_another_enterprise(county: County, browse: Browse) -> None:
    unit, own = installation(county.enterprise), place(county.enterprise)
    elsewhere = place(county.other_enterprise, "MK-01", "井口")
    client = browse(county.officer)
    assert edited(client, "installations", unit.pk, site=own.code) == 302
    unit.refresh_from_db()
    assert unit.site == own
    assert "没有登记所在部位" not in client.get(reverse("risk_installation", args=[unit.pk])).content.decode()
    assert edited(browse(county_clerk()), "installations", unit.pk, site=elsewhere.code) == 422
