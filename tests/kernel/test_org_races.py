"""Two hands at once at a form of posts, letters and accounts: both get a sentence, nobody a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anwei.ledgers.models import Change
from anwei.org.models import Holding, KeyTask, Person, Post, Signing
from tests.kernel.accounts import official
from tests.kernel.county import NOW, County, build, county_clerk

N_HANDS = 8
pytestmark = pytest.mark.django_db(transaction=True)
REASON = {"reason": "补充"}
Body = Callable[[int], Mapping[str, Any]]


@pytest.fixture
def county(transactional_db: None) -> County:
    return build()


@pytest.fixture
def clerk(county: County) -> Person:
    return county_clerk()


def at_once(person: Person, door: str, body: Body) -> tuple[Counter[int], str]:
    """Send the form by all hands at the same moment; return how often which status, and all that was said."""
    barrier = Barrier(N_HANDS)

    def hand(n: int) -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        client.force_login(person)
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            answer = client.post(door, body(n))
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(N_HANDS) as pool:
        answers = list(pool.map(hand, range(N_HANDS)))
    return Counter(status for status, _text in answers), "".join(text for _status, text in answers)


def test_every_hand_adds_its_duty_under_a_number_of_its_own(county: County, clerk: Person) -> None:
    post = county.safety
    before = post.duties.count()
    door = f"/org/posts/{post.pk}/duties/new/"
    statuses, _said = at_once(clerk, door, lambda n: {"text": f"职责{n}", "citation": f"{n}号", **REASON})
    assert statuses == {302: N_HANDS}
    assert [duty.number for duty in post.duties.order_by("number")][before:] == [
        before + 1 + n for n in range(N_HANDS)
    ]
    assert Change.objects.filter(register="org.post", row=str(post.pk), verb="add_duty").count() == N_HANDS


def test_a_task_stands_on_the_list_once(county: County, clerk: Person) -> None:
    door = f"/org/posts/{county.principal.pk}/tasks/new/"
    statuses, said = at_once(clerk, door, lambda n: {"text": "召开全体会议", "due_on": "2026-12-20"})
    assert statuses == {302: 1, 422: N_HANDS - 1} and said.count("清单中已有这一事项") == N_HANDS - 1
    assert KeyTask.objects.count() == 1


def test_a_letter_is_signed_once(county: County, clerk: Person) -> None:
    plant = county.enterprise.unit
    door = f"/org/letters/2026/{plant.pk}/sign/"
    statuses, said = at_once(clerk, door, lambda n: {"signed_on": "2026-03-01", "reference": f"{n}号"})
    assert statuses == {302: 1, 422: N_HANDS - 1} and said.count("已登记签订") == N_HANDS - 1
    assert Signing.objects.count() == 1


def test_an_account_is_opened_once(county: County) -> None:
    keeper, post = official("keeper", "security_admin"), county.townsman.holdings.get().post
    person = {"full_name": "新人", "username": "new-one", "phone": "13800000077", "post": post.pk}
    statuses, said = at_once(keeper, "/org/accounts/new/", lambda n: person)
    assert statuses == {200: 1, 422: N_HANDS - 1}
    assert said.count("已有人使用") + said.count("刚刚登记给了其他人") == N_HANDS - 1
    assert Person.objects.filter(username="new-one").count() == 1


def test_a_newcomer_is_appointed_once(county: County, clerk: Person) -> None:
    door = f"/org/appoint/?unit={county.safety.unit_id}&kind=officer"
    body = {"title": "新岗", "full_name": "新人", "phone": "13800000077", "document": "1号", **REASON}
    statuses, _said = at_once(clerk, door, lambda n: body | {"from_on": NOW.date()})
    assert statuses == {302: 1, 422: N_HANDS - 1}
    assert (
        Post.objects.filter(title="新岗").count() == 1
        and Holding.objects.filter(post__title="新岗").count() == 1
    )
