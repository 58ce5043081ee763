"""From a sensor's early warning to its plant's reasons, a plan, a visit, and what the warning was worth."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from time_machine import TimeMachineFixture

from anwei.analytics.weekly import list_of_the_week
from anwei.hazards.models import Campaign, Inspector, Visit
from anwei.monitoring.models import Forecast
from anwei.monitoring.services import MonitoringError, give_verdict, record_findings
from anwei.org.models import Unit
from anwei.sites.features import feature
from anwei.sites.models import Enterprise
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import team
from tests.kernel.county import NOW
from tests.monitoring.foresight import after, drift, judged
from tests.monitoring.plant import build

SUNDAY = NOW + timedelta(days=5)


@pytest.fixture
def warned(safe: Safe) -> Forecast:
    """A drift towards the highest limit, found at NOW."""
    [row] = record_findings([(1, drift(build(safe.county).hh))], now=after(1))
    return row


def count_at(minutes: float) -> float:
    known = feature("forecasts_30")
    assert known is not None
    return sum(known.values(after(minutes), Enterprise.objects.all()).values())


def test_it_counts_from_when_it_was_recorded_until_it_is_judged_false(safe: Safe, warned: Forecast) -> None:
    assert [count_at(minutes) for minutes in (0, 2, 31 * 1440)] == [0, 1, 0]
    give_verdict(warned, actor=safe.inspector, now=after(10), verdict="false", reason="正在标校")
    assert [count_at(minutes) for minutes in (9, 11)] == [1, 0]


def test_it_leads_to_the_reasons_and_stands_among_them(
    safe: Safe, warned: Forecast, time_machine: TimeMachineFixture
) -> None:
    client, plant = signed_in(safe.inspector), safe.county.enterprise
    page = client.get(f"/forecasts/{warned.pk}/").content.decode()
    assert f"/watch/enterprises/{plant.pk}/" in page
    assert f"/watch/plan/?enterprise={plant.pk}" in page
    inside = signed_in(safe.county.worker).get(f"/forecasts/{warned.pk}/").content.decode()
    assert "/watch/" not in inside
    before = client.get(f"/watch/enterprises/{plant.pk}/").content.decode()
    assert "名单以后的早期预警" in before
    time_machine.move_to(after(2))
    list_of_the_week(after(2))
    told = client.get(f"/watch/enterprises/{plant.pk}/").content.decode()
    assert "名单以后的早期预警" not in told
    assert "近30天测点走势将达限值的早期预警 1 次" in told
    assert f"/forecasts/{warned.pk}/" in told.partition('id="forecasts_30"')[2].partition("</section>")[0]
    record_findings([(2, drift(build(safe.county, code="gas-2").h, minutes=5))], now=after(6))
    assert "名单以后的早期预警" in client.get(f"/watch/enterprises/{plant.pk}/").content.decode()


def test_a_near_limit_is_looked_at_today_by_the_two_there_are(
    safe: Safe, warned: Forecast, time_machine: TimeMachineFixture
) -> None:
    crew, address = team(safe), f"/watch/plan/?enterprise={safe.county.enterprise.pk}"
    client = signed_in(crew.first)
    assert proposed(client.get(address).content.decode()) == ("2026-11-24", {crew.first.pk, crew.second.pk})
    third = safe.county.officer
    Inspector.objects.create(person=third, number="HN-003", unit=crew.bureau, valid_until=NOW.date())
    assert proposed(client.get(address).content.decode()) == ("2026-11-24", set())  # there is a choice
    time_machine.move_to(SUNDAY)
    Forecast.objects.update(ended_at=after(60))
    assert proposed(signed_in(crew.first).get(address).content.decode())[0] == "2026-11-30"


def proposed(page: str) -> tuple[str, set[int]]:
    """Return the day and the people that the form of a plan proposes."""
    day = re.search(r'name="planned_on" value="([^"]+)"', page)
    people = re.findall(r'<input[^>]*name="inspectors"[^>]*>', page)
    assert day
    values = (re.search(r'value="(\d+)"', one) for one in people if "checked" in one)
    return day[1], {int(value[1]) for value in values if value}


def test_the_visit_shows_what_to_check_and_the_verdict_counts(safe: Safe, warned: Forecast) -> None:
    crew, plant = team(safe), safe.county.enterprise
    record_findings([(2, judged(drift(build_rule(warned)), reached_after=35))], now=after(36))
    client = signed_in(crew.first)
    page = client.get(f"/watch/plan/?enterprise={plant.pk}").content.decode()
    day, people = proposed(page)
    office = Unit.objects.get(kind="committee_office")
    told = {"enterprise": plant.pk, "name": "去看", "body": office.pk, "planned_on": day}
    told |= {"per_day": 2, "announced": "1", "inspectors": sorted(people)}
    assert signed_in(crew.clerk).post("/watch/plan/", told).status_code == 302
    visit = Visit.objects.get(campaign=Campaign.objects.get())
    assert set(visit.bodies.all()) == {office, crew.bureau}  # the body of the chosen inspectors comes along
    address = f"/inspections/{visit.pk}/"
    assert f"/forecasts/{warned.pk}/" in client.get(address).content.decode()
    assert worth(crew) == ["1", "0", "0", "0", "1", "1", "35 分钟"]
    answer = client.post(f"/forecasts/{warned.pk}/verdict/", {"verdict": "true", "reason": "阀门冻堵"})
    assert answer.status_code == 302
    assert worth(crew) == ["1", "1", "0", "0", "0", "1", "35 分钟"]
    older = Forecast.objects.get(pk=warned.pk)
    older.pk, older.at, older.ended_at = None, warned.at - timedelta(days=40), NOW
    older.save(force_insert=True)
    assert worth(crew) == ["1", "1", "0", "0", "0", "1", "35 分钟"]
    page = signed_in(crew.second).get("/watch/backtest/").content.decode()
    found = re.findall(r'href="(/forecasts/\?[^"]+)"', page.replace("&amp;", "&"))
    assert len(found) == 4 and {client.get(one).context["listing"].count for one in found} == {1}
    older.delete()
    warned.refresh_from_db()
    Visit._base_manager.update(planned_at=NOW + timedelta(days=1))
    assert (
        f"/forecasts/{warned.pk}/" not in client.get(address).content.decode()
    )  # judged before it was planned


def build_rule(forecast: Forecast) -> object:
    return forecast.tag.rules.get(kind=forecast.limit_kind)


def worth(crew: object) -> list[str]:
    page = signed_in(crew.second).get("/watch/backtest/").content.decode()  # type: ignore[attr-defined]
    row = page.partition('id="forecasts"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    return [re.sub(r"<[^>]*>", "", cell.partition(">")[2]).strip() for cell in row.split("<td")[2:]]


def test_the_enterprise_does_not_overturn_what_a_public_body_found(safe: Safe, warned: Forecast) -> None:
    worker = signed_in(safe.county.worker)
    address = f"/forecasts/{warned.pk}/verdict/"
    worker.post(address, {"verdict": "unknown", "reason": ""})
    signed_in(safe.inspector).post(address, {"verdict": "true", "reason": "属实"})
    assert (
        "企业不能改"
        in worker.post(address, {"verdict": "false", "reason": "误报"}, follow=True).content.decode()
    )
    with pytest.raises(MonitoringError, match="企业不能改"):
        give_verdict(warned, actor=safe.county.boss, now=after(9), verdict="false", reason="误报")
    warned.refresh_from_db()
    assert warned.verdict == "true"
