"""Which tests ask PostgreSQL something new: told by the statements that each sent to SQLite just before.

A statement is one ORM expression, written for each database by Django. So of the tests that send statements of
one form with values of one kind, PostgreSQL is asked by one. `make test` writes down what each test sent;
`make test DB=postgres` reads it while nothing below `anwei` and `tests` has changed since. What commits, what
was refused by the database, what names PostgreSQL or sent SQLite nothing, and what nothing is known of always
runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models.sql.compiler import SQLCompiler

from tests.support.broker import REPOSITORY

KEPT = REPOSITORY / "build" / "statements"  # one file a test process
FAULT = "fault"  # something was refused; what becomes of the transaction then differs
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\"s\d+_x\d+\"")  # and names of savepoints
REPEATED = (  # how often is no other form
    (re.compile(r"\(%s(?:, %s)+\)"), "(%s)"),
    (re.compile(r"\(%s\)(?:, \(%s\))+"), "(%s)"),
    (re.compile(r"(\S+ = %s)(?: OR \1)+"), r"\1"),
    (re.compile(r"(WHEN [^%]{1,99}%s THEN %s)(?: WHEN [^%]{1,99}%s THEN %s)+"), r"\1"),
)
BY_VALUE = re.compile(r"JSON|REGEXP|LIKE|COLLATE", re.IGNORECASE)  # what these do depends on the value more
LONG, WIDE = 100, 2**31  # characters; a number for which a PostgreSQL integer has no room

JSON = ('"', "{", "[", "true", "false", "null")  # how its values begin

Sent = Mapping[str, frozenset[str]]  # by test


class Statements:
    """Writes down what one test process sends, test by test."""

    def __init__(self, process: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        self._file = (KEPT / f"{process}.jsonl").open("w")
        self._sent: set[str] = set()

    @contextmanager
    def of(self, test: str) -> Iterator[None]:
        """Write down what this thread sends in the `with` block."""
        self._sent.clear()
        as_sql = SQLCompiler.as_sql

        def noting_locks(compiler: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
            sql, params = as_sql(compiler, *args, **kwargs)
            if compiler.query.select_for_update:  # which SQLite's statement does not show
                self._sent.add(f"{compiler.query.select_for_update_of}{form(sql)}")
            return sql, params

        with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(self._note):
            patch.setattr(SQLCompiler, "as_sql", noting_locks)
            yield
        self._file.write(json.dumps([state(), test, sorted(self._sent)]) + "\n")
        self._file.flush()

    def _note(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self._sent.add(form(str(sql)) + kinds(str(sql), params if many else [params]))
        try:
            return execute(sql, params, many, context)
        except DatabaseError:
            self._sent.add(FAULT)
            raise


@lru_cache(10_000)
def form(sql: str) -> str:
    """Return a digest of a statement without its values and without how many they are."""
    text = LITERAL.sub("?", sql)
    for pattern, once in REPEATED:
        text = pattern.sub(once, text)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def kinds(sql: str, rows: Iterable[Any]) -> str:
    """Return what is special about the values: types, and what SQLite takes and PostgreSQL may not."""
    values = [value for row in rows for value in (row.values() if isinstance(row, dict) else row or ())]
    found = {type(value).__name__ for value in values}
    words = [value for value in values if isinstance(value, str)]
    found |= {"long" for word in words if len(word) > LONG} | {"nul" for word in words if "\0" in word}
    found |= {"wide" for value in values if isinstance(value, int) and abs(value) >= WIDE}
    if BY_VALUE.search(sql):
        found |= {f"like {mark}" for mark in r"\%_" for word in words if mark in word.strip("%")}
        found |= {f"json {word[0]}" for word in words if word.startswith(JSON)}
    return "".join(sorted(f" {one}" for one in found))


@cache
def state() -> int:
    """Return when a file of the product or of the tests was written last, in nanoseconds."""
    folders = [
        folder
        for top in ("anwei", "tests")
        for folder, _folders, _files in os.walk(REPOSITORY / top)
        if "__pycache__" not in folder
    ]
    files = (file for folder in folders for file in os.scandir(folder) if file.is_file())
    return max(file.stat().st_mtime_ns for file in files)


def told() -> Sent:
    """Return what each test sent, of those that ran on the files as they are."""
    lines = (json.loads(line) for file in KEPT.glob("*.jsonl") for line in file.open())
    return {test: frozenset(sent) for at, test, sent in lines if at == state()}


def asking_something_new(sent: Sent, always: Iterable[str]) -> set[str]:
    """Return the tests that send all there is to send: those of `always`, and who adds to these, the most first."""
    chosen = {*always} | {test for test, forms in sent.items() if FAULT in forms}
    asked = {one for test in chosen for one in sent.get(test, ())}
    for test in sorted(sent, key=lambda test: (-len(sent[test]), test)):
        if test not in chosen and sent[test] - asked:
            chosen.add(test)
            asked |= sent[test]
    return chosen
