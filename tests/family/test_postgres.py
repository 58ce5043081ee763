"""A whole installation on PostgreSQL: it runs, is backed up and proved, and comes back from the backup."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from anwei.portal import postgres as copies
from tests.support.family import Family
from tests.support.postgres import USER, WHY_NOT, Postgres, binaries

pytestmark = pytest.mark.skipif(binaries() is None, reason=WHY_NOT)


def anwei(folder: Path, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANWEI_DATA": str(folder), "ANWEI_DATABASE": address}
    return subprocess.run(
        [sys.executable, "-m", "anwei", *words], env=environment, capture_output=True, text=True, check=False
    )


def test_an_installation_lives_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Postgres() as server:
        monkeypatch.setenv("ANWEI_DATABASE", server.address)
        with Family(tmp_path / "data") as family:
            assert family.command("territory", "990101", "测试县").returncode == 0
            saved = family.command("backup", str(tmp_path / "saved"))
            assert saved.returncode == 0, saved.stderr
        assert not (tmp_path / "data" / "business" / "anwei.sqlite3").exists()
        assert (tmp_path / "saved" / "business" / copies.DUMP).stat().st_mode & 0o077 == 0

        into_the_full_one = anwei(tmp_path / "again", server.address, "restore", str(tmp_path / "saved"))
        assert into_the_full_one.returncode == 1 and "不是空的" in into_the_full_one.stderr
        on_sqlite = anwei(tmp_path / "again", "", "restore", str(tmp_path / "saved"))
        assert on_sqlite.returncode == 1 and "ANWEI_DATABASE" in on_sqlite.stderr

        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE second")
            left = connection.execute(
                "SELECT count(*) FROM pg_database WHERE datname LIKE 'anwei_drill%'"
            ).fetchone()
        assert left == (0,)
        second = f"postgresql://{USER}@127.0.0.1:{server.port}/second"
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
