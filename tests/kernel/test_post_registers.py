"""The registers of posts and of who holds them give nobody power, at any of their doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.models import Change
from anwei.ledgers.outgoing import told
from anwei.ledgers.saving import Edit
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.responsibility import resolve
from anwei.org.services import OrgError, appoint
from anwei.org.services.roster import save_posts
from tests.kernel.accounts import government
from tests.kernel.county import IN_POST_SINCE, NOW, TOWN, County, county_clerk, in_post
from tests.ledgers.sheets import write

TODAY, DAY = NOW.date(), timedelta(days=1)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def edit(person: Person, register: str, row: Any, **changes: Any) -> HttpResponse:
    """Send the page's form of a row as it is filled in beforehand, with some cells written over."""
    ledger = ledger_of(register)
    choosings = choosings_of(ledger, None, ledger.entered)
    cells = {}
    for column in ledger.entered:
        name = column.name
        text = choosings[name].text(column.of(row)) if name in choosings else told(column, row)
        cells[name] = "" if text is None else str(text)
    return browser(person).post(
        f"/ledgers/{register}/{row.pk}/edit/", cells | {"reason": "机构改革"} | changes
    )


def post_in(unit: Unit, kind: str, title: str, holder: str) -> Post:
    post = Post.objects.create(unit=unit, kind=kind, title=title)
    in_post(holder, post)
    return post


def reread(holding: Holding) -> Holding:
    return Holding.objects.get(pk=holding.pk)


def as_it_was(post: Post) -> bool:
    now = Post.objects.get(pk=post.pk)
    return (now.unit_id, now.kind, now.title) == (post.unit_id, post.kind, post.title)


def test_a_duty_officer_draws_no_post_of_the_government_into_the_own_bureau(county: County) -> None:
    mayor = post_in(government(), "principal", "县长", "mayor")
    answer = edit(county.officer, "posts", mayor, unit=county.duty.unit.name)
    assert answer.status_code == 422 and "不由您任命" in answer.content.decode()
    holding = mayor.holdings.get()
    ends = {"last_on": "2026-11-20", "reason": "免职"}
    assert browser(county.officer).post(f"/org/holdings/{holding.pk}/end/", ends).status_code == 403
    assert as_it_was(mayor)


def test_a_township_clerk_draws_no_post_of_the_party_into_the_township(county: County) -> None:
    party = Unit.objects.create(kind="party", name="甲镇党委", territory=TOWN)
    secretary = post_in(party, "principal", "书记", "secretary")
    town = county.townsman.holdings.get().post.unit
    for cells in ({"unit": town.name}, {"title": "原书记"}):
        assert "不由您任命" in edit(county.townsman, "posts", secretary, **cells).content.decode()
    lines = [["单位", "岗位", "岗位性质"], [party.name, "书记", "分管负责人"]]
    write("posts", lines, actor=county.townsman, reason="导入", doubtful=True)
    assert as_it_was(secretary)


