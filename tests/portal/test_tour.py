"""The tour names pages that there are."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve

from tests.support.broker import REPOSITORY

TOUR = (REPOSITORY / "docs" / "tour.md").read_text("utf-8")
PAGES = sorted(set(re.findall(r"`(/(?:[a-z]+/)*)`", TOUR)))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_tour_is_there(page: str) -> None:
    assert resolve(page)


def test_the_tour_has_pages_and_both_readmes_lead_to_it() -> None:
    assert len(PAGES) > 15
    for name in ("README.md", "README.zh-CN.md"):
        assert "(docs/tour.md)" in (REPOSITORY / name).read_text("utf-8")
