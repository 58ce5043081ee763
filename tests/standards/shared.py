"""The facts the standards were carried over from, where the folder shared/ stands beside the checkout."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.broker import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "standards"
PROCEDURES = SHARED.with_name("procedures")
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder shared/ is not beside the checkout")


def shared_rows(name: str, folder: Path = SHARED) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))


def shared_table(name: str, folder: Path = SHARED) -> dict[str, Any]:
    return tomllib.loads((folder / name).read_text("utf-8"))
