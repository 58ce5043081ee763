"""What PostgreSQL is asked: each form of a statement that a test sent, and no fewer (tests/support/statements)."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q

from anwei.org.models import Person, Unit
from tests.kernel.county import County
from tests.support import statements
from tests.support.statements import FAULT, Statements, asking_something_new, form

pytestmark = pytest.mark.sqlite  # which writes down what PostgreSQL is asked


def sent(call) -> set[str]:  # type: ignore[no-untyped-def]
    """Return what is written down of one call."""
    with Statements("told").of("it"):
        call()
    return set(json.loads((statements.KEPT / "told.jsonl").read_text())[2])


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(statements, "KEPT", tmp_path)


@pytest.mark.django_db
def test_another_number_of_values_is_no_other_form_and_another_kind_is(county: County) -> None:
    def found(*names: str) -> set[str]:
        return sent(lambda: list(Unit.objects.filter(name__in=names)))

    assert found("a") == found("b", "c", "d")
    assert len({*map(frozenset, (found("a"), found("a" * 200), found("a\0")))}) == 3
    alike = (Q(name__contains=text) for text in ("a", "b", "5%"))
    plain, other, marked = (sent(lambda one=one: list(Unit.objects.filter(one))) for one in alike)
    assert plain == other != marked


@pytest.mark.django_db
def test_a_lock_and_a_refusal_are_told_though_sqlite_s_statement_is_the_same(county: County) -> None:
    read = sent(lambda: list(Person.objects.all()))
    assert read < sent(lambda: list(Person.objects.select_for_update()))

    def twice() -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(username=county.worker.username)

    assert FAULT in sent(twice) and FAULT not in read


def test_each_form_is_asked_by_somebody() -> None:
    a, b, c = (form(f"SELECT {name}") for name in "abc")
    told = {
        "one": frozenset({a}),
        "two": frozenset({a, b}),
        "refused": frozenset({FAULT, c}),
        "three": frozenset({c}),
    }
    assert asking_something_new(told, []) == {"two", "refused"}
    assert asking_something_new(told, ["one"]) == {"one", "two", "refused"}
