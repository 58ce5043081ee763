"""Production that was stopped: it resumes by a signed approval, of a coal mine announced both ways in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from anwei.hazards.models import Hazard
from anwei.org.models import Person, Post, SectorDuty, Unit
from anwei.sites.models import Enterprise
from anwei.standards.calendar import COUNTY_TIME
from tests.hazards.conftest import Safe
from tests.hazards.doors import (
    CRITERION,
    FIVE,
    FIXED,
    LATER,
    ORDERED,
    VERIFIED,
    act,
    file,
    picture,
    signed_in,
)
from tests.kernel.county import in_post

STOPPED = ORDERED | {"grade": "major", "criterion": CRITERION, "order": "stop", "due_on": LATER.isoformat()}
APPROVED = {"opinion": "符合安全生产条件"}
BY_THE_COUNTY = {"mine_approval": "监察分局〔2026〕3号，县长批准"}
MOMENT = timedelta(seconds=1)  # before the 24:00 of a day
ANNOUNCED = {"announced": "县政府网站"}


def stopped(inspector: Person, judge: Person, enterprise: Enterprise) -> Hazard:
    hazard = file(inspector, enterprise.pk, criterion=CRITERION)
    assert act(judge, hazard, "order", **STOPPED).status_code == 302
    return hazard


def fixed(judge: Person, worker: Person, hazard: Hazard) -> None:
    assert act(worker, hazard, "accept", **FIVE, evidence=picture()).status_code == 302
    assert act(worker, hazard, "fix", **FIXED, evidence=picture()).status_code == 302
    assert act(judge, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302


def due(hazard: Hazard, name: str) -> list[tuple[datetime, bool]]:
    clocks = hazard.clocks.filter(name=name).order_by("pk")
    return [(clock.due_at.astimezone(COUNTY_TIME) - MOMENT, clock.met_at is not None) for clock in clocks]


@pytest.fixture
def mine(safe: Safe) -> tuple[Person, Person, Person, Enterprise]:
    """Return finder, judge and plant's hand of a coal mine, and the mine."""
    coal = Unit.objects.get(name="测试县煤炭局")
    post = Post.objects.get(unit=coal)
    other = safe.county.other_enterprise
    in_post("head of the mine", Post.objects.create(unit=other.unit, kind="principal", title="矿长"))
    assert SectorDuty.objects.filter(sector="coal", unit=coal).exists()
    return safe.county.regulator, in_post("coal judge", post), safe.county.stranger, other


def test_what_stopped_is_not_closed_off_before_somebody_approved_that_it_runs(safe: Safe) -> None:
    hazard = stopped(safe.inspector, safe.verifier, safe.county.enterprise)
    fixed(safe.verifier, safe.county.worker, hazard)
    [(at, met)] = due(hazard, "审查恢复生产申请")
    assert at.date().isoformat() == "2026-12-04" and not met  # ten days
    page = signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()
    assert "须先审查同意恢复生产" in page and "公告停产整顿" not in page  # no mine: nothing to announce
    act(safe.verifier, hazard, "close")
    assert hazard.phase == "review"
    finder = act(safe.inspector, hazard, "resume", **APPROVED, evidence=picture())
    assert finder.status_code == 403
    assert act(safe.verifier, hazard, "announce", **ANNOUNCED).status_code in (404, 409)
    unsigned = act(safe.verifier, hazard, "resume", **APPROVED)
    assert unsigned.status_code == 422 and "部门主要负责人签字" in unsigned.content.decode()
    assert act(safe.verifier, hazard, "resume", **APPROVED, evidence=picture()).status_code == 302
    assert due(hazard, "审查恢复生产申请")[0][1]
    assert act(safe.verifier, hazard, "close").status_code == 302 and hazard.outcome == "rectified"


def test_an_ordinary_hazard_asks_for_no_resumption(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    act(safe.verifier, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture())
    act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture())
    page = signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()
    assert "同意恢复生产" not in page and "公告停产整顿" not in page
    assert act(safe.verifier, hazard, "close").status_code == 302


