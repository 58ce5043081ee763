"""The demo's data tables, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the table `data/<name>.toml`."""
    return tomllib.loads(files("anwei.demo").joinpath(f"data/{name}.toml").read_text("utf-8"))
