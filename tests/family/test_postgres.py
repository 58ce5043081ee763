"""A whole installation on PostgreSQL: it runs, is backed up and proved, and comes back from the backup."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anwei.portal import postgres as copies
from tests.support.family import Family

FIRST, SECOND = "family_first", "family_second"


@pytest.fixture
def server() -> Iterator[str]:
    """Address, without a database, of the PostgreSQL these tests run on; it has two empty databases for them."""
    if not os.environ.get("ANWEI_DATABASE"):
        pytest.skip("runs with DB=postgres")
    address, _, name = os.environ["ANWEI_DATABASE"].rpartition("/")
    with psycopg.connect(f"{address}/{name}", autocommit=True) as connection:
        for database in (FIRST, SECOND):
            connection.execute(f"CREATE DATABASE {database}")
        yield address
        for database in (FIRST, SECOND):
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def anwei(folder: Path, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANWEI_DATA": str(folder), "ANWEI_DATABASE": address}
    return subprocess.run(
        [sys.executable, "-m", "anwei", *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.db
def test_an_installation_lives_on_postgresql(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = f"{server}/{FIRST}", f"{server}/{SECOND}"
    monkeypatch.setenv("ANWEI_DATABASE", first)
    with Family(tmp_path / "data") as family:
        assert family.command("territory", "990101", "测试县").returncode == 0
        saved = family.command("backup", str(tmp_path / "saved"))
        assert saved.returncode == 0, saved.stderr
    assert not (tmp_path / "data" / "business" / "anwei.sqlite3").exists()
    assert (tmp_path / "saved" / "business" / copies.DUMP).stat().st_mode & 0o077 == 0

    into_the_full_one = anwei(tmp_path / "again", first, "restore", str(tmp_path / "saved"))
    assert into_the_full_one.returncode == 1 and "不是空的" in into_the_full_one.stderr
    on_sqlite = anwei(tmp_path / "again", "", "restore", str(tmp_path / "saved"))
    assert on_sqlite.returncode == 1 and "ANWEI_DATABASE" in on_sqlite.stderr

    with psycopg.connect(first) as connection:
        drills = "SELECT count(*) FROM pg_database WHERE datname LIKE 'anwei_drill%'"
        assert connection.execute(drills).fetchone() == (0,)
    restored = anwei(tmp_path / "again", second, "restore", str(tmp_path / "saved"))
    assert restored.returncode == 0, restored.stderr
    assert copies.row_counts(second)["org_territory"] == 1


def test_what_is_no_address_is_one_sentence(tmp_path: Path) -> None:
    done = anwei(tmp_path, "mysql://root:geheim@host/db", "verify")
    assert done.returncode == 1
    assert done.stderr.strip() == "ANWEI_DATABASE 应为 postgresql://用户:口令@主机:端口/库名"


def test_a_server_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    done = anwei(tmp_path, "postgresql://anwei:geheim@127.0.0.1:1/anwei", "prepare")
    assert done.returncode == 1
    assert "数据库连不上" in done.stderr
    assert "geheim" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
