"""What of a penalty is public: redacted, taken down with a reason, never the names and numbers of people."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from anwei.cases.verify import verify
from anwei.hazards.redaction import found_in, redacted
from anwei.org.models import Person, Post, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import act, file, signed_in
from tests.hazards.penalising import head, nobody_came_before, published, recorded
from tests.kernel.county import COUNTY, NOW, in_post

__all__ = ["head", "nobody_came_before"]


CARD = "140423199001010012"


def test_no_name_card_or_telephone_is_published(safe: Safe, head: Person) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}", person_name="王小明")
    assert "王小明" not in penalty.public_text and "王某某" in penalty.public_text
    for secret in ("王小明", CARD, "13812345678", "boss"):
        answer = act(safe.inspector, penalty, "submit", public_text=f"{penalty.public_text}（{secret}）")
        assert answer.status_code == 422 and secret in answer.content.decode()
        assert penalty.phase == "acting"
    published(safe, head, penalty)
    public = Client().get("/public/penalties/").content.decode()
    assert "王某某" in public and "王小明" not in public


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"身份证{CARD}号", "身份证1404**********0012号"),
        ("身份证14042319900101001X", "身份证1404**********001X"),
        ("旧证140423900101001", "旧证1404*******1001"),
        ("电话0355-1234567或13812345678", "电话（电话略）或（电话略）"),
        ("统一社会信用代码91140423MA0GTQ8N7Y", "统一社会信用代码91140423MA0GTQ8N7Y"),
        ("罚款20000.00元", "罚款20000.00元"),
        ("王小明和王小", "王某某和王某"),
        ("国王小心", "国王小心"),
    ],
)
def test_what_is_masked_and_what_is_not(text: str, masked: str) -> None:
    names = {"王小明", "王小"} if "和" in text else {"王"}
    assert redacted(text, names) == masked
    assert bool(found_in(text, names)) == (text != masked)


def test_a_published_text_is_taken_down_with_a_reason_by_who_approved(safe: Safe, head: Person) -> None:
    penalty = published(safe, head, recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}"))
    door = f"/penalties/{penalty.pk}/take-down/"
    assert signed_in(safe.inspector).post(door, {"reason": "复议撤销"}).status_code == 403
    signed_in(head).post(door, {"reason": " "})
    assert "甲化工厂" in Client().get("/public/penalties/").content.decode()
    signed_in(head).post(door, {"reason": "行政复议撤销原决定"})
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    page = signed_in(head).get(f"/cases/{penalty.pk}/").content.decode()
    assert "已提前撤下公示：行政复议撤销原决定" in page
    assert not verify().broken


def test_the_county_sets_for_how_long_a_penalty_is_shown(safe: Safe, head: Person) -> None:
    county = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    admin = in_post("admin", Post.objects.create(unit=county, kind="system_admin", title="系统管理员"))
    page, reason = "/system/figures/penalties/months/", {"reason": "本县规定"}
    assert signed_in(admin).post(page, {"limit": "37", **reason}).status_code == 422
    assert signed_in(admin).post(page, {"limit": "3", **reason}).status_code == 302
    penalty = published(safe, head, recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}"))
    assert penalty.withdraw_on == date(2027, 2, 24)


def test_a_decision_that_was_annulled_before_it_was_public_is_not_published(safe: Safe, head: Person) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}")
    sent = {"on": NOW.date().isoformat(), "document": "测政复〔2026〕3号", "reason": "程序违法"}
    sent["kind"] = "illegal"
    assert signed_in(head).post(f"/penalties/{penalty.pk}/annul/", sent).status_code == 302
    penalty.refresh_from_db()
    assert (penalty.phase, penalty.outcome, penalty.published_on) == ("closed", "annulled", None)
    assert not verify().broken


@pytest.mark.parametrize(
    "words",
    [
        "138  0013 8000",
        "１３８００１３８０００",
        "+86138/0013/8000",
        "（0730）8812345",
        "司马 长风",
        "司马长风",
    ],
)
def test_nobody_of_a_workshop_and_no_number_in_any_writing_is_published(
    safe: Safe, head: Person, words: str
) -> None:
    unit = safe.county.enterprise.unit
    shop = Unit.objects.create(kind="enterprise_part", name="一车间", territory=unit.territory, parent=unit)
    staff = in_post("w", Post.objects.create(unit=shop, kind="safety", title="车间安全员"))
    Person.objects.filter(pk=staff.pk).update(full_name="司马长风")
    penalty = recorded(safe.inspector, f"hazard={file(safe.inspector, safe.county.enterprise.pk).pk}")
    answer = act(safe.inspector, penalty, "submit", public_text=f"甲化工厂（{words}）违章指挥，罚款2万元")
    assert answer.status_code == 422 and words.replace(" ", "")[:2] in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 10:00 罚款20000.00元，〔2026〕13号",
        "91140423MA0ABCD12X",
        "GB 18218-2018 第0.1条",
        "013-2026-001-88",
        "2026 11 24 001 共 15 页",
    ],
)
def test_dates_codes_and_numbers_of_papers_stay(text: str) -> None:
    assert redacted(text, {"王小明"}) == text