def test_a_mine_is_announced_when_it_stops_and_when_it_runs_again(
    safe: Safe, mine: tuple[Person, Person, Person, Enterprise]
) -> None:
    finder, judge, worker, enterprise = mine
    hazard = stopped(finder, judge, enterprise)
    name = "公告煤矿停产整顿、关闭或者恢复生产"
    [(at, met)] = due(hazard, name)
    assert at.date().isoformat() == "2026-12-01" and not met  # five working days
    assert act(judge, hazard, "announce", **ANNOUNCED).status_code == 302
    assert due(hazard, name)[0][1]
    fixed(judge, worker, hazard)
    [(at, met)] = due(hazard, "煤矿停产整顿后组织验收完毕")
    assert at.date().isoformat() == "2026-12-14" and not met  # twenty days
    unsigned = act(judge, hazard, "resume", **APPROVED, evidence=picture())
    assert unsigned.status_code == 422 and "矿山安全监察机构审核同意" in unsigned.content.decode()
    assert act(judge, hazard, "resume", **APPROVED, **BY_THE_COUNTY, evidence=picture()).status_code == 302
    assert [met for _at, met in due(hazard, name)] == [True, False]
    act(judge, hazard, "close")
    assert hazard.phase == "review"  # not before the resumption is announced
    assert act(judge, hazard, "announce", **ANNOUNCED).status_code == 302
    assert act(judge, hazard, "close").status_code == 302 and hazard.phase == "closed"


def test_a_mine_whose_stop_nobody_announced_does_not_run_again(
    safe: Safe, mine: tuple[Person, Person, Person, Enterprise]
) -> None:
    finder, judge, worker, enterprise = mine
    hazard = stopped(finder, judge, enterprise)
    fixed(judge, worker, hazard)
    page = signed_in(judge).get(f"/cases/{hazard.pk}/").content.decode()
    assert "煤矿责令停产整顿须先公告" in page and "煤矿安全生产条例" in page
    told = {**APPROVED, **BY_THE_COUNTY}
    refused = act(judge, hazard, "resume", **told, evidence=picture())
    assert refused.status_code == 422 and not hazard.entries.filter(verb="resume").exists()
    assert act(judge, hazard, "announce", **ANNOUNCED).status_code == 302
    assert act(judge, hazard, "resume", **told, evidence=picture()).status_code == 302
    act(judge, hazard, "close")
    assert hazard.phase == "review"  # the stop alone was announced
    page = signed_in(judge).get(f"/cases/{hazard.pk}/").content.decode()
    assert "还须公告恢复生产" in page and "煤矿责令停产整顿须先公告" not in page
    assert act(judge, hazard, "announce", **ANNOUNCED).status_code == 302
    assert act(judge, hazard, "close").status_code == 302 and hazard.outcome == "rectified"


def test_a_penalty_on_a_mine_names_the_regulation_of_mines_first(
    safe: Safe, mine: tuple[Person, Person, Person, Enterprise]
) -> None:
    finder, judge, _worker, enterprise = mine
    in_post("head of coal", Post.objects.create(unit=Unit.objects.get(name="测试县煤炭局"), kind="principal"))
    hazard = stopped(finder, judge, enterprise)
    form = signed_in(judge).get(f"/penalties/new/?hazard={hazard.pk}").content.decode()
    assert 0 < form.index('label="煤矿安全生产条例"') < form.index('value="P102"')
    sent = {
        "fine": "MK064",
        "sanction": "责令停产整顿，罚款",
        "amount": "600000",
        "decision_number": "煤罚〔2026〕1号",
        "decided_on": "2026-11-24",
        "person_name": "",
    }
    answer = signed_in(judge).post(f"/penalties/new/?hazard={hazard.pk}", sent)
    assert answer.status_code == 302, answer.content.decode()
    page = signed_in(judge).get(answer.url).content.decode()
    assert "煤矿安全生产条例" in page and "存在重大事故隐患仍然进行生产" in page
    other = file(safe.inspector, safe.county.enterprise.pk, key="form-9")
    elsewhere = signed_in(safe.inspector).get(f"/penalties/new/?hazard={other.pk}").content.decode()
    assert "MK064" not in elsewhere and "P102" in elsewhere
