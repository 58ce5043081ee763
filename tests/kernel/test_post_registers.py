"""The registers of posts and of who holds them give nobody power, at any of their doors."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.outgoing import told
from anwei.ledgers.saving import Edit
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import resolve
from anwei.org.services import OrgError, appoint
from anwei.org.services.roster import save_posts
from tests.kernel.accounts import government
from tests.kernel.county import IN_POST_SINCE, NOW, TOWN, County, county_clerk, in_post
from tests.ledgers.sheets import write


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
