"""The county in a database: filled once for the tests that read it, and rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from anwei.demo.people import Account
from tests.kernel.conftest import django_db_setup  # noqa: F401  (the tables of the test-only kinds)
from tests.support.kept import QUICK_HASHES


@pytest.fixture(scope="module")
def county(
    django_db_setup: None,  # noqa: F811
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DataFolder, list[Account]]]:
    """Fill the county (with a quick password hash) and return its data folder and accounts."""
    folder = DataFolder(tmp_path_factory.mktemp("county"))
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHES)
    with django_db_blocker.unblock(), quick, transaction.atomic():
        try:
            yield folder, fill(folder, now=timezone.now())
        finally:
            transaction.set_rollback(True)
