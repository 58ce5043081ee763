"""A deputy acts, the record says for whom, and the second person is seen through every delegation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from anwei.cases.delegation_form import DelegationForm, holdings_lendable
from anwei.cases.errors import NotYourTurn
from anwei.cases.models import Case, Entry
from anwei.cases.queries import timeline, transitions_for, work_list
from anwei.cases.services import advance
from anwei.ledgers.models import Change
from anwei.org.holdings import acts_for, people_at
from anwei.org.models import Delegation, Person, Post, Unit
from anwei.org.services import OrgError, appoint, delegate, dismiss, revoke
from tests.kernel.accounts import government
from tests.kernel.county import NOW, County, in_post, open_repair, photo
from tests.kernel.test_advance import to_review

DAY = timedelta(days=1)


def lend(post: Post, principal: Person, deputy: Person, **changes: Any) -> Delegation:
    terms: dict[str, Any] = {
        "principal": principal,
        "deputy": deputy,
        "from_at": NOW,
        "to_at": NOW + DAY,
        "reason": "出差",
        "actor": principal,
        "now": NOW,
    }
    return delegate(post, **terms | changes)


def signed_by(county: County, person: Person, now: datetime = NOW) -> Case:
    case = advance(open_repair(county), "order", actor=county.officer, now=now)
    return advance(case, "sign", actor=person, now=now)


def test_a_deputy_acts_and_the_record_says_for_whom(county: County) -> None:
    deputy = in_post("deputy")
    lend(county.safety, county.worker, deputy)
    assert work_list(deputy, NOW).todo.count() == 0
    case = signed_by(county, deputy)
    entry = Entry.objects.get(case=case, verb="sign")
    assert (entry.actor, entry.post) == (deputy, county.safety)
    assert entry.content["acting_for"] == {"id": county.worker.pk, "name": "worker"}
    assert [line.acting_for for line in timeline(case)] == ["", "", "worker"]
    assert [row.verb for row in transitions_for(case, deputy, now=NOW)] == ["finish"]
    assert work_list(deputy, NOW).todo.count() == 1
    assert people_at(county.safety, NOW) == [county.worker, deputy]
    assert Change.objects.get(register="org.delegation").reason == "出差"


def test_the_holder_acts_in_their_own_name_while_a_deputy_is_named(county: County) -> None:
    lend(county.safety, county.worker, in_post("deputy"))
    entry = Entry.objects.get(case=signed_by(county, county.worker), verb="sign")
    assert "acting_for" not in entry.content


@pytest.mark.parametrize(("moment", "may"), [(-1, False), (0, True), (1439, True), (1440, False)])
def test_a_delegation_holds_from_a_moment_to_a_moment(county: County, moment: int, may: bool) -> None:
    deputy = in_post("deputy")
    lend(county.safety, county.worker, deputy)
    acting = acts_for(deputy, county.safety.pk, NOW + timedelta(minutes=moment))
    assert (acting is not None) is may


def test_a_delegation_ends_when_it_is_revoked_and_with_the_holding_it_stands_on(county: County) -> None:
    first, second = in_post("first"), in_post("second")
    lent = lend(county.safety, county.worker, first)
    revoke(lent, actor=county.worker, now=NOW, reason="已返岗")
    revoke(lent, actor=county.worker, now=NOW + timedelta(hours=1), reason="再点一次")
    assert acts_for(first, county.safety.pk, NOW) is None
    assert Delegation.objects.get().revoked_at == NOW
    assert [change.verb for change in Change.objects.filter(register="org.delegation")] == ["grant", "revoke"]
    lend(county.safety, county.worker, second, to_at=NOW + 3 * DAY)
    dismiss(county.worker.holdings.get(), actor=None, now=NOW, last_on=NOW.date(), reason="调离")
    assert acts_for(second, county.safety.pk, NOW) is not None
    assert acts_for(second, county.safety.pk, NOW + DAY) is None  # nobody acts for who has left


def test_a_deputy_s_deputy_is_none(county: County) -> None:
    deputy, third = in_post("deputy"), in_post("third")
    lend(county.safety, county.worker, deputy)
    with pytest.raises(OrgError, match="不在"):
        lend(county.safety, deputy, third)


def test_who_acted_for_the_implementer_may_not_check_neither_may_who_was_acted_for(county: County) -> None:
    deputy = in_post("deputy")
    lend(county.safety, county.worker, deputy)
    case = signed_by(county, deputy)
    case = advance(case, "finish", actor=deputy, now=NOW, way="repair", evidence=[photo()])
    for person in (deputy, county.worker):  # both now hold the supervising post as well
        appoint(person, county.duty, actor=None, now=NOW)
        with pytest.raises(NotYourTurn, match="不能再监督验收"):
            advance(case, "inspect", actor=person, now=NOW, finding="好")
        assert transitions_for(case, person, now=NOW) == []
    assert advance(case, "inspect", actor=county.officer, now=NOW, finding="好").version > case.version


def test_nobody_checks_in_the_name_of_who_did_the_work(county: County) -> None:
    case = to_review(county)  # by worker
    appoint(county.worker, county.duty, actor=None, now=NOW)
    deputy = in_post("deputy")
    lend(county.duty, county.worker, deputy)
    with pytest.raises(NotYourTurn, match="被代理人办理过此事项"):
        advance(case, "inspect", actor=deputy, now=NOW, finding="好")


def test_nobody_checks_their_own_work_as_the_deputy_of_the_supervisor(county: County) -> None:
    case = to_review(county)  # by worker
    lend(county.duty, county.officer, county.worker)
    with pytest.raises(NotYourTurn, match="办理过此事项的人"):
        advance(case, "inspect", actor=county.worker, now=NOW, finding="好")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"to_at": NOW}, "起止时间"),
        ({"to_at": NOW + 400 * DAY}, "起止时间"),
        ({"from_at": NOW - 2 * DAY, "to_at": NOW - DAY}, "起止时间"),
        ({"reason": "  "}, "事由"),
    ],
)
def test_what_is_no_delegation(county: County, changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(OrgError, match=fault):
        lend(county.safety, county.worker, in_post("deputy"), **changes)


def test_who_may_grant(county: County) -> None:
    deputy = in_post("deputy")
    for stranger in (county.officer, deputy):
        with pytest.raises(OrgError, match="本人授权"):
            lend(county.safety, county.worker, deputy, actor=stranger)
    keeper, other_keeper = (
        in_post(
            f"keeper-{unit}", Post.objects.create(unit=unit, kind="security_admin", title="安全保密管理员")
        )
        for unit in (government(), Unit.objects.get(name="测试县应急管理局"))
    )
    assert (
        lend(county.safety, county.worker, deputy, actor=county.boss).granted_by == county.boss
    )  # the principal
    assert lend(county.safety, county.worker, deputy, actor=keeper).granted_by == keeper
    with pytest.raises(OrgError, match="本人授权"):  # administers the accounts of one department alone
        lend(county.safety, county.worker, deputy, actor=other_keeper)
    with pytest.raises(OrgError, match="委托给自己"):
        lend(county.safety, county.worker, county.boss, actor=county.boss)
    with pytest.raises(OrgError, match="三员分立"):  # gives no business rights to the own person
        lend(county.safety, county.worker, keeper, actor=keeper)
    assert keeper not in DelegationForm(keeper, NOW).fields["deputy"].queryset  # type: ignore[attr-defined]
    lendable = holdings_lendable(other_keeper, NOW)
    assert county.officer.holdings.get() in lendable and county.worker.holdings.get() not in lendable
    with pytest.raises(OrgError, match="由本人"):
        revoke(Delegation.objects.first(), actor=county.stranger, now=NOW, reason="")  # type: ignore[arg-type]


def test_nobody_lends_a_post_to_oneself(county: County, client: Client) -> None:
    """The head above names another for who is absent: the own person would be the clerk's way to the top."""
    below = Post.objects.create(unit=county.enterprise.unit, kind="deputy", title="副厂长")
    held = in_post("below", below).holdings.get()
    client.force_login(county.boss)
    today = str(NOW.date())
    form = {"holding": held.pk, "first_on": today, "last_on": today, "reason": "出差"}
    assert client.post("/delegations/", form | {"deputy": county.boss.pk}).status_code != 302
    assert not Delegation.objects.exists()
    assert client.post("/delegations/", form | {"deputy": county.worker.pk}).status_code == 302
    assert Delegation.objects.get().deputy == county.worker


