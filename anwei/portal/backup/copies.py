"""Copies of all an installation owns, taken while it runs."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreUnreadable
from anwei.portal import postgres
from anwei.portal.backup.failed import BackupFailed
from anwei.portal.database import address

PATIENCE = 300.0  # s for the stream process to copy its store


def copy_business(folder: DataFolder, target: Path) -> None:
    """Copy the business database, whichever it is."""
    if not address():
        _copy_database(folder.database, target / folder.database.name)
        return
    target.mkdir(mode=0o700)
    try:
        postgres.dump(address(), target / postgres.DUMP)
    except postgres.DatabaseNotCopied as error:
        raise BackupFailed(str(error)) from error


def _copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database, also while it is written to."""
    if not source.exists():
        raise BackupFailed(_("没有业务数据库 {path}").format(path=source))
    target.parent.mkdir(mode=0o700)
    with closing(sqlite.connect(str(source))) as original, closing(sqlite.connect(str(target))) as copy:
        original.backup(copy)
    target.chmod(0o600)


def copy_telemetry(folder: DataFolder, target: Path) -> None:
    """Copy the telemetry store: by the stream process if it runs, else by opening it here."""
    copies = folder.folder("copies")
    for left in copies.iterdir():  # by a backup that was killed; there is only one at a time
        shutil.rmtree(left)
    staged = copies / f"{os.getpid()}"
    try:
        with owned(folder.telemetry) as store:
            if store:
                store.copy(staged)
            else:
                asyncio.run(_ask_for_copy(folder, staged))
        shutil.copytree(staged, target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@contextmanager
def owned(path: Path) -> Iterator[EmbeddedStore | None]:
    """Give the store when nobody else has it open, else None."""
    try:
        store = EmbeddedStore(path, background=False)
    except StoreUnreadable:
        yield None
        return
    with closing(store):
        yield store


async def _ask_for_copy(folder: DataFolder, target: Path) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            nc = await connect(folder, name="backup")
            stored = (await Doors(nc).status())["samples_stored"]
            await Doors(nc, timeout=PATIENCE).copy(target)
            await nc.close()
    except (TimeoutError, NatsError, StoreAway) as error:
        raise BackupFailed(_("数据流进程没有交出监测数据：{error}").format(error=error)) from error
    with owned_copy(target) as store:
        if store.figures()["samples_stored"] < stored:
            raise BackupFailed(_("监测数据的副本缺少已入库的采样"))


@contextmanager
def owned_copy(path: Path) -> Iterator[EmbeddedStore]:
    """Open a copy of the store; raises BackupFailed when it does not open."""
    with owned(path) as store:
        if store is None:
            raise BackupFailed(_("监测数据的副本打不开：{path}").format(path=path))
        yield store


def copy_tree(source: Path, target: Path) -> None:
    """Copy the folders of a backup; everything becomes private."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in source.iterdir():
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name)
    for path in target.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
