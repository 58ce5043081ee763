"""Key tasks that fall due and the own letter of the year stand on the desk of whose they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anwei.org.models import Person, Unit
from anwei.org.services import finish_task, plan_task
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.kernel.test_letters import SIGNED, browser

TODAY = NOW.date()


def on_desk(person: Person) -> list[tuple[str, str]]:
    """Return kind and name of what stands there; the frame counts what the desk shows."""
    context = browser(person).get("/work/").context
    assert context["desk"].n_todo == context["counts"]["todo"]
    return [(str(heap.kind.label), line.title) for heap in context["heaps"] for line in heap.lines]


@pytest.mark.parametrize(("days", "stands"), [(-3, True), (20, True), (60, False)])
def test_a_key_task_stands_on_the_desk_when_it_falls_due(county: County, days: int, stands: bool) -> None:
    due = TODAY + timedelta(days=days)
    text = "研究安全生产重大问题"
    task = plan_task(county.duty, year=due.year, text=text, due_on=due, actor=None, now=NOW)
    assert on_desk(county.officer) == ([("重点工作", text)] if stands else [])
    assert on_desk(county.worker) == on_desk(county.townsman) == []
    finish_task(task, done_on=TODAY, reference="会议纪要3号", actor=county.officer, now=NOW)
    assert on_desk(county.officer) == []


def test_what_is_overdue_is_marked_and_leads_to_where_it_is_finished(county: County) -> None:
    plan_task(county.duty, year=2026, text="听取汇报", due_on=date(2026, 1, 5), actor=None, now=NOW)
    client = browser(county.officer)
    page = client.get("/work/").content.decode()
    assert "2026-01-05 前完成" in page and '<li class="overdue">' in page
    assert "登记完成" in client.get(f"/org/posts/{county.duty.pk}/").content.decode()


def test_the_own_letter_waits_for_the_principal_until_it_is_signed(county: County) -> None:
    unit = county.enterprise.unit
    letter = [("责任书", "2026 年度安全生产责任书")]
    assert on_desk(county.boss) == letter
    assert on_desk(county.worker) == on_desk(county.officer) == []
    address = browser(county.boss).get("/work/").context["heaps"][0].lines[0].address
    page = browser(county.boss).get(address).content.decode()
    assert f"/org/letters/2026/{unit.pk}/sign/" in page
    assert browser(county.boss).post(f"/org/letters/2026/{unit.pk}/sign/", SIGNED).status_code == 302
    assert on_desk(county.boss) == []


def test_no_letter_waits_where_nobody_is_to_sign_with(county: County) -> None:
    department = county.duty.unit
    head = in_post("head", department.posts.create(kind="principal", title="局长"))
    assert on_desk(head) == []
    Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    assert on_desk(head) == [("责任书", "2026 年度安全生产责任书")]
