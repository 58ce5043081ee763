"""P2: random tamperings, the triggers dropped as an intruder would; each is found, and found in its place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from anwei.cases.evidence import path_of
from anwei.cases.verify import verify
from anwei.ledgers import append_only
from tests.kernel.county import County
from tests.kernel.tampering import SEALED_COLUMNS, TAMPERINGS, World, fill, renumber, swap

N_TAMPERINGS = [250, pytest.param(1000, marks=pytest.mark.proof)]


@contextmanager
def put_back(files: dict[Path, bytes]) -> Iterator[None]:
    """Undo in the database and in the folder whatever happens within."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        for path, content in files.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)


@pytest.mark.db
@pytest.mark.parametrize("n_tamperings", N_TAMPERINGS)
def test_random_tamperings_are_found_in_their_place(county: County, n_tamperings: int) -> None:
    fill(county)
    append_only.drop(connection)
    assert verify().broken == ()
    world = World(random.Random(20261125))
    files = {path_of(paper.stored_as): path_of(paper.stored_as).read_bytes() for paper in world.papers}
    done: Counter[str] = Counter()
    missed = []
    while done.total() < n_tamperings:
        tamper, model = world.dice.choice(TAMPERINGS), world.dice.choice(list(SEALED_COLUMNS))
        with put_back(files):
            try:
                with transaction.atomic():
                    places = tamper(world, model)
            except DatabaseError:
                continue  # a constraint of the database refused the tampering itself
            if not places or not _differs(world, model, tamper):
                continue
            done[tamper.__name__] += 1
            found = {(broken.chain, broken.number) for broken in verify().broken}
            if not found & places:
                missed.append((tamper.__name__, model.__name__, places, found))
    assert missed == []
    assert min(done[tamper.__name__] for tamper in TAMPERINGS) > n_tamperings // 66, done
    assert verify().broken == ()
    append_only.create(connection)


def _differs(world: World, model: type, tamper: Callable[..., Any]) -> bool:
    """Two rows that said the same were exchanged: nothing was done."""
    if tamper not in (swap, renumber):
        return True
    return list(model._default_manager.order_by("pk").values()) != world.rows[model]
