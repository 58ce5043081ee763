"""`anwei backup DIR` and `anwei restore DIR`: a copy of all an installation owns, proved by restoring it.

The business database comes first and the telemetry store second: read again from the store, alarms that are
in the database already change nothing, whereas the other way round some would be missing. The broker's log is
not copied; a restored installation starts a new one, and the store's marks tell it from the old.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from nats.errors import Error as NatsError

import anwei
from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreUnreadable
from anwei.portal import postgres
from anwei.portal.database import VARIABLE, address
from anwei.portal.family import anwei_command
from anwei.portal.system.backups import CONTENTS, only_one

FOLDERS = (
    "keys",
    "evidence",
    "papers",
    "demo",
    "register",
)  # copied as they are; business and telemetry by their owners
NOTED = ("files", "tables", "telemetry", "chain")  # what the list of contents says, besides whence and when
N_NAMED = 5  # damaged files that are named; the rest is counted
PATIENCE = 300.0  # s for the stream process to copy its store
Say = Callable[[str], None]


class BackupFailed(RuntimeError):
    """The copy does not hold what it must; the message says what is wrong."""


def back_up(folder: DataFolder, target: Path, *, now: datetime, say: Say) -> None:
    """Copy the installation into the new folder `target`, then restore it beside and compare.

    Works while the installation runs. Raises BackupFailed, also while another backup or drill is under way;
    a copy that could not be proved is removed.
    """
    with only_one(folder) as alone:
        if not alone:
            raise BackupFailed(_("另一个备份或恢复演练正在进行"))
        _back_up(folder, target, now=now, say=say)


def _back_up(folder: DataFolder, target: Path, *, now: datetime, say: Say) -> None:
    _require_empty(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    drill = target.with_name(f".{target.name}.drill")
    try:
        say(_("复制业务数据库……"))
        _copy_business(folder, target / "business")
        say(_("复制监测数据……"))
        _copy_telemetry(folder, target / "telemetry")
        say(_("复制密钥和佐证材料……"))
        for name in FOLDERS:
            if (folder.root / name).exists():
                shutil.copytree(folder.root / name, target / name)
        say(_("试恢复并核对……"))
        _copy_tree(target, drill)
        contents = {"version": anwei.__version__, "made_at": now.isoformat(), **_figures(drill, drill=True)}
        contents["files"] = dict(_digests(target))
        _write_durably(target / CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1).encode())
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(drill, ignore_errors=True)
    say(_("备份完成：{summary}").format(summary=_summary(contents)))


def restore(source: Path, folder: DataFolder, *, say: Say, drill: bool = False) -> None:
    """Copy a backup into the empty data folder and compare every count and digest with what was noted.

    A dump of PostgreSQL goes into the empty database of ANWEI_DATABASE, in a `drill` into one made for it.
    Raises BackupFailed; what was restored into the folder and does not agree is removed again.
    """
    contents = _contents(source)
    _require_empty(folder.root)
    say(_("核对文件……"))
    _compare_files(contents["files"], dict(_digests(source)))
    try:
        say(_("复制……"))
        _copy_tree(source, folder.root)
        say(_("核对数据库、监测数据和哈希链……"))
        found = _figures(folder.root, drill=drill)
        for name, figures in found.items():
            _compare(name, contents[name], figures)
    except BaseException:
        for entry in folder.root.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
    say(_("恢复完成，与备份一致：{summary}").format(summary=_summary(contents)))


def _contents(source: Path) -> dict[str, Any]:
    """Return what was noted of a backup; raises BackupFailed where that is missing or damaged."""
    path = source / CONTENTS
    try:
        contents = json.loads(path.read_text())
    except OSError as error:
        raise BackupFailed(_("{folder} 不是备份目录：{error}").format(folder=source, error=error)) from error
    except ValueError as error:  # no JSON, or no UTF-8
        raise BackupFailed(_("备份清单损坏：{path}").format(path=path)) from error
    if not isinstance(contents, dict) or not {*NOTED} <= contents.keys():
        raise BackupFailed(_("备份清单损坏：{path}").format(path=path))
    return contents


def _copy_business(folder: DataFolder, target: Path) -> None:
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


def _copy_telemetry(folder: DataFolder, target: Path) -> None:
    """Copy the telemetry store: by the stream process if it runs, else by opening it here."""
    copies = folder.folder("copies")
    for left in copies.iterdir():  # by a backup that was killed; there is only one at a time
        shutil.rmtree(left)
    staged = copies / f"{os.getpid()}"
    try:
        with _owned(folder.telemetry) as store:
            if store:
                store.copy(staged)
            else:
                asyncio.run(_ask_for_copy(folder, staged))
        shutil.copytree(staged, target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@contextmanager
def _owned(path: Path) -> Iterator[EmbeddedStore | None]:
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
    with _owned_copy(target) as store:
        if store.figures()["samples_stored"] < stored:
            raise BackupFailed(_("监测数据的副本缺少已入库的采样"))


def _figures(root: Path, *, drill: bool) -> dict[str, Any]:
    """Return what a folder holds: rows of every table, the store's figures, what `anwei verify` says.

    A dump of PostgreSQL is loaded first: in a `drill` into a database that is dropped again.
    """
    with _owned_copy(root / "telemetry") as store:
        figures = store.figures()
        telemetry = {
            "samples_stored": figures["samples_stored"],
            "rows": figures["hot_rows"] + figures["file_rows"],
            "tags": figures["tags"],
            "marks": store.marks(),
        }
    with _loaded(root / "business", drill=drill) as url:
        counts = postgres.row_counts(url) if url else _row_counts(root)
        return {"tables": counts, "telemetry": telemetry, "chain": _verified(root, url)}


@contextmanager
def _loaded(business: Path, *, drill: bool) -> Iterator[str]:
    """Give the address of the database with the dump in it, or '' where SQLite's file is the database."""
    source = business / postgres.DUMP
    if source.exists() != bool(address()):
        kind, cure = ("PostgreSQL", _("须设置")) if source.exists() else ("SQLite", _("不能设置"))
        sentence = _("备份中的业务数据库是 {kind}，{cure} {variable}。")
        raise BackupFailed(sentence.format(kind=kind, cure=cure, variable=VARIABLE))
    if not source.exists():
        yield ""
        return
    try:
        with postgres.scratch(address()) if drill else nullcontext(address()) as url:
            postgres.load(url, source)
            yield url
    except postgres.DatabaseNotCopied as error:
        raise BackupFailed(str(error)) from error


