"""Handing over a post's open cases on its page, offered to the committee's office, proposed at a dismissal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from anwei.cases.models import Case
from anwei.ledgers import seal
from anwei.org.models import Person, Post, Unit
from tests.kernel.county import COUNTY, County, in_post, open_repair

SignIn = Callable[[Person], Client]


@pytest.fixture
def secretary(county: County) -> Person:
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("secretary", Post.objects.create(unit=office, kind="officer", title="综合岗"))


@pytest.fixture
def heir(county: County) -> Post:
    post = Post.objects.create(unit=county.safety.unit, kind="safety", title="安环部长")
    in_post("newcomer", post)
    return post


def test_a_dismissal_without_successor_proposes_the_transfer(
    county: County, secretary: Person, heir: Post, sign_in: SignIn
) -> None:
    case, client = open_repair(county), sign_in(secretary)
    page = f"/org/posts/{county.safety.pk}/"
    assert "没有接任的人" not in client.get(page).content.decode()
    holding = county.worker.holdings.get(post=county.safety)
    body = {"last_on": timezone.localdate(), "reason": "机构合并", "came_from": page}
    answer = client.post(f"/org/holdings/{holding.pk}/end/", body, follow=True)
    assert answer.redirect_chain[-1][0] == page
    assert "没有接任的人，还有 1 件未办结事项" in answer.content.decode()
    form = client.get(f"{page}transfer/").content.decode()
    assert "安环部长" in form and "现有 1 件未办结事项" in form
    body = {"new": heir.pk, "reason": "测编〔2026〕3号", "came_from": page}
    done = client.post(f"{page}transfer/", body, follow=True)
    assert "已移交 1 件事项" in done.content.decode()
    assert "移交未办结事项" not in done.content.decode()  # nothing is open there any more
    assert Case.objects.get(pk=case.pk).implementer == heir
    assert case.entries.get(verb="transfer").note == "测编〔2026〕3号"
    assert seal.verify().first_broken is None


def test_only_the_office_and_the_system_administrator_may(
    county: County, secretary: Person, heir: Post, sign_in: SignIn
) -> None:
    case = open_repair(county)
    page = f"/org/posts/{county.safety.pk}/"
    assert "移交未办结事项" not in sign_in(county.officer).get(page).content.decode()
    body = {"new": heir.pk, "reason": "机构合并"}
    own = Post.objects.create(unit=county.duty.unit, kind="system_admin", title="系统管理员")
    for person in (county.officer, county.worker, county.stranger, in_post("bureau-keeper", own)):
        assert sign_in(person).post(f"{page}transfer/", body).status_code == 403
    assert Case.objects.get(pk=case.pk).implementer == county.safety
    keeper = Post.objects.create(
        unit=secretary.holdings.get().post.unit, kind="system_admin", title="系统管理员"
    )
    assert sign_in(in_post("keeper", keeper)).post(f"{page}transfer/", body).status_code == 302
    assert Case.objects.get(pk=case.pk).implementer == heir


def test_what_the_service_refuses_stands_in_the_form(
    county: County, secretary: Person, heir: Post, sign_in: SignIn
) -> None:
    case = open_repair(county)
    client, address = sign_in(secretary), f"/org/posts/{county.safety.pk}/transfer/"
    clash = client.post(address, {"new": county.duty.pk, "reason": "机构合并"})
    assert case.number in clash.content.decode() and "监督岗位与落实岗位相同" in clash.content.decode()
    assert client.post(address, {"new": heir.pk}).status_code == 422  # the form again: the reason is missing
    assert Case.objects.get(pk=case.pk).implementer == county.safety
