from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from anwei.ledgers.models import Change
from anwei.monitoring.models import Alarm
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from tests.kernel.county import NOW, County
from tests.monitoring.plant import Plant, raised

SignIn = Callable[[Person], Client]


def test_a_row_says_value_limit_clause_and_who_was_told(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    text = sign_in(county.officer).get("/alarms/").content.decode()
    for words in ("1.62 %", "≥ 1.50", "煤矿安全规程 第173条", "无条款，可改", "甲化工厂 一号罐区", "待签收"):
        assert words in text
    assert "活动 1" in text and "未确认 2" in text


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 2),
        ("state=active", 1),
        ("state=active_unacknowledged", 1),
        ("state=active_acknowledged", 0),
        ("state=cleared_unacknowledged", 1),
        ("severity=red", 1),
        ("kind=h", 1),
        ("sector=chemical", 2),
        ("sector=coal", 0),
        ("township=999001101", 2),
        ("township=999001102", 0),
        ("search=甲化工", 2),
        ("search=甲烷 一号", 2),
        ("search=氨", 0),
        ("period=1h", 2),
        ("severity=no-such-colour", 2),
        ("page=99", 2),
        ("page=-1&sort=-severity", 2),
    ],
)
def test_the_bar_narrows(query: str, n: int, county: County, alarms: list[Alarm], sign_in: SignIn) -> None:
    page = sign_in(county.officer).get(f"/alarms/?{query}")
    assert page.status_code == 200
    assert page.context["listing"].count == n


def test_the_live_tab_drops_what_is_over_and_acknowledged_and_history_keeps_it(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    client.post(f"/alarms/{alarms[1].pk}/acknowledge/", {"note": ""})
    assert client.get("/alarms/").context["listing"].count == 1
    assert client.get("/alarms/?tab=history").context["listing"].count == 2


def test_the_bar_remembers_and_links_from_elsewhere_do_not_disturb_it(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    client.get("/alarms/?remember=1&severity=red")
    assert client.get("/alarms/").context["listing"].count == 1
    assert client.get("/alarms/?state=unacknowledged").context["listing"].count == 2
    assert client.get("/alarms/").context["listing"].count == 1
    client.get("/alarms/?reset=1")
    assert client.get("/alarms/").context["listing"].count == 2


def test_sorted_by_gravity_not_by_alphabet(county: County, alarms: list[Alarm], sign_in: SignIn) -> None:
    page = sign_in(county.officer).get("/alarms/?sort=severity")
    assert [row.record.severity for row in page.context["listing"].table.page] == ["red", "yellow"]


def test_acknowledging_in_place_answers_with_the_row(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    answer = client.post(
        f"/alarms/{alarms[0].pk}/acknowledge/", {"note": "已通知矿调度"}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.strip().startswith("<tr") and f'id="alarm-{alarms[0].pk}"' in text and "officer" in text
    alarm = Alarm.objects.get(pk=alarms[0].pk)
    assert (alarm.acknowledged_by, alarm.acknowledgement) == (county.officer, "已通知矿调度")
    assert Change.objects.filter(register="monitoring.alarm", verb="acknowledge").count() == 1


def test_acknowledging_works_without_scripts(county: County, alarms: list[Alarm], sign_in: SignIn) -> None:
    answer = sign_in(county.officer).post(
        f"/alarms/{alarms[0].pk}/acknowledge/", {"note": "看过"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/alarms/"
    assert "已确认" in answer.content.decode()


def test_a_note_that_is_too_long_is_refused_with_a_sentence(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    answer = sign_in(county.officer).post(
        f"/alarms/{alarms[0].pk}/acknowledge/", {"note": "长" * 201}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and "最长 200 字" in answer.content.decode()
    assert not Alarm.objects.filter(acknowledged_at__isnull=False).exists()


def test_a_batch_is_acknowledged_with_one_note_and_who_was_first_stays(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    sign_in(county.worker).post(f"/alarms/{alarms[0].pk}/acknowledge/", {"note": "现场已看"})
    chosen = [alarm.pk for alarm in alarms]
    answer = sign_in(county.officer).post(
        "/alarms/acknowledge/", {"alarm": chosen, "note": "统一确认"}, follow=True
    )
    assert "已确认 2 条" in answer.content.decode()
    first, second = Alarm.objects.order_by("severity")
    assert (first.acknowledged_by, first.acknowledgement) == (county.worker, "现场已看")
    assert (second.acknowledged_by, second.acknowledgement) == (county.officer, "统一确认")


def test_an_empty_batch_is_told_what_to_do(county: County, alarms: list[Alarm], sign_in: SignIn) -> None:
    answer = sign_in(county.officer).post("/alarms/acknowledge/", {}, follow=True)
    assert "请先选择" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "severity=red", "tab=history&search=甲烷"])
def test_the_sheets_hold_exactly_what_is_filtered(
    query: str, county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    shown = client.get(f"/alarms/?{query}").context["listing"].count
    csv = client.get(f"/alarms/?{query}&export=csv").content.decode("utf-8-sig").strip().splitlines()
    book = client.get(f"/alarms/?{query}&export=xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert len(csv) == len(rows) == shown + 2  # their heading, and who took them out
    assert (
        csv[0].split(",")
        == rows[0]
        == ["等级", "单位、部位", "测点", "数值与限值", "依据", "开始、持续", "已告知", "状态、确认"]
    )
    assert all("甲化工厂" in row[1] for row in rows[1:-1])


def test_what_people_wrote_never_becomes_a_formula(
    county: County, alarms: list[Alarm], sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    county.enterprise.unit.name = '=HYPERLINK("http://x")'
    county.enterprise.unit.save()
    csv = client.get("/alarms/?export=csv").content.decode("utf-8-sig")
    assert "\"'=HYPERLINK" in csv
    book = client.get("/alarms/?export=xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[1][1].startswith("=HYPERLINK")  # a text cell that shows the words


def test_many_alarms_cost_no_more_queries(
    county: County, plant: Plant, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    events = [raised(plant.hh, seconds=-60.0 * n) for n in range(60)]
    record_episodes(list(enumerate(events, start=1)), now=NOW + timedelta(seconds=1))
    client = sign_in(county.officer)
    client.get("/alarms/")
    with django_assert_max_num_queries(19):
        page = client.get("/alarms/")
    assert len(page.context["listing"].table.page) == 20 and "第 1—20 条，共 60 条" in page.content.decode()


def test_an_empty_list_says_so_and_a_filtered_one_offers_the_way_back(
    county: County, sign_in: SignIn
) -> None:
    client = sign_in(county.officer)
    assert "没有活动或未确认的报警" in client.get("/alarms/").content.decode()
    assert "清除条件" in client.get("/alarms/?severity=red").content.decode()
