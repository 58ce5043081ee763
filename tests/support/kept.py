"""What the tests of one module begin with, built once and given to each of them whole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from anwei.datafolder import DataFolder
from tests.support.commits import after_commit

World = TypeVar("World")
QUICK_HASHES = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@contextmanager
def clock_of(request: pytest.FixtureRequest, moment: datetime) -> Iterator[None]:
    """Let a test happen at `moment`; a browser's clock cannot be moved, so neither is the server's."""
    if request.node.get_closest_marker("e2e"):
        yield
        return
    with time_machine.travel(moment, tick=True):
        yield


def once_a_module(build: Callable[[], World], moment: datetime, *, fixture: str) -> Any:
    """Return a fixture that builds at `moment`, once a module, what `fixture` gives to each of its tests.

    What is built stands in a transaction around all of them; each test rolls back to it and gets objects of
    its own. Where one of them commits, it is built for each test anew.
    """

    @pytest.fixture(scope="module")
    def built(
        request: pytest.FixtureRequest,
        data_folder: DataFolder,
        django_db_setup: None,
        django_db_blocker: DjangoDbBlocker,
    ) -> Iterator[Callable[[], World]]:
        tests = [item for item in request.session.items if item.path == request.path]
        if any(commits(test) for test in tests if begins_with(test, fixture)):
            yield build
            return
        with django_db_blocker.unblock(), transaction.atomic():
            with override_settings(PASSWORD_HASHERS=QUICK_HASHES), time_machine.travel(moment, tick=True):
                world = build()
                after_commit()  # here, or the first test would do it and take it along when it is rolled back
            with django_db_blocker.block():
                yield lambda: copy.deepcopy(world)
            transaction.set_rollback(True)

    return built


def begins_with(test: pytest.Item, fixture: str) -> bool:
    """Say whether a test asks for the fixture; whoever does not comes first in a module (tests/conftest.py)."""
    return fixture in getattr(test, "fixturenames", ())


def commits(test: pytest.Item) -> bool:
    """Say whether a test commits, or needs a database that others' threads see."""
    names = set(getattr(test, "fixturenames", ()))
    marker = test.get_closest_marker("django_db")
    transaction = marker is not None and marker.kwargs.get("transaction", False)
    return bool({"transactional_db", "live_server"} & names or transaction)
