"""A warning that an official drafts for an enterprise: issued, signed for, checked, and what it was worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Notice
from anwei.cases.services import advance
from anwei.ledgers.search.keeping import catch_up
from anwei.monitoring.models import Warning
from anwei.monitoring.services.issued import draft_warning
from anwei.org.models import Holding, Person
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
    assert act(county.worker, warning, "issue", requirement="x").status_code == 404
    assert act(safe.verifier, warning, "issue", requirement="3 日内自查").status_code == 302
    assert warning.phase == Phase.ASSIGNED
    assert {person.username for person in county_told(warning)} >= {"worker", "boss"}
    assert {clock.met_by: clock.due_at > NOW + DAY for clock in warning.clocks.all()} == {
        "sign": True,
        "dispose": True,
    }


PAGES = (
    "/cases/",
    "/cases/?tab=history",
    "/work/",
    "/work/?tab=informed",
    "/work/?tab=done",
    "/notices/",
    "/search/?q={number}",
    "/search/suggest/?q={number}",
    "/search/?q=风险预警",
    "/enterprises/{enterprise}/",
    "/map/layers/cases.geojson",
    "/map/list/?layer=cases",
    "/api/v1/alarms",
)
"""Where a case of an enterprise is told of."""


def shown(person: Person, warning: Warning) -> list[str]:
    """Return the pages that tell a person of a warning by its number, its title or its own page."""
    client, found = signed_in(person), []
    for path in PAGES:
        address = path.format(number=warning.number, enterprise=warning.enterprise_id)
        answer = client.get(address)
        assert answer.status_code in {200, 302}, address  # a number that is found leads on
        told = [f"/cases/{warning.pk}/", warning.title, *([] if "{number}" in path else [warning.number])]
        text = answer.content.decode() + answer.headers.get("Location", "")
        if any(words in text for words in told):
            found.append(path)
    return found


def test_a_draft_is_there_for_those_who_issue_alone(safe: Safe) -> None:
    """Withdrawn it was never there for the enterprise; issued it is."""
    county = safe.county
    warning = drafted(safe)
    catch_up()
    paths = [f"/cases/{warning.pk}/", f"/cases/{warning.pk}/dossier.zip"]
    for person in (county.worker, county.boss):
        assert shown(person, warning) == []
        assert {signed_in(person).get(path).status_code for path in paths} == {404}
    assert len(shown(safe.inspector, warning)) > 4
    assert signed_in(safe.inspector).get(paths[0]).status_code == 200
    assert act(safe.verifier, warning, "withdraw", reason="查无此事").status_code == 302
    for person in (county.worker, county.boss):
        assert shown(person, warning) == []
        assert {signed_in(person).get(path).status_code for path in paths} == {404}
    assert not {county.worker, county.boss} & county_told(warning)
    second = drafted(safe)
    act(safe.verifier, second, "issue", requirement="自查")
    catch_up()
    assert len(shown(county.worker, second)) > 4


def test_a_draft_without_anybody_to_issue_it_is_not_told_to_the_enterprise(safe: Safe) -> None:
    Holding.objects.filter(post__unit__kind__in=("department", "government", "township")).exclude(
        person=safe.county.townsman
    ).delete()
    warning = drafted(safe)
    assert not {safe.county.worker, safe.county.boss} & county_told(warning)


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
