"""One county for all of a file's calls; each call is undone after its answer was read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from anwei.cases.desk import counts_of
from anwei.datafolder import DataFolder
from anwei.monitoring import bus
from anwei.monitoring.stream.samples import Reason, Reject
from anwei.org.models import Person
from anwei.portal import context, refusals
from tests.kernel.conftest import django_db_setup  # noqa: F401  (the table of the test-only kind)
from tests.kernel.county import NOW
from tests.matrix.building import build
from tests.matrix.callers import Caller, callers
from tests.matrix.world import World, canary
from tests.pages.store import Store
from tests.support.kept import QUICK_HASHES

LOOKED_AT = NOW + timedelta(minutes=5)


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture(scope="package", autouse=True)
def data_folder(store: Store) -> Iterator[DataFolder]:
    """Keys, evidence and broker of these tests in one folder (instead of the one all tests share)."""
    folder, settings.DATA = settings.DATA, store.folder
    yield store.folder
    settings.DATA = folder


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, store: Store) -> Iterator[World]:  # noqa: F811
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=QUICK_HASHES),
        time_machine.travel(LOOKED_AT, tick=False),
        transaction.atomic(),
    ):
        try:
            made = build()
            for place in made.places.values():
                mark = canary(place.name)
                refused = Reject(
                    Reason.UNKNOWN_TAG, place.device.code, mark, int(LOOKED_AT.timestamp() * 1000), mark
                )
                store.write(place.tag.number, [(int(NOW.timestamp() * 1000), 0.5)], [refused])
            yield made
        finally:
            transaction.set_rollback(True)


@pytest.fixture(scope="package")
def visitors(world: World) -> dict[str, Caller]:
    return callers(world)


@pytest.fixture(autouse=True, scope="package")
def every_stranger_goes_on_record() -> Iterator[None]:
    """Lift the bound on how many refusals of strangers are kept a minute."""
    allowance, refusals.strangers = refusals.strangers, refusals.Allowance(10**9)
    yield
    refusals.strangers = allowance


@pytest.fixture(autouse=True, scope="package")
def the_frame_is_counted_once() -> Iterator[None]:
    """Count what waits once for each person: numbers of the frame, the same on every page of the walk.

    They are half of what a page costs. Each person's first page asks for them as the product does, and the
    desk's own page shows what is counted.
    """
    once = cache(lambda key: counts_of(Person.objects.get(pk=key), LOOKED_AT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "counts_of", lambda person, now: once(person.pk))
        yield


@pytest.fixture(autouse=True, scope="package")
def refusals_are_no_news() -> Iterator[None]:
    """Keep thousands of expected 403 and 404 out of the log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True, scope="package")
def the_store_is_given_time() -> Iterator[None]:
    """Let an answer say what somebody may see, never that the machine was busy: two seconds may be too few."""
    patience, bus.PATIENCE_S = bus.PATIENCE_S, 60.0
    yield
    bus.PATIENCE_S = patience
