"""The days of key periods and campaigns are changed by whom they belong to, and every change is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from anwei.hazards.models import Campaign
from anwei.hazards.services.dates import own_periods
from anwei.ledgers.models import Change, Setting
from anwei.standards.calendar import WorkCalendar
from anwei.standards.inspections.periods import periods_of
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, campaign, team

FLOOD = "/inspections/periods/flood/2026/"
DAYS = {"starts_on": "2026-05-15", "ends_on": "2026-10-15", "reason": "省防指〔2026〕3号"}


def flood(own: Any) -> tuple[date, date]:
    found = next(one for one in periods_of(2026, WorkCalendar.load(), own) if one.code == "flood")
    return found.starts_on, found.ends_on


def office(safe: Safe) -> tuple[Team, Client]:
    crew = team(safe)
    return crew, signed_in(crew.clerk)


def test_the_office_changes_the_days_of_a_key_period_and_the_campaign_opens_with_them(safe: Safe) -> None:
    _crew, client = office(safe)
    assert client.post(FLOOD, DAYS).status_code == 302
    assert flood(own_periods()) == (date(2026, 5, 15), date(2026, 10, 15))
    change = Change.objects.get(register="ledgers.setting", row="inspections.periods")
    assert change.reason == DAYS["reason"]
    client.post(
        "/inspections/periods/year_end/2026/", {**DAYS, "starts_on": "2026-11-25", "ends_on": "2027-02-05"}
    )
    page = client.get("/inspections/plan/").content.decode()
    assert "2026-11-25 — 2027-02-05" in page and "县定" in page
    client.post("/inspections/plan/new/", {"period": "year_end.2026"})
    made = Campaign.objects.get()
    assert (made.starts_on, made.ends_on) == (date(2026, 11, 25), date(2027, 2, 5))


def test_without_the_countys_own_days_those_of_the_data_count_and_they_come_back(safe: Safe) -> None:
    _crew, client = office(safe)
    preset = flood(None)
    client.post(FLOOD, DAYS)
    assert client.post(FLOOD, {"reset": "1", "reason": ""}).status_code == 422
    assert client.post(FLOOD, {"reset": "1", "reason": "误填"}).status_code == 302
    assert flood(own_periods()) == preset == (date(2026, 6, 1), date(2026, 9, 30))
    assert Setting.objects.get(pk="inspections.periods").value == {}
    assert Change.objects.filter(register="ledgers.setting", row="inspections.periods").count() == 2


def test_days_around_the_spring_festival_may_be_written_before_the_calendar_knows_them(safe: Safe) -> None:
    _crew, client = office(safe)
    address = "/inspections/periods/spring_festival/2028/"
    assert client.get(address).status_code == 200
    days = {"starts_on": "2028-01-18", "ends_on": "2028-02-02", "reason": "县安委会"}
    assert client.post(address, days).status_code == 302
    codes = {one.code for one in periods_of(2028, WorkCalendar.load(), own_periods())}
    assert "spring_festival" in codes and "resumption" not in codes


def test_what_does_not_fit_and_who_may_not(safe: Safe) -> None:
    crew, client = office(safe)
    for wrong in (
        {"starts_on": "2027-05-15", "ends_on": "2027-06-15"},
        {"ends_on": "2026-05-14"},
        {"ends_on": "2028-05-14"},
        {"reason": " "},
    ):
        assert client.post(FLOOD, {**DAYS, **wrong}).status_code == 422, wrong
    assert client.get("/inspections/periods/nothing/2026/").status_code == 404
    assert client.get("/inspections/periods/flood/1999/").status_code == 404
    for person in (crew.first, crew.townsman, safe.county.boss):
        assert signed_in(person).post(FLOOD, DAYS).status_code == 403
    assert own_periods() == {}


def test_an_organizer_reschedules_its_campaign_and_nobody_else(safe: Safe) -> None:
    crew, _client = office(safe)
    action = campaign(crew)
    address = f"/inspections/campaigns/{action.pk}/dates/"
    days = {"starts_on": "2026-12-01", "ends_on": "2026-12-31", "reason": "上级推迟"}
    organizer = crew.first if action.organizer == crew.bureau else crew.clerk
    other = crew.townsman
    assert signed_in(other).post(address, days).status_code in (403, 404)
    assert signed_in(organizer).get(address).status_code == 200
    assert signed_in(organizer).post(address, {**days, "ends_on": "2026-11-01"}).status_code == 422
    assert signed_in(organizer).post(address, days).status_code == 302
    action.refresh_from_db()
    assert (action.starts_on, action.ends_on) == (date(2026, 12, 1), date(2026, 12, 31))
    change = Change.objects.get(register="hazards.campaign", row=str(action.pk), verb="reschedule")
    assert change.reason == "上级推迟" and change.content["after"]["ends_on"] == "2026-12-31"
    signed_in(organizer).post(f"/inspections/campaigns/{action.pk}/close/")
    assert signed_in(organizer).post(address, days).status_code == 422
