"""What every test stands on: a data folder and a database file of its own."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.management.commands import flush
from django.db import connections

from anwei.datafolder import DataFolder
from anwei.ledgers import append_only, confined
from tests.support.kept import begins_with, commits
from tests.support.logins import record_forced
from tests.support.migrated import copy_migrated, migrated_on
from tests.support.statements import Statements, asking_something_new, told

TESTS = Path(__file__).parent
SMALL = 200_000  # bytes of a file that is worth keeping
IN_PROCESS = ("kernel", "ledgers", "monitoring", "sites")  # no family of processes
LONGEST = {TESTS / "stories", TESTS / "matrix"}  # files of minutes, none of which shall run last and alone
PAGES = ("pages", "portal")  # every query of which the office's walk through all doors runs (tests/matrix)
ABOUT_THE_DATABASE = {  # files of pages that are nevertheless run again
    "test_erasures.py",
    "test_scope.py",
    "test_search.py",
    "test_system.py",
}
LONG = {  # files and tests that take seconds, and send no other SQL than their neighbours
    "test_histories.py",
    "test_tamper.py",
    "test_language.py",
    "test_query_counts.py",
    "test_a_thousand_forged_addresses_gain_nothing",
    "test_a_thousand_forged_addresses_gain_nothing_behind_one_proxy",
    "test_an_answer_never_depends_on_what_starts_later",
    "test_every_result_can_be_opened",
    "test_the_desk_costs_the_same_for_one_case_and_for_many",
    "test_a_broker_that_comes_back_empty_gets_the_register_again",
    "test_a_screen_closes_within_five_seconds_of_losing_its_right",
    "test_a_screen_of_another_scope_gets_nothing_of_it",
    "test_a_visitor_without_an_account_gets_no_stream",
    "test_screens_that_are_closed_leave_nothing_behind",
    "test_the_api_answers_values_from_the_store",
    "test_the_screens_of_an_old_owner_get_nothing_more",
    "test_values_on_screen_and_their_age_move",
    "test_wrong_name_and_wrong_password_take_the_same_time",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and in a file what builds on no county first; mark `db` for PostgreSQL.

    Marked is what uses the business database, without a browser, without the mark `sqlite`, and is not long; of
    the pages what commits, or is about the database. Of these PostgreSQL is asked by who asks something new,
    where the same tests have just run on SQLite.
    """
    files = {item.path: number for number, item in reversed([*enumerate(items)])}
    items.sort(
        key=lambda item: (
            not LONGEST & {*item.path.parents},
            files[item.path],
            begins_with(item, "county"),
        )
    )
    rooms, pages = ({TESTS / room for room in names} for names in (IN_PROCESS, PAGES))
    for item in items:
        fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        uses_database = fixtures or item.get_closest_marker("django_db")
        once = {item.path.name, getattr(item, "originalname", "")} & LONG or any(
            map(item.get_closest_marker, ("sqlite", "e2e"))
        )
        again = commits(item) or item.path.name in ABOUT_THE_DATABASE
        chosen = rooms & {*item.path.parents} or (again and pages & {*item.path.parents})
        if uses_database and chosen and not once:
            item.add_marker("db")
    if connections["default"].vendor == "postgresql":
        _leave_out_what_was_asked(config, items)


def _leave_out_what_was_asked(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to SQLite the tests whose statements another test sends to PostgreSQL (tests/support/statements)."""
    marked = {item.nodeid: item for item in items if item.get_closest_marker("db")}
    sent = {test: forms for test, forms in told().items() if test in marked}
    always = {
        test
        for test, item in marked.items()
        if not sent.get(test) or commits(item) or _tells_databases_apart(item.path)
    }
    left_out = marked.keys() - asking_something_new(sent, always)
    config.hook.pytest_deselected(items=[marked[test] for test in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]


@cache
def _tells_databases_apart(file: Path) -> bool:
    return file.name in ABOUT_THE_DATABASE or bool(re.search(r"\.vendor\b|PostgreSQL", file.read_text()))


@cache
def _statements() -> Statements:
    return Statements(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Write down which statements a test marked `db` sends to SQLite."""
    if connections["default"].vendor != "sqlite" or not item.get_closest_marker("db"):
        return (yield)
    with _statements().of(item.nodeid):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def rare_garbage_collection() -> None:
    """Leave out of the search for garbage what is loaded by now, and search for the rest a seventieth as often.

    A test process holds every module and every test, and looked through all of them again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def children_answer_once() -> Iterator[None]:
    """Start no second child for the same small file: what it answers depends on nothing else.

    Nearly all tests hand in the same few photos, and each costs a Python of its own. What a child refuses by
    dying is asked anew.
    """
    run = confined.run
    answered = lru_cache(500)(run)

    def once(program: Path, content: bytes, *options: str, **limits: int) -> bytes:
        return (answered if len(content) < SMALL else run)(program, content, *options, **limits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confined, "run", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """Keep keys and evidence of the tests out of the checkout's own data folder."""
    folder, settings.DATA = settings.DATA, DataFolder(tmp_path_factory.mktemp("data"))
    yield settings.DATA
    settings.DATA = folder


@pytest.fixture(scope="session", autouse=True)
def logins_of_tests() -> None:
    """Let `force_login` count as a login just made, or every dangerous act would ask again who it is."""
    user_logged_in.connect(record_forced)


@pytest.fixture(scope="session")
def migrate() -> Callable[[Path], None]:
    """Make a data folder with a migrated database, for families whose very first start is not the question."""

    def made(path: Path) -> None:
        copy_migrated(DataFolder(path).database)

    return made


@pytest.fixture(autouse=True)
def no_anchor_of_another_database(data_folder: DataFolder) -> None:
    """Forget the heads that an earlier test wrote down outside its database."""
    (data_folder.folder("anchor") / "heads.txt").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Use a database file, as in life (threads and processes share it), or one database a test process.

    Each begins as a copy of one that is migrated.
    """
    for connection in connections.all():
        if connection.vendor == "sqlite":
            file = tmp_path_factory.mktemp("database") / "test.sqlite3"
            copy_migrated(file)
            connection.settings_dict["TEST"]["NAME"] = str(file)
        else:
            lock = tmp_path_factory.getbasetemp().parent / "migrated.lock"  # of all test processes
            connection.settings_dict["TEST"]["TEMPLATE"] = migrated_on(os.environ["ANWEI_DATABASE"], lock)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Go on with the file that was copied, instead of an empty one."""
    return connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session", autouse=True)
def flush_of_append_only_tables() -> Iterator[None]:
    """Let Django empty the test database after a transactional test, which the append-only triggers refuse."""
    handle = flush.Command.handle

    def unprotected(self: flush.Command, **options: Any) -> None:
        append_only.drop(connections[options["database"]])
        handle(self, **options)  # its post_migrate makes the triggers anew

    flush.Command.handle = unprotected  # type: ignore[method-assign]
    yield
    flush.Command.handle = handle  # type: ignore[method-assign]
