"""The county in a database: filled once for the tests that read it, and rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from anwei.demo.people import Account
from anwei.ledgers.search import keeping


@pytest.fixture(scope="module")
def county(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DataFolder, list[Account]]]:
    """Fill the county (with a quick password hash) and return its data folder and accounts."""
    folder = DataFolder(tmp_path_factory.mktemp("county"))
    hashers = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # the index of the search takes no savepoints rolled back within one long transaction (SQLite's FTS5)
    unsearched = patch.object(keeping, "index", return_value=0)
    with django_db_blocker.unblock(), transaction.atomic(), unsearched:
        try:
            yield folder, fill(folder, now=timezone.now())
        finally:
            transaction.set_rollback(True)
            settings.PASSWORD_HASHERS = hashers
