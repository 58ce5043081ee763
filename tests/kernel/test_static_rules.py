"""Our own static rules bite, and the package keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.static_rules import ALLOWED, PACKAGE, breaches


def test_the_package_keeps_the_rules() -> None:
    assert list(breaches()) == []


def test_every_exception_is_still_needed() -> None:
    assert all((PACKAGE / name).exists() for name, _rule in ALLOWED)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("rows.filter(**request.GET.dict())", "a query whose columns a request names"),
        ("rows.exclude(**dict(self.request.POST))", "a query whose columns a request names"),
        ("mark_safe(person.full_name)", "escapes nothing"),
        ("SafeString(text)", "escapes nothing"),
        ("cursor.execute(f'SELECT {x}')", "SQL that is put together"),
        ("cursor.execute('SELECT ' + x)", "SQL that is put together"),
        ("cursor.execute(query % x)", "SQL that is put together"),
        ("Person.objects.raw(text)", "SQL that is put together"),
        ("rows.extra(where=[x])", "SQL beside the ORM"),
        ("@csrf_exempt\ndef view(request): ...", "without its CSRF key"),
    ],
)
def test_a_breach_is_named(tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "bad.py").write_text(code)
    assert [said in sentence for sentence in breaches(tmp_path)] == [True]


@pytest.mark.parametrize(
    "code", ["mark_safe('<b>')", "cursor.execute('SELECT %s', [x])", "cursor.execute(QUERY)"]
)
def test_what_is_harmless_passes(tmp_path: Path, code: str) -> None:
    (tmp_path / "good.py").write_text(code)
    assert list(breaches(tmp_path)) == []


@pytest.mark.parametrize("text", ["{{ name|safe }}", "{{ name | safe }}", "{% autoescape off %}"])
def test_an_unescaped_template_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "bad.html").write_text(text)
    assert len(list(breaches(tmp_path))) == 1
