"""Whoever acts at one of the three posts of a case sees it at every door, wherever that post stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anwei.cases.models import Case, Evidence
from anwei.cases.services import advance
from anwei.ledgers.search.keeping import rebuild
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.services import delegate, dismiss
from tests.kernel.county import NOW, TOWN, County, in_post, open_repair, photo

SignIn = Callable[[Person], Client]


@pytest.fixture
def head(county: County) -> Person:
    """The head of a village: the plant lies in the township, not in the village."""
    village = Unit.objects.create(kind="village", name="甲村", territory=f"{TOWN}201")
    return in_post("head", Post.objects.create(unit=village, kind="principal", title="村主任"))


def post_of(person: Person) -> Post:
    return Post.objects.get(holdings__person=person)


def test_the_head_of_a_village_works_on_a_case_of_the_township(
    county: County, head: Person, sign_in: SignIn
) -> None:
    case = open_repair(county, implementer=post_of(head))
    advance(case, "order", actor=county.officer, now=NOW)
    client, path = sign_in(head), f"/cases/{case.pk}/"
    assert path in client.get("/work/").content.decode()
    page = client.get(path)
    assert page.status_code == 200
    hidden = dict(re.findall(r'type="hidden" name="(version|key)" value="([^"]*)"', page.content.decode()))
    assert client.post(f"{path}sign/", hidden).status_code == 302
    case.refresh_from_db()
    assert case.phase == "acting"
    advance(case, "finish", actor=head, now=NOW, way="repair", evidence=[photo()])
    assert path in client.get("/cases/").content.decode()
    assert case.number in client.get("/notices/").content.decode()
    assert client.get(f"{path}dossier.zip").status_code == 200
    assert client.get(f"/evidence/{Evidence.objects.get().pk}/").status_code == 200
    rebuild()
    assert client.get("/search/", {"q": case.number}).headers["Location"] == path  # the only result


def test_an_officer_without_the_sector_supervises_what_names_the_post(
    county: County, sign_in: SignIn
) -> None:
    supervisor = post_of(county.regulator)
    case = open_repair(county, supervisor=supervisor, actor=county.regulator)
    assert sign_in(county.regulator).get(f"/cases/{case.pk}/").status_code == 200
    colleague = in_post("colleague", Post.objects.create(unit=supervisor.unit, kind="officer", title="科员"))
    assert sign_in(colleague).get(f"/cases/{case.pk}/").status_code == 404
    assert list(Case.objects.visible_to(colleague)) == []


def test_a_deputy_sees_it_for_as_long_as_the_post_is_lent_and_nobody_after_the_office(
    county: County, head: Person, sign_in: SignIn
) -> None:
    path = f"/cases/{open_repair(county, responsible=post_of(head)).pk}/"
    deputy = in_post("deputy")
    assert sign_in(deputy).get(path).status_code == 404
    lent = {"principal": head, "deputy": deputy, "from_at": NOW, "to_at": NOW + timedelta(days=1)}
    delegate(post_of(head), **lent, reason="出差", actor=head, now=NOW)
    assert sign_in(deputy).get(path).status_code == 200
    held, yesterday = Holding.objects.get(person=head), NOW.date() - timedelta(days=1)
    dismiss(held, actor=None, now=NOW, last_on=yesterday, reason="改任")
    for pk in (head.pk, deputy.pk):
        assert not Case.objects.visible_to(Person.objects.get(pk=pk)).exists()