def test_nobody_is_deputy_of_an_administrator_nor_their_own(county: County) -> None:
    office = Unit.objects.get(name="测试县应急管理局")
    post = Post.objects.create(unit=office, kind="audit_admin", title="安全审计员")
    auditor, deputy = in_post("auditor", post), in_post("deputy")
    with pytest.raises(OrgError, match="不能委托"):
        lend(post, auditor, deputy)
    with pytest.raises(OrgError, match="另一名"):
        lend(county.safety, county.worker, county.worker)
    deputy.is_active = False
    deputy.save()
    with pytest.raises(OrgError, match="在用账号"):
        lend(county.safety, county.worker, deputy)
    terms = {
        "post": county.safety,
        "principal": county.worker,
        "granted_by": county.worker,
        "granted_at": NOW,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(deputy=county.worker, from_at=NOW, to_at=NOW + DAY, reason="x", **terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(deputy=deputy, from_at=NOW, to_at=NOW, reason="x", **terms)


def test_named_and_ended_on_the_page(county: County, client: Client) -> None:
    deputy = in_post("deputy", Post.objects.create(unit=county.safety.unit, kind="officer", title="干事"))
    client.force_login(county.worker)
    page = client.get("/delegations/").content.decode()
    assert "现在没有代理" in page and "安全科长" in page and "townsman" not in page  # only the own unit
    today = NOW.date().isoformat()
    fields = {"deputy": deputy.pk, "first_on": today, "last_on": today, "reason": "出差"}
    wrong = client.post("/delegations/", {**fields, "holding": county.boss.holdings.get().pk})
    assert wrong.status_code == 422  # the principal's own post is not theirs to lend
    backwards = {**fields, "holding": county.worker.holdings.get().pk, "last_on": "2026-11-01"}
    assert client.post("/delegations/", backwards).status_code == 422
    fields["holding"] = county.worker.holdings.get().pk
    answer = client.post("/delegations/", fields, follow=True).content.decode()
    assert "deputy将代worker在“甲化工厂 安全科长”办理" in answer and "11-24 24:00" in answer
    lent = Delegation.objects.get()
    assert acts_for(deputy, county.safety.pk, NOW + timedelta(hours=1)) is not None
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    client.force_login(deputy)
    assert "签收" in client.get(f"/cases/{case.pk}/").content.decode()
    client.force_login(county.stranger)
    assert not client.get("/delegations/").context["running"]
    client.post(f"/delegations/{lent.pk}/revoke/")
    assert acts_for(deputy, county.safety.pk, NOW + timedelta(hours=1)) is not None
    client.force_login(county.worker)
    client.post(f"/delegations/{lent.pk}/revoke/")
    assert acts_for(deputy, county.safety.pk, NOW + timedelta(hours=1)) is None


def test_the_auditor_reads_who_acts_for_whom(county: County, client: Client) -> None:
    lent = lend(county.safety, county.worker, in_post("deputy"), actor=county.boss)
    other = lend(county.duty, county.officer, in_post("other-deputy"), reason="学习")
    revoke(other, actor=county.officer, now=NOW + timedelta(hours=2), reason="已返岗")
    auditor = Post.objects.create(unit=government(), kind="audit_admin", title="安全审计员")
    client.force_login(in_post("auditor", auditor))
    assert "/org/accounts/audit/delegations/" in client.get("/org/accounts/audit/").content.decode()
    page = client.get("/org/accounts/audit/delegations/")
    text = page.content.decode()
    said = (str(lent.post), "deputy", "worker", "boss", "出差", "未撤销", "学习", "撤销时间")
    assert page.status_code == 200 and [words for words in said if words not in text] == []
    found = client.get("/org/accounts/audit/delegations/?search=学习").content.decode()
    assert "other-deputy" in found and "出差" not in found
    town = Unit.objects.get(name="测试县煤炭局")
    client.force_login(
        in_post("town-auditor", Post.objects.create(unit=town, kind="audit_admin", title="审计"))
    )
    assert "出差" not in client.get("/org/accounts/audit/delegations/").content.decode()


def test_the_deputies_stand_under_their_units_the_own_one_first(county: County, client: Client) -> None:
    in_post("colleague", Post.objects.create(unit=county.duty.unit, kind="officer", title="科员"))
    client.force_login(county.officer)
    text = client.get("/delegations/").content.decode()
    groups = [part.split('"')[0] for part in text.split('<optgroup label="')[1:]]
    assert len(groups) > 1 and groups == [groups[0], *sorted(groups[1:])]
    assert groups[0] == county.duty.unit.name
