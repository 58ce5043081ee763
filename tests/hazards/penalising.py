"""What tests of penalties build: who decides, what is told, how one is recorded and published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from anwei.hazards.models import Hazard, Penalty
from anwei.org.models import Person, Post
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, ORDERED, act, file, signed_in
from tests.kernel.county import in_post

DECIDED = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def head(safe: Safe) -> Person:
    post = Post.objects.create(unit=safe.supervising.unit, kind="principal", title="局长")
    return in_post("bureau head", post)


def told(**changed: Any) -> dict[str, Any]:
    return {
        "fine": "P097-5",
        "sanction": "罚款",
        "amount": "20000",
        "decision_number": "测应急罚〔2026〕1号",
        "decided_on": DECIDED.isoformat(),
        "person_name": "",
        **changed,
    }


def recorded(person: Person, where: str, **changed: Any) -> Penalty:
    answer = signed_in(person).post(f"/penalties/new/?{where}", told(**changed))
    assert answer.status_code == 302, answer.content.decode()
    return Penalty.objects.get(pk=re.fullmatch(r"/cases/(\d+)/", answer.url)[1])  # type: ignore[index]


def published(safe: Safe, head: Person, penalty: Penalty) -> Penalty:
    submitted = act(safe.inspector, penalty, "submit", public_text=penalty.public_text)
    assert submitted.status_code == 302, submitted.content.decode()
    answer = act(head, penalty, "publish", opinion="同意", signature_typed=head.full_name)
    assert answer.status_code == 302, answer.content.decode()
    return penalty


def major(safe: Safe) -> Hazard:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **ORDERED | {"grade": "major", "criterion": CRITERION})
    return hazard


def annulled(person: Person, penalty: Penalty, told: dict[str, Any]) -> str:
    """Annul what is public, having read what the public will be told; return that page."""
    door = f"/penalties/{penalty.pk}/annul/"
    first = signed_in(person).post(door, told)
    page = first.content.decode()
    assert first.status_code == 422 and "将要公开的说明" in page, page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert signed_in(person).post(door, told | {"reason": "另一理由", "seen": seen[1]}).status_code == 422
    assert signed_in(person).post(door, told | {"seen": seen[1]}).status_code == 302
    return page
