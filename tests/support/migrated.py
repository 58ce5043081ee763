"""A migrated database: made once for all test processes, and again only when a migration or a library is new."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.broker import REPOSITORY
from tests.support.family import Family

KEPT = REPOSITORY / "build" / "migrated"  # one data folder a state of the migrations
ON_SERVER = "anwei_migrated"  # name of the database that PostgreSQL makes others from


def copy_migrated(database: Path) -> None:
    """Write a migrated SQLite database to `database`.

    To migrate from nothing takes ten seconds of processor time. The one that is kept goes by what the migrations and
    the locked libraries say; whatever Django and the rooms do after each migration, it does in the copy.
    """
    with _alone(KEPT.with_suffix(".lock")):
        kept = KEPT / _state()
        if not kept.exists():
            shutil.rmtree(KEPT, ignore_errors=True)
            KEPT.mkdir(parents=True)
            made = Path(tempfile.mkdtemp(dir=KEPT))
            _migrate(made, "")
            made.rename(kept)
        shutil.copyfile(Family(kept).folder.database, database)


def migrated_on(server: str, lock: Path) -> str:
    """Return the name of a migrated database on a PostgreSQL (its address ends with an existing database)."""
    address = f"{server.rpartition('/')[0]}/{ON_SERVER}"
    with _alone(lock), psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ON_SERVER]).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE {ON_SERVER}")
            with tempfile.TemporaryDirectory() as folder:
                _migrate(Path(folder), address)
    return ON_SERVER


def _migrate(folder: Path, address: str) -> None:
    done = Family(folder, ANWEI_DATABASE=address).command("migrate", "--no-input")
    assert done.returncode == 0, done.stdout + done.stderr


def _state() -> str:
    """Return a digest of what the tables come from."""
    files = sorted((REPOSITORY / "anwei").glob("*/migrations/*.py"))
    digest = hashlib.sha256()
    for file in [REPOSITORY / "requirements-dev.lock", *files]:
        digest.update(f"{file.name} {file.stat().st_size}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