@contextmanager
def _owned_copy(path: Path) -> Iterator[EmbeddedStore]:
    """Open a copy of the store; raises BackupFailed when it does not open."""
    with _owned(path) as store:
        if store is None:
            raise BackupFailed(_("监测数据的副本打不开：{path}").format(path=path))
        yield store


def _row_counts(root: Path) -> dict[str, int]:
    """Return the number of rows of every table; raises BackupFailed when SQLite finds the file damaged."""
    path = next((root / "business").glob("*.sqlite3"))
    with closing(sqlite.connect(str(path))) as database:
        state = database.execute("PRAGMA integrity_check").fetchone()[0]
        if state != "ok":
            raise BackupFailed(_("业务数据库损坏：{state}").format(state=state))
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        count = 'SELECT count(*) FROM "{}"'
        return {name: database.execute(count.format(name)).fetchone()[0] for (name,) in names}


def _verified(root: Path, url: str) -> str:
    """Return what `anwei verify` says of the chains and the evidence below `root`; raises BackupFailed."""
    done = subprocess.run(
        anwei_command("verify"),
        env={**os.environ, "ANWEI_DATA": str(root), VARIABLE: url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed((done.stderr or done.stdout).strip()[-500:])
    return done.stdout.strip()


def _digests(root: Path) -> Iterator[tuple[str, str]]:
    """Yield relative path and SHA-256 of every file of a backup."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != CONTENTS:
            with path.open("rb") as file:
                yield str(path.relative_to(root)), hashlib.file_digest(file, "sha256").hexdigest()


def _copy_tree(source: Path, target: Path) -> None:
    """Copy the folders of a backup; everything becomes private."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in source.iterdir():
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name)
    for path in target.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _require_empty(path: Path) -> None:
    if path.exists() and any(path.iterdir()):
        raise BackupFailed(_("目录 {path} 不是空的").format(path=path))


def _compare(name: str, noted: object, found: object) -> None:
    if noted != found:
        raise BackupFailed(_("{name} 与备份时记录的不一致").format(name=name))


def _compare_files(noted: dict[str, str], found: dict[str, str]) -> None:
    """Raise BackupFailed, naming the files that are missing, changed or were not there before."""
    damaged = [
        _("{path}（缺少）").format(path=path)
        if path not in found
        else (_("{path}（多出）") if path not in noted else _("{path}（内容已变）")).format(path=path)
        for path in sorted(noted.keys() | found.keys())
        if noted.get(path) != found.get(path)
    ]
    if damaged:
        sentence = _("{n} 个文件与备份时记录的不一致：{files}").format(
            n=len(damaged), files=_("、").join(damaged[:N_NAMED])
        )
        raise BackupFailed(sentence + ("……" if len(damaged) > N_NAMED else ""))


def _summary(contents: dict[str, Any]) -> str:
    return _("{tables} 张表 {rows} 行，采样 {samples} 条，文件 {files} 个").format(
        tables=len(contents["tables"]),
        rows=sum(contents["tables"].values()),
        samples=contents["telemetry"]["rows"],
        files=len(contents["files"]),
    )


def _write_durably(path: Path, content: bytes) -> None:
    """Write the list of contents, last and after all else is on disk: without it, the folder is no backup."""
    os.sync()
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
