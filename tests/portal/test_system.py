"""System pages by HTTP: figures, calendar, templates, chains and backups, for the system administrator alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings

from anwei.cases.clocks import county_calendar
from anwei.ledgers.models import Change, Setting
from anwei.org.models import Person, Post, Unit
from anwei.oversight.timetable import freeze_day
from anwei.portal import tasks
from anwei.portal.system import results
from anwei.portal.worries import worries
from anwei.standards.clocks import warning_clocks
from anwei.standards.deadlines import default_deadlines
from tests.kernel.county import COUNTY, NOW, County, in_post

RED = 'class="banner banner-lost" role="status"'
PAGES = (
    "/system/",
    "/system/calendar/",
    "/system/templates/",
    "/system/templates/supervision_notice/",
    "/system/dictionaries/",
    "/system/chain/",
    "/system/backup/",
    "/system/figures/warning-clocks/",
    "/system/figures/deadlines/",
    "/system/figures/ladders/",
    "/system/figures/issuers/",
    "/system/figures/letters/",
    "/system/figures/timetable/",
    "/system/figures/statistics/",
    "/system/figures/lec-bands/",
    "/system/figures/ls-bands/",
    "/system/figures/lec-bands/bands/",
    "/system/figures/ls-bands/variant/",
    "/system/figures/warning-clocks/red.sign/",
)


@pytest.fixture
def administrator(county: County, visit: Callable[[Person], Client]) -> Client:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return visit(in_post("admin", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员")))


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_the_system_administrator(
    county: County, administrator: Client, visit: Callable[[Person], Client], page: str
) -> None:
    assert administrator.get(page).status_code == 200
    assert visit(county.officer).get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_the_system_is_not_an_administrator_s_below_the_county(
    county: County, visit: Callable[[Person], Client]
) -> None:
    bureau = Unit.objects.create(kind="department", name="测试县林业局", territory=COUNTY)
    channel = {"adapter": "file", "reason": "改到自己的机器"}
    notice = {"year": "2026", "holidays": "", "workdays": "", "reason": "试"}
    for unit in (county.safety.unit, county.officer.holdings.get().post.unit, bureau):
        client = visit(
            in_post(
                f"keeper-{unit.pk}", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员")
            )
        )
        for page in (*PAGES, "/system/channels/", "/system/channels/sms/", "/notices/deliveries/"):
            assert client.get(page).status_code == 403, (unit, page)
        assert client.post("/system/channels/sms/", channel).status_code == 403
        assert client.post("/system/calendar/", notice).status_code == 403
        assert client.post("/system/run/backup/").status_code == 403
        home = client.get("/home/", follow=True)
        assert home.status_code == 200 and "/system/" not in home.content.decode(), unit
    assert not Setting.objects.exists()


def test_a_figure_is_set_with_a_reason_and_reset(administrator: Client) -> None:
    page = "/system/figures/warning-clocks/red.sign/"
    assert administrator.post(page, {"limit": "5", "unit": "minute", "reason": ""}).status_code == 422
    answer = administrator.post(
        page, {"limit": "5", "unit": "minute", "reason": "县安委〔2026〕3号"}, follow=True
    )
    listed = answer.content.decode()
    assert (
        "县安委〔2026〕3号" in listed and "5 分钟" in listed and "10 分钟" in listed
    )  # own, default it replaced
    value = Setting.objects.get(pk="warning_clocks").value
    assert {rule.met_by: rule.limit for rule in warning_clocks("red", value)}["sign"] == 5
    administrator.post(page, {"reset": "1", "reason": "文件废止"})
    value = Setting.objects.get(pk="warning_clocks").value
    assert {rule.met_by: rule.limit for rule in warning_clocks("red", value)}["sign"] == 10
    assert Change.objects.filter(register="ledgers.setting", row="warning_clocks").count() == 2


def test_the_day_of_freezing_is_a_figure(administrator: Client) -> None:
    page = "/system/figures/statistics/freeze_on/"
    assert administrator.post(page, {"day": "29", "reason": "晚一点"}).status_code != 302
    assert freeze_day() == 5
    assert administrator.post(page, {"day": "8", "reason": "县里每月8日出通报"}).status_code == 302
    assert freeze_day() == 8


def test_returned_work_confirming_and_extending_are_figures_too(administrator: Client) -> None:
    table = "/system/figures/warning-clocks/"
    reason = {"reason": "县安委〔2026〕3号"}
    for step, entered in (
        ("red.redispose", {"limit": "15", "unit": "minute"}),
        ("red.confirm", {"limit": "45", "unit": "minute"}),
        ("orange.extension", {"times": "2", "limit": "1"}),
        ("yellow.extension", {"times": "0", "limit": ""}),
    ):
        assert administrator.post(f"{table}{step}/", entered | reason).status_code == 302, step
    value = Setting.objects.get(pk="warning_clocks").value
    red = {rule.key: (rule.limit, rule.unit) for rule in warning_clocks("red", value)}
    assert (red["redispose"], red["confirm"], red["dispose"]) == ((15, "minute"), (45, "minute"), (1, "hour"))
    terms = {
        level: [
            (rule.extension.times, rule.extension.limit)
            for rule in warning_clocks(level, value)
            if rule.extension
        ]
        for level in ("red", "orange", "yellow", "blue")
    }
    assert terms == {"red": [], "orange": [(2, 1)], "yellow": [], "blue": [(1, 3)]}
    page = administrator.get(table).content.decode()
    assert "最多 2 次，至原定期限后 1 日" in page and "不能延期" in page
    refused = administrator.post(f"{table}red.extension/", {"times": "1", "limit": ""} | reason)
    assert refused.status_code == 422 and "请填写大于零的整数" in refused.content.decode()


@pytest.mark.parametrize(
    ("limit", "unit"), [("0", "minute"), ("-1", "minute"), ("abc", "minute"), ("5", "year"), ("", "hour")]
)
def test_what_is_no_limit_is_refused(administrator: Client, limit: str, unit: str) -> None:
    answer = administrator.post(
        "/system/figures/warning-clocks/red.sign/", {"limit": limit, "unit": unit, "reason": "试"}
    )
    assert answer.status_code == 422 and not Setting.objects.filter(pk="warning_clocks").exists()


def test_a_limit_of_the_law_may_only_be_tightened(administrator: Client) -> None:
    page = "/system/figures/deadlines/accident.unit/"
    assert default_deadlines()["accident.unit"].limit == 1  # hour, 第493号令第9条
    laxer = administrator.post(page, {"limit": "2", "unit": "hour", "reason": "试"})
    assert laxer.status_code == 422 and "只能更严" in laxer.content.decode()
    assert 'value="minute"' in administrator.get(page).content.decode()
    slower = administrator.post(page, {"limit": "61", "unit": "minute", "reason": "试"})
    assert slower.status_code == 422 and "只能更严" in slower.content.decode()
    tighter = administrator.post(
        page, {"limit": "30", "unit": "minute", "reason": "县委办〔2026〕5号"}, follow=True
    )
    assert tighter.status_code == 200 and "30 分钟" in tighter.content.decode()
    changeable = administrator.post(
        "/system/figures/deadlines/hazard.d7/", {"limit": "9", "unit": "natural", "reason": "本县规定"}
    )
    assert changeable.status_code == 302


def test_a_rung_of_a_ladder_moves_and_the_others_stay(administrator: Client) -> None:
    answer = administrator.post(
        "/system/figures/ladders/warning.supervise/", {"limit": "45", "unit": "minute", "reason": "试行"}
    )
    assert answer.status_code == 302
    rungs = {rung["code"]: rung for rung in Setting.objects.get(pk="ladders").value["warning"]}
    assert rungs["supervise"]["limit"] == 45 and rungs["remind"]["share"] == 0.5


def test_the_calendar_of_a_new_year_is_entered_from_the_notice(administrator: Client) -> None:
    page = administrator.get("/system/calendar/?year=2027").content.decode()
    assert "2027 年的放假安排还没有录入" in page
    assert "2027 年的放假安排还没有录入" in administrator.get("/system/").content.decode()  # unasked
    notice = {
        "year": "2027",
        "document": "国务院办公厅关于2027年部分节假日安排的通知（试）",
        "holidays": "元旦 2027-01-01 2027-01-03\n春节 2027-02-05 至 2027-02-11",
        "workdays": "2027-02-14",
        "reason": "通知已公布",
    }
    assert administrator.post("/system/calendar/", notice).status_code == 302
    known = county_calendar()
    assert known.known_through == date(2027, 12, 31)
    assert not known.is_working_day(date(2027, 2, 8)) and known.is_working_day(date(2027, 2, 14))
    for asked in ("/system/", "/system/calendar/"):
        assert "还没有录入" not in administrator.get(asked).content.decode()
    administrator.post("/system/calendar/", {"year": "2027", "reset": "1", "reason": "录错"})
    assert county_calendar().known_through == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": ""}, "请写明放假安排的文件"),
        ({"holidays": "春节"}, "读不懂"),
        ({"holidays": "春节 2027-02-31 2027-03-01"}, "不是日期"),
        ({"holidays": "春节 2027-02-11 2027-02-05"}, "止日早于起日"),
        ({"holidays": "春节 1999-02-11 1999-02-15"}, "不在 2027 年"),
        ({"workdays": "2027-02-15"}, "不是周末"),
        ({"reason": " "}, "须说明理由"),
    ],
)
def test_a_calendar_that_does_not_hold_is_refused_in_place(
    administrator: Client, changes: dict[str, str], sentence: str
) -> None:
    notice = {
        "year": "2027",
        "document": "通知",
        "holidays": "春节 2027-02-05 2027-02-11",
        "workdays": "",
        "reason": "试",
    }
    answer = administrator.post("/system/calendar/", notice | changes)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Setting.objects.filter(pk="calendar").exists()


def test_a_template_is_worded_anew_checked_and_reset(administrator: Client) -> None:
    page = "/system/templates/supervision_notice/"
    wrong = {"title": "关于{标题}的督办", "body": "请办理。", "reason": "本县格式"}
    refused = administrator.post(page, wrong)
    assert refused.status_code == 422 and "没有这些填充项：{标题}" in refused.content.decode()
    assert administrator.post(page, wrong | {"title": "关于{事项标题}的督办"}).status_code == 302
    assert "关于{事项标题}的督办" in administrator.get(page).content.decode()
    administrator.post(page, {"reset": "1", "reason": "用回默认"})
    assert "的督办通知书" in administrator.get(page).content.decode()


def test_chains_are_verified_in_the_background_and_the_result_stays(administrator: Client) -> None:
    assert "还没有核验过" in administrator.get("/system/chain/").content.decode()
    assert administrator.post("/system/run/verify/").status_code == 302
    tasks.verify_now.call()
    found = results.last(settings.DATA, "verify")
    assert found is not None and found["broken"] == []
    assert "都未被改动" in administrator.get("/system/chain/").content.decode()
    broken = {
        "at": NOW.isoformat(),
        "rows": 1,
        "files": 0,
        "seconds": 1,
        "broken": [{"sentence": "某链 第 3 条：内容被改动"}],
    }
    results.keep(settings.DATA, "verify", broken)
    page = administrator.get("/system/chain/").content.decode()
    assert "某链 第 3 条：内容被改动" in page and RED in page


def test_a_demo_makes_no_backups_and_so_gives_no_alarm_for_a_missing_drill(administrator: Client) -> None:
    with override_settings(DEMO=True):
        page = administrator.get("/system/backup/").content.decode()
        said = [worry.text for worry in worries({}, NOW) if "恢复演练" in worry.text]
    assert "还没有做过恢复演练" in page and RED not in page
    assert said == []
    assert [worry.kind for worry in worries({}, NOW) if "恢复演练" in worry.text] == ["lost"]


def test_a_drill_that_is_old_failed_or_missing_is_red(administrator: Client) -> None:
    def page() -> str:
        return administrator.get("/system/backup/").content.decode()

    assert "还没有做过恢复演练" in page() and RED in page()
    result = {"at": NOW.isoformat(), "ok": True, "backup": "b", "seconds": 3, "steps": []}
    results.keep(settings.DATA, "drill", result)
    assert "恢复演练成功" in page() and RED not in page()
    results.keep(settings.DATA, "drill", result | {"at": (NOW - timedelta(days=8)).isoformat()})
    assert "已超过 7 天" in page() and RED in page()
    results.keep(
        settings.DATA,
        "drill",
        result
        | {"ok": False, "steps": [{"title": "恢复", "detail": "文件 与备份时记录的不一致", "ok": False}]},
    )
    assert "恢复演练失败" in page() and "不一致" in page()


@pytest.fixture(autouse=True)
def no_results_of_another_test() -> None:
    for path in settings.DATA.folder("checks").iterdir():
        path.unlink()
