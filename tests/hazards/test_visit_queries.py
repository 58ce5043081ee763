"""How many questions the database is asked for a visit: as many for a long checklist as for a short one."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from anwei.hazards.models import Answer, Check, Visit
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, act, plan, team
from tests.hazards.phoning import check, items, package, send, send_file
from tests.kernel.county import NOW

A_VISIT = 12  # questions of the package for one visit more: its numbers are reserved, its people counted


def asked(crew: Team, address: str) -> int:
    client = signed_in(crew.first)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def fill(crew: Team, visit: Visit, first: int, last: int) -> None:
    for item in items(visit)[first:last]:
        check(crew.first, visit, item.id, "failed")
        check(crew.second, visit, item.id, "ok")
        send_file(crew.first, visit, item=item.id)
        found = {"item": item.id, "description": f"{item.id}不合格", "place": "", "criterion": ""}
        send(crew.first, visit, "hazard", **found, order="")


def test_a_visit_asks_no_more_the_more_was_seen(safe: Safe) -> None:
    crew = team(safe)
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    address = f"/inspections/{visit.pk}/"
    fill(crew, visit, 0, 2)
    before = asked(crew, address)
    fill(crew, visit, 2, 6)
    assert Check.objects.count() == Answer.objects.count() == 6
    assert asked(crew, address) <= before
    act(crew.first, visit, "end", finding="六项")
    over = asked(crew, address)
    assert over <= before + 2, (before, over)


def test_the_package_asks_little_for_each_visit(safe: Safe) -> None:
    crew = team(safe)
    plan(crew)
    package(crew.first)
    one = asked(crew, "/inspections/phone/package/")
    for number in range(3):
        plan(crew, reason="asked", reason_text=f"来函{number}", planned_on=NOW.date().isoformat())
    assert len(package(crew.first)["visits"]) == 4
    four = asked(crew, "/inspections/phone/package/")
    assert four <= one + 3 * A_VISIT, (one, four)
