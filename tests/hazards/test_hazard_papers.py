"""The papers of a hazard: what is offered when, what they say, and who may not issue orders."""

from __future__ import annotations

import re

from anwei.hazards.models import Hazard
from anwei.ledgers.models import Paper
from anwei.org.models import Post, Unit
from anwei.standards.hazards.rules import papers
from anwei.standards.papers import default_templates
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, FIVE, FIXED, LATER, ORDERED, act, file, picture, signed_in
from tests.kernel.county import COUNTY, county_clerk, in_post

STOPPED = ORDERED | {"grade": "major", "criterion": CRITERION, "order": "stop"}
ELSEWHERE = {"现场检查记录": "inspections", "延期整改审批表": "extension_approval"}


def offered(safe: Safe, hazard: Hazard) -> set[str]:
    page = signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()
    return set(re.findall(r'name="template" value="(\w+)"', page))


def test_each_paper_is_offered_when_it_says_something(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    assert offered(safe, hazard) == {"hazard_transfer", "supervision_notice"}
    act(safe.verifier, hazard, "order", **STOPPED)
    ordered = {"hazard_order", "hazard_assignment", "hazard_measures", "hazard_stop"}
    assert offered(safe, hazard) == {"hazard_transfer", "supervision_notice", *ordered}
    act(safe.county.worker, hazard, "accept", **FIVE, evidence=picture())
    act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture())
    assert "hazard_review" in offered(safe, hazard)
    general = file(safe.inspector, safe.county.enterprise.pk, key="form-2")
    act(safe.verifier, general, "order", **ORDERED)
    assert offered(safe, general) == {
        *("hazard_transfer", "supervision_notice", "hazard_order", "hazard_assignment")
    }


def test_the_order_is_filled_from_the_hazard(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **STOPPED)
    asked = {"register": "cases.case", "row": hazard.pk}
    for key in ("hazard_order", "hazard_measures", "hazard_stop", "hazard_assignment", "hazard_transfer"):
        answer = signed_in(safe.verifier).post("/papers/new/", asked | {"template": key})
        assert answer.status_code == 302, key
        body = Paper.objects.get(template=key).content["body"]
        for said in ("一号罐围堰有裂缝", "特种作业人员未按照规定", "10号", "修补围堰"):
            assert said in body, (key, said)
    order = Paper.objects.get(template="hazard_order")
    assert f"{LATER.year}年{LATER.month}月{LATER.day}日" in order.content["body"]
    said = "根据《中华人民共和国安全生产法》第六十五条，现责令你单位停产停业整改，按下列要求于"
    assert said in order.content["body"]
    assert order.content["red_head"] == "" and order.content["addressee"] == "甲化工厂"
    assert Paper.objects.get(template="hazard_stop").content["red_head"] == "测试县应急管理局文件"


def test_the_papers_of_the_rules_are_all_templates() -> None:
    labels = {one.label for one in default_templates().values()}
    for name in set(papers().items) - ELSEWHERE.keys():
        assert any(name.removesuffix("书") in label for label in labels), name


def township_supervises(safe: Safe) -> tuple[Hazard, Unit]:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    post = Post.objects.get(title="安监员")
    answer = act(safe.verifier, hazard, "hand_over", handed_to=post.pk, reason="属地处置")
    assert answer.status_code == 302
    return hazard, post.unit


def test_a_township_without_the_power_keeps_the_record_and_hands_over(safe: Safe) -> None:
    hazard, unit = township_supervises(safe)
    townsman = safe.county.townsman
    told = act(townsman, hazard, "order", **STOPPED)
    assert told.status_code == 422 and "行政处罚法第24条" in told.content.decode()
    assert act(townsman, hazard, "order", **STOPPED | {"order": "dated"}).status_code == 302
    page = signed_in(townsman).get(f"/cases/{hazard.pk}/").content.decode()
    assert "没有赋权或者委托执法的文件" in page and 'value="hazard_order"' not in page
    asked = {"register": "cases.case", "row": hazard.pk}
    refused = signed_in(townsman).post("/papers/new/", asked | {"template": "hazard_order"})
    assert refused.status_code == 403 and "请做好检查记录" in refused.content.decode()
    letter = signed_in(townsman).post("/papers/new/", asked | {"template": "hazard_transfer"})
    assert letter.status_code == 302 and Paper.objects.get().issuer == unit


def test_a_township_with_the_power_orders_once_the_county_entered_the_document(safe: Safe) -> None:
    hazard, unit = township_supervises(safe)
    county = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    admin = in_post("admin", Post.objects.create(unit=county, kind="system_admin", title="系统管理员"))
    page = f"/system/figures/powers/{unit.pk}/"
    answer = signed_in(admin).post(page, {"document": "测政发〔2026〕9号", "reason": "省里赋权"})
    assert answer.status_code == 302, answer.content.decode()
    assert act(safe.county.townsman, hazard, "order", **STOPPED).status_code == 302
    asked = {"register": "cases.case", "row": hazard.pk, "template": "hazard_stop"}
    assert signed_in(safe.county.townsman).post("/papers/new/", asked).status_code == 302


def test_a_plant_that_verifies_itself_issues_no_official_paper(safe: Safe) -> None:
    county_clerk()
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check")
    act(safe.county.boss, hazard, "order", **ORDERED)
    asked = {"register": "cases.case", "row": hazard.pk, "template": "hazard_order"}
    assert signed_in(safe.county.boss).post("/papers/new/", asked).status_code == 403
    assert Paper.objects.count() == 0