@pytest.mark.parametrize("kind", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_posts_stand_in_no_register_of_posts(county: County, kind: str) -> None:
    clerk = in_post("clerk", Post.objects.create(unit=government(), kind="duty", title="值班岗"))
    post = post_in(government(), kind, "三员之一", "admin")
    for person in (county.officer, clerk):
        assert edit(person, "posts", post, kind="监管人员").status_code == 404
        assert edit(person, "roster", post.holdings.get(), to_on="2026-11-20").status_code == 404
        client = browser(person)
        for register in ("posts", "roster"):
            assert "三员之一" not in client.get(f"/ledgers/{register}/").content.decode()
        lines = [["单位", "岗位", "岗位性质"], [post.unit.name, post.title, "监管人员"]]
        write("posts", lines, actor=person, reason="导入", doubtful=True)
        row = {"unit": post.unit.name, "title": post.title, "full_name": "新人", "phone": "13800000077"}
        assert client.post("/ledgers/roster/new/", row | {"reason": "x", "confirmed": "1"}).status_code == 422
    assert as_it_was(post) and post.holdings.count() == 1


def test_nobody_moves_the_own_post(county: County) -> None:
    """Neither by the page, nor by a call with a person whose grants nobody has looked up yet."""
    post = county.officer.holdings.get().post
    assert "不能给自己" in edit(county.officer, "posts", post, unit=government().name).content.decode()
    fresh = Person.objects.get(pk=county.townsman.pk)
    own = county.townsman.holdings.get().post
    with pytest.raises(OrgError, match="不能给自己"):
        save_posts([Edit(Post.objects.get(pk=own.pk), {"unit": government().pk})], actor=fresh, now=NOW)
    assert as_it_was(post) and as_it_was(own)


def test_a_post_that_was_held_keeps_unit_and_kind(county: County) -> None:
    """Else another would have answered in the past, and the plant's people would see a whole township."""
    clerk, before = county_clerk(), resolve(county.enterprise.subject(), IN_POST_SINCE)
    for person in (county.townsman, clerk):
        town = county.townsman.holdings.get().post.unit
        for cells in ({"unit": town.name}, {"kind": "值班岗"}):
            answer = edit(person, "posts", county.principal, **cells)
            assert answer.status_code == 422 and "请另设岗位" in answer.content.decode()
    assert "请另设岗位" in edit(clerk, "roster", county.boss.holdings.get(), kind="值班岗").content.decode()
    lines = [["单位", "岗位", "岗位性质"], ["甲化工厂", "厂长", "分管负责人"]]
    write("posts", lines, actor=clerk, reason="导入", doubtful=True)
    assert as_it_was(county.principal)
    assert resolve(county.enterprise.subject(), IN_POST_SINCE) == before
    assert edit(clerk, "posts", county.principal, title="总经理").status_code == 302


def test_a_post_that_nobody_held_yet_is_put_right(county: County) -> None:
    post = Post.objects.create(unit=county.duty.unit, kind="officer", title="副局长")
    appoint(in_post("newcomer"), post, actor=None, now=NOW)  # from today
    assert edit(county_clerk(), "posts", post, kind="分管负责人").status_code == 302
    assert Post.objects.get(pk=post.pk).kind == "deputy"


def test_a_shared_post_is_raised_by_none_of_its_holders(county: County) -> None:
    """Not over the line of the colleague either, nor without a reason by anybody else."""
    post = Post.objects.create(unit=county.duty.unit, kind="officer", title="科员")
    colleague = in_post("colleague")
    for person in (county.officer, colleague):
        appoint(person, post, actor=None, now=NOW)
    line = colleague.holdings.get()
    assert "不能给自己" in edit(county.officer, "roster", line, kind="主要负责人").content.decode()
    silent = edit(county_clerk(), "roster", line, kind="主要负责人", reason="")
    assert silent.status_code == 422 and "岗位类别" in silent.content.decode()
    assert as_it_was(post)


def test_the_roster_brings_no_business_beside_an_administrator_s_post(county: County) -> None:
    held = county.townsman.holdings.get()
    Holding.objects.filter(pk=held.pk).update(to_on=TODAY + DAY)
    audit = Post.objects.create(unit=government(), kind="audit_admin", title="安全审计员")
    appoint(county.townsman, audit, actor=None, now=NOW, from_on=TODAY + 2 * DAY)
    clerk = county_clerk()
    for ends in ("", str(TODAY + 2 * DAY)):
        assert "三员分立" in edit(clerk, "roster", reread(held), to_on=ends).content.decode()
    assert reread(held).to_on == TODAY + DAY


def test_the_roster_makes_no_two_terms_at_once(county: County) -> None:
    held, clerk = county.townsman.holdings.get(), county_clerk()
    Holding.objects.filter(pk=held.pk).update(to_on=TODAY + 3 * DAY)
    appoint(county.townsman, held.post, actor=None, now=NOW, from_on=TODAY + 10 * DAY)
    past = {"from_on": TODAY - 900 * DAY, "to_on": TODAY - 600 * DAY}
    Holding.objects.create(person=county.townsman, post=held.post, **past)
    for days in ({"to_on": ""}, {"to_on": str(TODAY + 10 * DAY)}, {"from_on": str(TODAY - 2000 * DAY)}):
        assert "已在" in edit(clerk, "roster", reread(held), **days).content.decode()
    assert edit(clerk, "roster", reread(held), to_on=str(TODAY + 9 * DAY)).status_code == 302
    assert reread(held).to_on == TODAY + 9 * DAY


def test_a_first_day_moves_only_with_a_reason(county: County) -> None:
    held, clerk = county.townsman.holdings.get(), county_clerk()
    earlier = str(held.from_on - 100 * DAY)
    answer = edit(clerk, "roster", held, from_on=earlier, reason="")
    assert answer.status_code == 422 and "任职起" in answer.content.decode()
    assert edit(clerk, "roster", held, from_on=earlier).status_code == 302
    assert str(reread(held).from_on) == earlier
    change = Change.objects.filter(register="org.post", row=str(held.post_id)).latest("pk")
    assert change.reason == "机构改革" and change.content == {
        "changed": {"from_on": [str(held.from_on), earlier]}
    }


@pytest.mark.parametrize(
    ("days", "verb"),
    [({"to_on": str(TODAY - 2 * DAY)}, "dismiss"), ({"from_on": str(TODAY + DAY)}, "update")],
)
def test_who_is_out_of_a_post_by_the_roster_logs_in_anew(
    county: County, days: dict[str, str], verb: str
) -> None:
    """Also who holds another post, and whose last day was set before."""
    held = county.townsman.holdings.get()
    Holding.objects.filter(pk=held.pk).update(to_on=TODAY + 20 * DAY)
    second = Post.objects.create(unit=held.post.unit, kind="safety", title="安全员")
    appoint(county.townsman, second, actor=None, now=NOW)
    client = browser(county.townsman)
    assert client.get("/account/sessions/").status_code == 200
    assert edit(county_clerk(), "roster", reread(held), **days).status_code == 302
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")
    assert Change.objects.filter(register="org.post", row=str(held.post_id)).latest("pk").verb == verb


def test_a_sheet_of_the_roster_dismisses_as_the_page_does(county: County) -> None:
    held, clerk = county.townsman.holdings.get(), county_clerk()
    Holding.objects.filter(pk=held.pk).update(to_on=TODAY + 20 * DAY)
    client = browser(county.townsman)
    line = ["甲镇人民政府", "安监员", "townsman", str(TODAY - 3 * DAY)]
    write("roster", [["单位", "职务", "姓名", "离任时间"], line], actor=clerk, reason="免职", doubtful=True)
    assert reread(held).to_on == TODAY - 3 * DAY
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")
    assert Change.objects.filter(register="org.person", verb="end_sessions", reason="免职").count() == 1
