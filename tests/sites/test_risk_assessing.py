"""Assessing: the product while one chooses, a second person confirms, only then the grade counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change
from anwei.ledgers.services import change_setting
from anwei.org.models import Person, Post, Unit
from anwei.portal.system.figures import set_figure
from anwei.portal.system.views import SETS
from anwei.sites.models import Assessment, Enterprise, RiskPoint
from anwei.sites.risks.queries import static_grade, static_grounds
from tests.kernel.county import COUNTY, NOW, County, county_clerk, in_post
from tests.sites.proposals import sent
from tests.sites.risks import chemical, confirmed, installation, no_to_all, place, point

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
LEC = {"L": "6", "E": "6", "C": "15"}  # D = 540: red


def rate(client: Client, row: RiskPoint, method: str = "lec", **values: str) -> Assessment:
    answer = client.post(reverse("risk_rate", args=[row.pk, method]), values or LEC)
    assert answer.status_code == 302, answer.content.decode()
    return Assessment.objects.get(point=row, method=method, confirmed_at=None, returned_at=None)


def test_the_product_and_its_grade_show_before_anything_is_sent(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise))
    address = reverse("risk_rate", args=[row.pk, "lec"])
    client = browse(county.worker)
    assert "D = 540" not in client.get(address).content.decode()
    page = client.get(address, LEC).content.decode()
    assert "D = 540" in page and "D = L × E × C = 6 × 6 × 15 = 540" in page and "极其危险" in page
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("method", "values", "grade"),
    [
        ("lec", {"L": "10", "E": "1", "C": "7"}, "blue"),  # 70
        ("lec", {"L": "1", "E": "3", "C": "40"}, "yellow"),  # 120
        ("lec", {"L": "3", "E": "6", "C": "15"}, "orange"),  # 270
        ("lec", LEC, "red"),
        ("ls", {"L": "1", "S": "3"}, "blue"),
        ("ls", {"L": "2", "S": "2"}, "yellow"),
        ("ls", {"L": "2", "S": "5"}, "orange"),
        ("ls", {"L": "4", "S": "5"}, "red"),
    ],
)
def test_a_confirmed_rating_is_the_grade_of_the_point(
    county: County, browse: Browse, method: str, values: dict[str, str], grade: str
) -> None:
    row = point(place(county.enterprise), review_months=6)
    made = rate(browse(county.worker), row, method, **values)
    assert (made.grade, made.assessor, made.review_on) == (grade, county.worker, date(2027, 5, 24))
    row.refresh_from_db()
    assert row.grade == ""  # not yet
    client = browse(county.officer)
    act = reverse("risk_assessment_act", args=[made.pk, "confirm"])
    ticked = [*range(len(made.result["confirm"]))]
    if ticked:  # what a person must confirm is confirmed one by one
        assert client.post(act, {"point": ticked[1:]}).status_code == 422
    assert client.post(act, {"point": ticked}).status_code == 302
    row.refresh_from_db()
    assert (row.grade, row.review_on) == (grade, date(2027, 5, 24))
    sealed = Change.objects.get(register="sites.assessment", row=str(made.pk), verb="confirm")
    assert sealed.content["confirmed"] == [one["text"] for one in made.result["confirm"]]


@pytest.mark.parametrize("values", [{"L": "6", "E": "6"}, {"L": "7", "E": "6", "C": "15"}])
def test_a_value_that_is_missing_or_in_no_table_keeps_nothing(
    county: County, browse: Browse, values: dict[str, str]
) -> None:
    row = point(place(county.enterprise))
    answer = browse(county.worker).post(reverse("risk_rate", args=[row.pk, "lec"]), values)
    assert answer.status_code == 422 and not Assessment.objects.exists()


def test_nobody_confirms_the_own_assessment_nor_does_an_enterprise(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise))
    made = rate(browse(county.officer), row)
    act = reverse("risk_assessment_act", args=[made.pk, "confirm"])
    ticked = {"point": [*range(len(made.result["confirm"]))]}
    assert browse(county.officer).post(act, ticked).status_code == 403
    assert browse(county.worker).post(act, ticked).status_code == 403
    assert browse(county.regulator).post(act, ticked).status_code == 404  # another sector's
    assert browse(county.townsman).post(act, ticked).status_code == 302


def test_a_returned_assessment_counts_nothing_and_says_why(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise))
    made = rate(browse(county.worker), row)
    act = reverse("risk_assessment_act", args=[made.pk, "return"])
    client = browse(county.officer)
    assert client.post(act, {"reason": " "}).status_code == 422
    assert client.post(act, {"reason": "C 取值偏低"}).status_code == 302
    page = client.get(reverse("risk_assessment", args=[made.pk])).content.decode()
    assert "C 取值偏低" in page and "已退回，未核定" in page and "<small>待复核</small>" not in page
    ticked = {"point": [*range(len(made.result["confirm"]))]}
    assert client.post(reverse("risk_assessment_act", args=[made.pk, "confirm"]), ticked).status_code == 422
    row.refresh_from_db()
    assert row.grade == ""


def test_the_latest_confirmed_counts_and_no_sheet_overwrites_it(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise), grade="blue")
    older = rate(browse(county.worker), row)
    newer = rate(browse(county.worker), row, "ls", L="2", S="2")
    confirmed(older, county.officer)
    confirmed(newer, county.officer)
    row.refresh_from_db()
    assert row.grade == "yellow"
    edit = reverse("ledger_edit", args=["risk-points", row.pk])
    client = browse(county.officer)
    fields = {field.column.name: field.text for field in client.get(edit).context["fields"]}
    answer = client.post(edit, {**fields, "grade": "低"})
    assert answer.status_code == 422 and "重新评估" in answer.content.decode()
    history = client.get(reverse("risk_point", args=[row.pk])).content.decode()
    assert "LEC 法" in history and "LS 法" in history


@pytest.mark.parametrize(
    ("given", "score", "grade"),
    [
        ({}, "100", "blue"),
        ({"1.1-1": "yes"}, "90", "blue"),
        ({"1.1-1": "yes", "1.2-3": "1"}, "89.9", "yellow"),
        ({"6-1": "3", "1.1-1": "yes"}, "75", "yellow"),
        ({"6-1": "3", "1.1-1": "yes", "1.2-3": "1"}, "74.9", "orange"),
        ({"red-3": "yes"}, "100", "red"),
    ],
)
def test_the_diagnosis_of_a_chemical_enterprise_gives_its_static_grade(
    county: County, browse: Browse, given: dict[str, str], score: str, grade: str
) -> None:
    address = reverse("risk_diagnosis", args=[county.enterprise.pk])
    client = browse(county.worker)
    shown = client.get(address, {**no_to_all(), **given}).content.decode()
    assert f"{score} 分" in shown
    assert client.post(address, {**no_to_all(), **given}).status_code == 302
    made = Assessment.objects.get(enterprise=county.enterprise)
    assert (made.grade, made.review_on, made.result["score"]["shown"]) == (grade, date(2029, 11, 24), score)
    assert static_grade(county.enterprise) == ""
    confirmed(made, county.officer)
    assert static_grade(county.enterprise) == grade


def test_what_is_not_answered_is_listed_and_nothing_is_kept(county: County, browse: Browse) -> None:
    address = reverse("risk_diagnosis", args=[county.enterprise.pk])
    client = browse(county.worker)
    given = {code: text for code, text in no_to_all().items() if code not in ("6-1", "2-1")}
    page = client.get(address, given)
    assert [question.code for question, _anchor in page.context["missing"]] == ["2-1", "6-1"]
    answer = client.post(address, given)
    assert answer.status_code == 422 and "还有 2 项未回答" in answer.content.decode()
    assert (
        client.post(address, {**no_to_all(), "9-1": "yes", "9-2": "yes"}).status_code == 422
    )  # one or the other
    assert client.post(address, {**no_to_all(), "6-1": "-3"}).status_code == 422
    assert not Assessment.objects.exists()
    other = reverse("risk_diagnosis", args=[county.other_enterprise.pk])  # a mine: another guide's affair
    assert browse(county.stranger).get(other).status_code == 404
    first = page.content.decode().index("直接判定为红色")
    assert first < page.content.decode().index("1.1 重大危险源")


def test_the_static_grade_is_the_gravest_of_points_and_installations(county: County, browse: Browse) -> None:
    enterprise, site = county.enterprise, place(county.enterprise)
    assert static_grade(enterprise) == ""
    point(site, "F1", grade="yellow")
    gone = point(site, "F2", grade="orange", control_enterprise="厂长")
    assert static_grade(enterprise) == "orange"
    RiskPoint.objects.filter(pk=gone.pk).update(removed_on="2026-11-01")
    assert static_grade(enterprise) == "yellow"
    unit = installation(enterprise, people=100)
    chemical(unit, 500)  # R = 2 × 2 × 50 = 200: level I
    assert static_grade(enterprise) == "yellow"  # not confirmed
    confirmed(Assessment.objects.get(installation=unit), county.officer)
    assert static_grade(enterprise) == "red"
    page = browse(county.worker).get(reverse("risk_enterprise", args=[enterprise.pk])).content.decode()
    assert "一级" in page and "severity-red" in page


def test_a_result_of_another_guide_gives_way_when_the_sector_changes(county: County, browse: Browse) -> None:
    client, clerk = browse(county.worker), browse(county_clerk())
    assert client.post(reverse("risk_diagnosis", args=[county.enterprise.pk]), no_to_all()).status_code == 302
    made = confirmed(Assessment.objects.get(), county.officer)
    Assessment.objects.update(review_on=NOW.date() - timedelta(days=1))
    point(place(county.enterprise), grade="red", control_enterprise="厂长")
    page = reverse("risk_enterprise", args=[county.enterprise.pk])
    due, own = reverse("risk_due"), reverse("risk_assessment", args=[made.pk])
    for sector, grade in (("煤矿", "red"), ("危险化学品", "blue")):
        assert sent(clerk, "enterprises", county.enterprise, sector=sector).status_code == 302
        assert client.get(page).context["static"] == grade
        assert static_grounds(county.enterprise, grade)[0][1] == (own if grade == "blue" else page)
        assert (page in clerk.get(due).content.decode()) is (grade == "blue")  # else nobody can do it again
    Enterprise.objects.filter(pk=county.enterprise.pk).update(sector="coal", second_sector="chemical")
    assert client.get(page).context["static"] == "blue"


def test_bands_that_change_while_a_result_waits_ask_for_a_review_at_once(
    county: County, browse: Browse
) -> None:
    middle, low = (point(place(county.enterprise), code) for code in ("FX-1", "FX-2"))
    waiting = rate(browse(county.worker), middle, L="1", E="3", C="40")  # D = 120: yellow
    same = rate(browse(county.worker), low, L="1", E="1", C="15")  # D = 15: blue by both
    cuts = {"yellow": "50", "orange": "100", "red": "200", "edge": "from"}
    set_figure(SETS["lec-bands"], "bands", cuts, actor=county.officer, now=NOW, reason="县安委办〔2026〕5号")
    client = browse(county.officer)
    for one in (waiting, same):
        ticked = {"point": [*range(len(one.result["confirm"]))]}
        act = reverse("risk_assessment_act", args=[one.pk, "confirm"])
        assert client.post(act, ticked).status_code == 302
    page = client.get(reverse("risk_assessment", args=[waiting.pk])).content.decode()
    assert "按新区间等级会不同，请重新评估" in page
    due = client.get(reverse("risk_due")).content.decode()
    assert reverse("risk_point", args=[middle.pk]) in due and reverse("risk_point", args=[low.pk]) not in due
    assert "分级区间已变，待重评" in due.partition(reverse("risk_point", args=[middle.pk]))[2]


def test_a_county_sets_bands_of_its_own(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise))
    seventy = {"L": "10", "E": "1", "C": "7"}
    assert rate(browse(county.worker), row, **seventy).grade == "blue"  # (20, 70] by default
    change_setting(
        "risk.lec", {"edge": "from"}, default={}, actor=county.officer, now=NOW, reason="本县按下限归属"
    )
    address = reverse("risk_rate", args=[row.pk, "lec"])
    page = browse(county.worker).get(address, seventy).content.decode()
    assert "70 ≤ D &lt; 160" in page and "（县定）" in page
    browse(county.worker).post(address, seventy)
    newest = Assessment.objects.filter(point=row).first()
    assert newest is not None and newest.grade == "yellow" and newest.version.endswith("（县定）")


def test_answers_on_major_hazards_are_held_against_the_units(county: County, browse: Browse) -> None:
    address = reverse("risk_diagnosis", args=[county.enterprise.pk])
    answers = {**no_to_all(), "1.1-3": "yes"}
    client = browse(county.worker)
    said = "台账里没有已复核为这一级的单元，请核定"
    assert said in client.get(address, answers).content.decode()
    assert said not in client.get(address, no_to_all()).content.decode()
    assert client.post(address, answers).status_code == 302
    made = Assessment.objects.get()
    assert said in made.result["confirm"][-1]["text"]
    confirmed(made, county.officer)
    due = reverse("risk_due")
    assert "重大危险源等级已变" not in browse(county.officer).get(due).content.decode()
    chemical(installation(county.enterprise, people=35), 500)  # the first level
    confirmed(Assessment.objects.get(method="gb18218"), county.officer)
    assert "重大危险源等级已变，待重评" in browse(county.officer).get(due).content.decode()
    made.refresh_from_db()
    assert made.stale_since is not None
    client.post(address, {**no_to_all(), "1.1-1": "yes"})
    newest = confirmed(Assessment.objects.filter(method="emerg2018_19").latest("pk"), county.officer)
    assert not [one for one in newest.result["confirm"] if "台账里" in one["text"]]
    assert "重大危险源等级已变" not in browse(county.officer).get(due).content.decode()


def test_three_deaths_have_one_value(county: County, browse: Browse) -> None:
    address = reverse("risk_rate", args=[point(place(county.enterprise)).pk, "lec"])
    assert "死亡 3 人的取上一档" in browse(county.worker).get(address).content.decode()


def test_a_change_of_bands_says_what_changed(county: County, browse: Browse) -> None:
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    admin = in_post("admin", Post.objects.create(unit=government, kind="system_admin", title="系统管理员"))
    cuts = {"yellow": "50", "orange": "100", "red": "200", "edge": "above"}
    set_figure(SETS["lec-bands"], "bands", cuts, actor=admin, now=NOW, reason="县安委办〔2026〕5号")
    page = browse(admin).get(reverse("system_figures", args=["lec-bands"])).content.decode()
    log = page.partition("变更记录")[2]
    assert "70" in log and "50" in log and "→" in log and "县安委办〔2026〕5号" in log
