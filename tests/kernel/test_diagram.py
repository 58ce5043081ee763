"""The page of lifecycles is drawn from the tables and is up to date."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

PAGE = Path(__file__).parents[2] / "docs" / "lifecycles.md"


def test_the_page_is_what_the_tables_say() -> None:
    drawn = StringIO()
    call_command("lifecycles", stdout=drawn)
    assert "[*] --> assigned" in drawn.getvalue()
    assert "维修" not in drawn.getvalue()  # the kind of the tests is not a kind of the product
    assert PAGE.read_text("utf-8") == drawn.getvalue(), "run `anwei lifecycles > docs/lifecycles.md`"
