"""The province's sheet of hazards: which header stands over which column of the ledger, in their order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

PROVINCIAL_SHEET = (
    "provincial_sheet"  # key of the county's Setting: {name of the ledger's column: header, "" = left out}
)


@cache
def default_columns() -> Mapping[str, str]:
    """Return the default template (TEMPLATE): {name of the ledger's column: header}, in its order."""
    path = files("anwei.standards") / "data" / "hazards" / "provincial_sheet.toml"
    columns: Mapping[str, str] = tomllib.loads(path.read_text("utf-8"))["columns"]
    return columns
