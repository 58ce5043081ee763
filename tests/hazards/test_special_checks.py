"""A campaign asks enterprises for a self-check: they are told, look, report; what they found is followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.models import Notice
from anwei.hazards.models import Hazard, SpecialCheck
from anwei.hazards.services.special_checks import Line, ask_special_checks
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIXED, ORDERED, VERIFIED, act, picture, signed_in
from tests.hazards.inspecting import TODAY, Team, campaign, page, team
from tests.kernel.county import NOW, TOWN, make_enterprise

LINES = [Line("液氨（一号罐区）：有没有同样的问题", "外地事故教训"), Line("动火作业", "外地事故教训")]


def asked(crew: Team) -> SpecialCheck:
    (check,) = ask_special_checks(
        campaign(crew, name="液氨专项自查"), {crew.plant: LINES}, actor=crew.first, now=NOW
    )
    return check


def test_an_enterprise_is_told_reports_and_is_followed_until_what_it_found_is_closed_off(safe: Safe) -> None:
    crew = team(safe)
    check = asked(crew)
    boss, worker = safe.county.boss, safe.county.worker
    assert check.told == 2 and Notice.objects.filter(key=f"special-check-{check.pk}").count() == 2
    assert "液氨专项自查" in page(worker, "/work/") and "液氨专项自查" in page(worker, "/selfchecks/")
    address = f"/selfchecks/special/{check.pk}/"
    told = {"line0_result": "failed", "line0_note": "一号罐围堰开裂", "line1_result": "ok"}
    unshown = signed_in(boss).post(address, told)
    assert unshown.status_code == 422 and "照片" in unshown.content.decode()
    assert not Hazard.objects.exists()
    assert signed_in(boss).post(address, told | {"line0_photo": picture()}).status_code == 302
    (found,) = Hazard.objects.all()
    assert found.origin == "self_check" and found.description == "一号罐围堰开裂"
    assert page(worker, "/work/").count("液氨专项自查") == 0
    assert "一号罐围堰开裂" in page(worker, address)
    where = f"/inspections/campaigns/{check.campaign_id}/checks/"
    shown = page(crew.first, where)
    assert [shown.split("<strong>")[n + 1].split("<")[0] for n in range(4)] == ["1", "1", "1", "0"]
    assert act(safe.verifier, found, "order", **ORDERED).status_code == 302
    assert act(worker, found, "accept").status_code == 302
    assert act(worker, found, "fix", **FIXED, evidence=picture(colour="green")).status_code == 302
    assert act(safe.verifier, found, "verify", **VERIFIED, evidence=picture(colour="red")).status_code == 302
    assert act(safe.verifier, found, "close").status_code == 302
    after = page(crew.first, where)
    assert [after.split("<strong>")[n + 1].split("<")[0] for n in range(4)] == ["1", "1", "1", "1"]
    assert crew.plant.unit.name not in page(crew.first, where, state="open").split("<tbody>")[1]
    again = signed_in(worker).post(address, {"line0_result": "ok", "line1_result": "ok"})
    assert again.status_code == 422 and "已经报送" in again.content.decode()


def test_one_whose_posts_are_vacant_is_shown_as_not_told(safe: Safe) -> None:
    crew = team(safe)
    nobody = make_enterprise("无人厂", TOWN, "chemical", "91000000000000009X")
    action = campaign(crew)
    (check,) = ask_special_checks(action, {nobody: LINES}, actor=crew.first, now=NOW)
    shown = page(crew.first, f"/inspections/campaigns/{action.pk}/checks/")
    assert check.told == 0 and "岗位空缺" in shown and "<strong>0</strong>" in shown


def test_what_does_not_fit_is_refused(safe: Safe) -> None:
    crew = team(safe)
    check = asked(crew)
    given: dict[str, Any] = {"actor": crew.first, "now": NOW}
    with pytest.raises(CaseError, match="已经部署"):
        ask_special_checks(check.campaign, {crew.plant: LINES}, **given)
    with pytest.raises(CaseError, match="至少"):
        ask_special_checks(check.campaign, {}, **given)
    other = safe.county.other_enterprise
    with pytest.raises(CaseError, match="自查什么"):
        ask_special_checks(check.campaign, {other: []}, **given)
    with pytest.raises(CaseError, match="早于今天"):
        ask_special_checks(check.campaign, {other: LINES}, due_on=TODAY - timedelta(days=1), **given)
    with pytest.raises(NotYourTurn):
        ask_special_checks(check.campaign, {other: LINES}, actor=safe.county.townsman, now=NOW)


def test_only_the_enterprise_itself_reports_and_no_other_sees_it(safe: Safe) -> None:
    crew = team(safe)
    address = f"/selfchecks/special/{asked(crew).pk}/"
    told = {"line0_result": "ok", "line1_result": "ok"}
    assert signed_in(crew.first).post(address, told).status_code == 403
    assert signed_in(safe.county.stranger).get(address).status_code == 404
    assert signed_in(safe.county.worker).post(address, {"line0_result": "ok"}).status_code == 422
