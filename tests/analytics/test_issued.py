"""A warning that an official drafts for an enterprise: issued, signed for, checked, and what it was worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Notice
from anwei.cases.services import advance
from anwei.monitoring.models import Warning
from anwei.monitoring.services.issued import draft_warning
from tests.analytics.told import evidence
from tests.hazards.conftest import Safe
from tests.hazards.doors import act, signed_in
from tests.kernel.county import NOW

DAY = timedelta(days=1)


def drafted(safe: Safe, level: str = "orange") -> Warning:
    return draft_warning(
        safe.county.enterprise,
        actor=safe.county.townsman,
        now=NOW,
        level=level,
        basis="重大隐患未销号 1 件",
        requirement="3 日内自查",
    )


def test_a_draft_waits_until_the_supervisor_issues_it(safe: Safe) -> None:
    warning = drafted(safe)
    county = safe.county
    assert warning.phase == Phase.REGISTERED
    assert not warning.clocks.exists()
    assert not Notice.objects.filter(person__in=[county.worker, county.boss]).exists()
    assert act(county.worker, warning, "issue", requirement="x").status_code == 403
    assert act(safe.verifier, warning, "issue", requirement="3 日内自查").status_code == 302
    assert warning.phase == Phase.ASSIGNED
    assert {person.username for person in county_told(warning)} >= {"worker", "boss"}
    assert {clock.met_by: clock.due_at > NOW + DAY for clock in warning.clocks.all()} == {
        "sign": True,
        "dispose": True,
    }


def county_told(warning: Warning) -> set[object]:
    return {notice.person for notice in Notice.objects.filter(case=warning.pk).select_related("person")}


def test_lifting_it_says_what_it_was_worth(safe: Safe) -> None:
    warning = drafted(safe, "yellow")
    act(safe.verifier, warning, "issue", requirement="自查")
    assert act(safe.county.worker, warning, "sign").status_code == 302
    advance(
        warning,
        "dispose",
        actor=safe.county.worker,
        now=NOW,
        cause="已查",
        measure="已改",
        evidence=evidence(NOW),
    )
    warning.refresh_from_db()
    assert act(safe.inspector, warning, "confirm", finding="情况属实").status_code == 302
    assert act(safe.inspector, warning, "lift").status_code == 422
    assert act(safe.inspector, warning, "lift", verdict="true").status_code == 302
    assert (warning.phase, warning.outcome, warning.verdict) == ("closed", "lifted", "true")
    page = signed_in(safe.inspector).get(f"/cases/{warning.pk}/").content.decode()
    assert "属实" in page
    assert "重大隐患未销号 1 件" in page
    assert drafted(safe).pk != warning.pk  # the place is free again


def test_one_is_open_at_a_time_and_who_does_not_see_the_plant_drafts_none(safe: Safe) -> None:
    drafted(safe)
    with pytest.raises(CaseError, match="已有未解除的预警"):
        drafted(safe)
    for person in (safe.county.regulator, safe.county.worker, safe.county.stranger):
        with pytest.raises(NotYourTurn):
            draft_warning(
                safe.county.enterprise, actor=person, now=NOW, level="red", basis="理由", requirement=""
            )
