"""What leaders read on the cockpit of hazards and accidents is what stands behind its doors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from time_machine import TimeMachineFixture

from anwei.cases.today import said
from anwei.emergency.services.accidents import LateDeath, record_late_death
from anwei.emergency.services.opening import save_opening
from anwei.ledgers.saving import Edit
from anwei.org.models import Post, Unit
from anwei.oversight.models import Target
from anwei.oversight.progress import progress
from anwei.oversight.services.freezing import freeze_month
from tests.emergency.test_accidents import accident
from tests.hazards.doors import MAJOR, act, file
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN
from tests.oversight.conftest import Governed
from tests.oversight.test_figures import browse
from tests.oversight.test_targets import target
from tests.portal.test_cockpit import figures

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_the_cards_count_what_the_registers_show(
    governed: Governed, time_machine: TimeMachineFixture
) -> None:
    hazard = file(governed.officer, governed.county.enterprise.pk)
    holder = hazard.supervisor.holdings.order_by("pk").last()
    assert holder is not None and act(holder.person, hazard, "order", **MAJOR).status_code == 302
    accident(happened_on=date(2026, 2, 2), deaths=1)
    accident(happened_on=date(2026, 10, 24), territory=OTHER_TOWN, sector="coal", deaths=2)
    accident(happened_on=date(2025, 12, 31), deaths=5)
    target("deaths", 2)
    time_machine.move_to(NOW + timedelta(days=20))
    leader = browse(governed.leader)
    page = leader.get("/").content.decode()
    shown = figures(leader)
    assert (shown["major"][0], shown["accidents"][0]) == ("1", "2")
    assert "超期未改 1" in page and "死亡 3 · 控制 2 · 序时 1.9" in page
    assert hazard.number in leader.get(shown["major"][1]).content.decode()
    assert leader.get(shown["accidents"][1]).context["listing"].count == 2
    townsman = browse(governed.county.townsman)
    assert figures(townsman)["accidents"][0] == "1"


def test_a_target_of_a_township_is_not_the_county_s(governed: Governed) -> None:
    target("deaths", 9, COUNTY + "101")
    assert "死亡 0 人</small>" in browse(governed.leader).get("/").content.decode()


def test_cockpit_and_targets_tell_what_was_published(governed: Governed) -> None:
    """A late death moves neither until the month is corrected; that it waits for it is said beside both."""
    limit = target("deaths", 5)
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2)
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    record_late_death(row, LateDeath(date(2026, 11, 20)), actor=governed.leader, now=NOW, reason="医院证明")
    assert progress(governed.leader, NOW)[0].used == 2
    leader = browse(governed.leader)
    assert "死亡 2 · 另有 1 人待更正 · 控制 5 · 序时 " in leader.get("/").content.decode()
    page = leader.get("/targets/").content.decode()
    assert "另有 1 人待更正" in page and "在序时进度内" in page
    Target.objects.filter(pk=limit.pk).update(most=2)
    page = leader.get("/").content.decode()
    assert 'class="card figure hot" href' in page and "计入待更正的，已超过全年控制数" in page
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10, reason="医院证明")
    page = leader.get("/").content.decode()
    assert "死亡 3 · 控制 2 · 序时 " in page and "待更正" not in page


def test_a_card_that_counts_opening_figures_opens_both(governed: Governed) -> None:
    opened = {"year": 2026, "month": 3, "territory": COUNTY + "101", "sector": "coal", "accidents": 4}
    save_opening([Edit(None, opened)], actor=None, now=NOW)
    accident(happened_on=date(2026, 10, 24))
    leader = browse(governed.leader)
    value, address = figures(leader)["accidents"]
    page = leader.get(address).content.decode()
    assert value == "5" and "/ledgers/accidents/?" in page and "/ledgers/opening" in page


def test_the_target_that_is_kept_worst_is_said_with_its_sector(governed: Governed) -> None:
    target("deaths", 6)
    target("deaths", 0, sector="coal")
    accident(happened_on=date(2026, 10, 24), sector="coal", deaths=1)
    page = browse(governed.leader).get("/").content.decode()
    assert "煤矿 死亡人数 <b>1</b>，全年控制 0，已超过全年控制数。" in page
    assert (
        "年度控制目标"
        not in browse(governed.county.principal.holdings.get().person).get("/").content.decode()
    )


def test_the_county_s_own_number_is_said_before_a_sector_s(governed: Governed) -> None:
    head = Post.objects.create(unit=Unit.objects.get(kind="committee_office"), kind="principal", title="主任")
    target("deaths", 1)
    target("deaths", 0, sector="coal")
    accident(happened_on=date(2026, 10, 24), sector="coal", deaths=2)
    page = browse(governed.leader).get("/").content.decode()
    assert "各行业 死亡人数 <b>2</b>，全年控制 1，已超过全年控制数；共 <b>2</b> 项" in page
    assert f"可问：{head}" in page


def test_a_sentence_names_whom_to_call(governed: Governed, time_machine: TimeMachineFixture) -> None:
    """The name leads to the telephone; who is to be called is not told to call himself."""
    hazard = file(governed.officer, governed.county.enterprise.pk)
    holder = hazard.supervisor.holdings.order_by("pk").last()
    assert holder is not None and act(holder.person, hazard, "order", **MAJOR).status_code == 302
    time_machine.move_to(NOW + timedelta(days=20))
    called = f'href="/org/people/{holder.person_id}/"'
    page = browse(governed.leader).get("/").content.decode()
    assert "可问：" in page and called in page and f"/orders/new/?case={hazard.pk}" in page
    assert browse(governed.leader).get(f"/org/people/{holder.person_id}/").status_code == 200
    assert "未登记电话" in page and "tel:" not in page
    Unit.objects.filter(pk=hazard.supervisor.unit_id).update(duty_phone="13800000301")
    page = browse(governed.leader).get("/").content.decode()
    assert 'href="tel:13800000301"' in page and "未登记电话" not in page
    page = browse(governed.leader).get(f"/org/people/{holder.person_id}/").content.decode()
    assert 'href="tel:13800000301"' in page
    own = browse(holder.person).get("/").content.decode()
    assert called not in own and f"可问：{hazard.implementer}" in own


def test_a_grave_accident_of_the_last_days_is_said_first(governed: Governed) -> None:
    file(governed.officer, governed.county.enterprise.pk)
    Post.objects.create(unit=Unit.objects.get(kind="committee_office"), kind="duty", title="值班岗")
    accident(happened_on=date(2026, 11, 24), deaths=3, missing=1)
    accident(happened_on=date(2026, 11, 23))
    accident(happened_on=date(2026, 11, 24), deaths=30, source="elsewhere", source_name="通报", territory="")
    [first, *_rest] = said(governed.leader, NOW)
    assert "死亡 <b>3</b> 人、下落不明 1 人" in first.text and first.call and first.call.title == "值班岗"
    assert "较大事故（快报）；近 3 天共 <b>2</b> 起事故。" in first.text
    assert first.severity == "red" and browse(governed.leader).get(first.url).status_code == 200
