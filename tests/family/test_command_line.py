"""`anwei --help` and the commands it lists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from anwei.portal.cli import LIGHT, UNREAD
from tests.support.broker import REPOSITORY


def anwei(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anwei", *words],
        env={**os.environ, "LANGUAGE": "zh", **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_listed_command_exists() -> None:
    listed = re.findall(r"^  anwei ([\w-]+)", anwei("--help").stdout, re.MULTILINE)
    assert len(listed) >= 12
    assert [name for name in listed if name not in LIGHT and name not in get_commands()] == []
    assert [name for name in LIGHT if name not in listed] == []


def test_the_family_starts_without_django() -> None:
    """Gate, stream and the supervisor stay small: nothing of theirs imports Django."""
    modules = "anwei.portal.cli, anwei.portal.family, anwei.portal.status, anwei.monitoring.stream.gate"
    code = f"import sys, {modules}; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_nothing_running_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    answer = anwei("status", ANWEI_DATA=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stdout.startswith("未运行")


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en_GB.UTF-8", "Not running"),
        ("en", "Not running"),
        ("zh_CN:en", "未运行"),
        ("C.UTF-8", "未运行"),
        ("POSIX", "未运行"),
        ("fr_FR.UTF-8", "未运行"),
    ],
)
def test_it_speaks_chinese_unless_the_environment_asks_for_english(
    tmp_path: Path, language: str, first: str
) -> None:
    assert anwei("status", ANWEI_DATA=str(tmp_path), LANGUAGE=language).stdout.startswith(first)


def test_a_network_without_a_certificate_is_refused(tmp_path: Path) -> None:
    answer = anwei("run", ANWEI_DATA=str(tmp_path), ANWEI_BIND="0.0.0.0")
    assert answer.returncode == 1
    assert "ANWEI_TLS_CERT" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("words", [["status"], ["status", "--json"], ["--help"], ["ledger", "list"]])
def test_a_reader_that_stops_reading_ends_a_command_quietly(tmp_path: Path, words: list[str]) -> None:
    """As in `anwei status | head`: the pipe is closed before anything is written."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "anwei", *words],
        env={**os.environ, "LANGUAGE": "zh", "ANWEI_DATA": str(tmp_path)},
        cwd=REPOSITORY,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (UNREAD, "")
