"""The file of an enterprise: its page, its timeline, its DOCX, and what stands beside each of its things."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from docx import Document as Docx
from docx.oxml.ns import qn

from anwei.cases.documents.services import withdraw_document
from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.sites.enterprise_file import GROUPS, sheets
from anwei.sites.models import ColourChange, Contact, Licence, StatusPeriod
from anwei.sites.timeline import EVENTS_A_PAGE, sources
from tests.kernel.county import NOW, County, in_post
from tests.kernel.documents import hand_in
from tests.sites.files import PHONE, fill_file
from tests.sites.risks import chemical, confirmed, fill_risks, installation, place

Browse = Callable[[Person], Client]
MARK, MASKED = "甲厂", f"{PHONE[:3]}****{PHONE[-4:]}"


@pytest.fixture
def filled(county: County) -> County:
    """A file with a row in every sheet of this room, an expired licence, a document."""
    fill_file(county.enterprise, MARK)
    fill_risks(county.enterprise, MARK)
    confirmed(county.enterprise.installation_set.get().assessments.get(), county.officer)
    ended = NOW.date() - timedelta(days=20)
    Licence.objects.create(enterprise=county.enterprise, kind="plan", number="YA-1", expires_on=ended)
    StatusPeriod.objects.create(enterprise=county.enterprise, status="producing", from_on="2025-03-01")
    ColourChange.objects.create(
        enterprise=county.enterprise, at=NOW - timedelta(days=3), before="yellow", after="red"
    )
    hand_in(county.enterprise, county.worker, title=f"{MARK}图纸")
    return county


def page(client: Client, county: County, rest: str = "") -> str:
    return client.get(f"/enterprises/{county.enterprise.pk}/{rest}").content.decode()


def words_of(content: bytes) -> str:
    """Everything that a Word file says, in its order."""
    body = Docx(BytesIO(content)).element.body
    lines = (line.iter(qn("w:t")) for line in body.iter(qn("w:p")))
    return "\n".join("".join(run.text or "" for run in line) for line in lines)


def test_one_page_shows_every_part_with_its_most_telling_rows(filled: County, browse: Browse) -> None:
    text = page(browse(filled.officer), filled)
    for kind in ("证", "单", "制度", "人", "锅炉", "工艺", "球机", "单元", "风险点", "图纸"):
        assert f"{MARK}{kind}" in text, kind
    shown = [group for group in GROUPS if f'id="{group}"' in text]
    assert shown == re.findall(r'<a href="#(\w+)">', text.partition("file-tabs")[2].partition("</nav>")[0])
    assert [text.index(f'id="{group}"') for group in shown] == sorted(
        text.index(f'id="{group}"') for group in shown
    )
    assert '<div class="urgent">2026-11-04</div>' in text  # the licence that ended comes first
    assert text.index("2026-11-04") < text.index("2027-01-01")


def test_the_head_counts_and_masks(filled: County, browse: Browse) -> None:
    answer = browse(filled.officer).get(f"/enterprises/{filled.enterprise.pk}/")
    text = answer.content.decode()
    assert MASKED in text and PHONE not in text
    figures = {str(one.label): (one.n, one.hot) for one in answer.context["figures"]}
    assert figures == {
        "未办结事项": (0, False),
        "行政处罚": (0, False),
        "当前报警": (0, False),
        "90 天内到期": (3, True),
    }


def test_two_without_telephones_leave_no_comma(county: County, browse: Browse) -> None:
    second = in_post("second", county.principal)
    Person.objects.filter(pk__in=[county.boss.pk, second.pk]).update(phone="")
    text = page(browse(county.officer), county)
    assert "second</td>" in text and '<td class="muted">、</td>' not in text


def test_the_one_who_answered_last_is_the_one_to_call(filled: County, browse: Browse) -> None:
    for name, phone, days, reached in (
        ("老钱", "13700000001", 9, True),
        ("老孙", "13700000002", 2, True),
        ("老李", "13700000003", 1, False),
    ):
        tried = {"tried_at": NOW - timedelta(days=days), "reached": reached}
        Contact.objects.create(enterprise=filled.enterprise, name=name, phone=phone, **tried)
    head = page(browse(filled.officer), filled).partition("file-head")[2].partition("</dl>")[0]
    assert "老孙" in head and "老李" not in head


def test_all_leads_to_the_register_of_this_enterprise_alone(filled: County, browse: Browse) -> None:
    fill_file(filled.other_enterprise, "乙矿")
    fill_risks(filled.other_enterprise, "乙矿")
    client = browse(filled.officer)  # who sees both by the county's duty post
    told = set(re.findall(r'href="(/ledgers/[\w-]+/\?enterprise=\d+)"', page(client, filled)))
    addresses = {one for one in told if "extinguishers" not in one}  # of the small room: it has no sheet
    assert len(addresses) == 12
    for address in addresses:
        listed = client.get(address).content.decode().partition('id="listing"')[2]
        assert "乙矿" not in listed and "没有符合条件" not in listed, address


def test_a_long_register_is_counted_and_cut(filled: County, browse: Browse) -> None:
    for number in range(8):
        Licence.objects.create(enterprise=filled.enterprise, kind="other", number=f"QT-{number}")
    text = page(browse(filled.officer), filled)
    assert "全部 10 条" in text and "QT-7" not in text


def test_the_timeline_tells_each_kind_the_newest_first(filled: County, browse: Browse) -> None:
    client = browse(filled.officer)
    body = {"note": "", "reason": "核对", "status": "stopped"}
    edit = f"/ledgers/enterprises/{filled.enterprise.pk}/edit/"
    given = {**body, "name": "甲化工厂", "credit_code": filled.enterprise.credit_code, "sector": "chemical"}
    client.post(edit, {**given, "territory": filled.enterprise.unit.territory, "confirmed": "1"})
    text = page(client, filled, "timeline/")
    for sentence in (
        "企业：状态",
        "转为生产",
        "实时颜色由一般变为重大",
        "复核通过",
        "YA-1 2026-11-04 到期",
        f"提交文档：{MARK}图纸",
    ):
        assert sentence in text, sentence
    moments = re.findall(r'<time[^>]*datetime="([^"]+)"', text)
    assert moments == sorted(moments, reverse=True) and len(moments) > 5
    only = page(client, filled, "timeline/?kind=papers")
    assert "YA-1" in only and "图纸" not in only
    assert page(client, filled, "timeline/?kind=nothing") != ""
    assert browse(filled.stranger).get(f"/enterprises/{filled.enterprise.pk}/timeline/").status_code == 404


def test_the_timeline_turns_its_pages_without_gap_or_repetition(county: County, browse: Browse) -> None:
    n = 2 * EVENTS_A_PAGE + 7
    for number in range(n):
        at = NOW - timedelta(minutes=number // 3)  # several at one moment
        title = f"图纸{number:03d}号"
        withdrawn = hand_in(county.enterprise, county.worker, title=title, now=at) if number == 0 else None
        if withdrawn is not None:
            withdraw_document(withdrawn, actor=county.worker, now=at, reason="传错")
        else:
            ColourChange.objects.create(enterprise=county.enterprise, at=at, before="", after="red")
    client, found = browse(county.officer), []
    for number in (1, 2, 3, 4):
        found.append(
            len(client.get(f"/enterprises/{county.enterprise.pk}/timeline/?page={number}").context["events"])
        )
    assert found == [EVENTS_A_PAGE, EVENTS_A_PAGE, 8, 0]  # handing in and withdrawing are two


def test_every_source_has_its_own_tab(filled: County, browse: Browse) -> None:
    text = page(browse(filled.officer), filled, "timeline/")
    kinds = [source.kind for source in sources()]
    assert len(set(kinds)) == len(kinds) >= 8
    assert re.findall(r'href="\?kind=(\w+)"', text) == kinds


def test_the_file_on_paper_tells_what_the_page_tells_in_its_order(filled: County, browse: Browse) -> None:
    answer = browse(filled.officer).get(f"/enterprises/{filled.enterprise.pk}/export/")
    text = words_of(answer.content)
    printed = [str(sheet.title) for sheet in sheets() if sheet.printed is not None]
    unprinted = {"本周重点关注", "早期预警", "督办"}  # of the day; what regulators alone are told
    assert {str(sheet.title) for sheet in sheets()} - {*printed} <= unprinted
    places = [text.index(f"）{title}") for title in printed]
    assert places == sorted(places)
    for kind in ("证", "单", "制度", "人", "锅炉", "工艺", "球机", "单元", "风险点", "图纸"):
        assert f"{MARK}{kind}" in text, kind
    assert MASKED in text and PHONE not in text
    assert "导出人：officer" in text
    change = Change.objects.get(register="ledgers.export", row="enterprise_file")
    assert (change.actor, change.content["form"], change.content["full"]) == (filled.officer, "file", False)
    assert change.content["rows"] > 20


def test_telephone_numbers_leave_in_full_for_a_reason_alone(filled: County, browse: Browse) -> None:
    client, address = browse(filled.officer), f"/enterprises/{filled.enterprise.pk}/export/"
    for query in ("full=1", "full=1&reason=应急值守核对"):  # a link brings no reason
        asked = client.get(f"{address}?{query}")
        assert asked["Content-Type"].startswith("text/html") and 'name="reason"' in asked.content.decode()
    assert not Change.objects.filter(register="ledgers.export").exists()
    answer = client.post(address, {"full": "1", "reason": "应急值守核对"})
    assert PHONE in words_of(answer.content)
    change = Change.objects.get(register="ledgers.export", row="enterprise_file")
    assert (change.content["full"], change.reason) == (True, "应急值守核对")
    assert browse(filled.stranger).get(address).status_code == 404


def test_what_does_not_fit_on_paper_is_counted(county: County, browse: Browse) -> None:
    Licence.objects.bulk_create(
        Licence(enterprise=county.enterprise, kind="other", number=f"QT-{number}") for number in range(230)
    )
    answer = browse(county.officer).get(f"/enterprises/{county.enterprise.pk}/export/")
    text = words_of(answer.content)
    assert text.count("QT-") == 200 and "另有 30 条未印出" in text


def test_each_thing_shows_its_posts_and_documents(filled: County, browse: Browse) -> None:
    client = browse(filled.officer)
    unit = installation(filled.enterprise, code="DY-7", name="氯罐区")
    site = place(filled.enterprise)
    things = {
        f"/sites/{site.pk}/": site,
        f"/risks/installations/{unit.pk}/": unit,
        f"/ledgers/chemicals/{(drug := chemical(unit, 3, name='氯')).pk}/": drug,
        f"/ledgers/equipment/{(boiler := filled.enterprise.equipment_set.get()).pk}/": boiler,
    }
    for address, thing in things.items():
        hand_in(thing, filled.worker, title=f"{thing}说明书")
        text = client.get(address).content.decode()
        assert f"{thing}说明书" in text and "安全科长" in text and "事项" in text, address
        assert text.count("说明书") == 1 or address.startswith("/sites/"), address
