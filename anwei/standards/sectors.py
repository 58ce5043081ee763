"""The one sector table: every source's names mapped to the sectors of the county."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Sector:
    """One sector (行业领域) as the county counts it."""

    code: str
    name: str
    in_speech: bool
    regulator: str
    aliases: tuple[str, ...]


@cache
def sectors() -> dict[str, Sector]:
    """Return all sectors by code, in the order of the table."""
    table = tomllib.loads(files("anwei.standards").joinpath("data/sectors.toml").read_text("utf-8"))
    return {
        row["code"]: Sector(
            row["code"], row["name"], row["in_speech"], row["regulator"], tuple(row["aliases"])
        )
        for row in table["sector"]
    }


@cache
def _by_name() -> dict[str, Sector]:
    return {
        name: sector for sector in sectors().values() for name in (sector.code, sector.name, *sector.aliases)
    }


def sector_named(name: str) -> Sector:
    """Return the sector that a source calls `name`.

    Raises KeyError when no source is known to use that name.
    """
    return _by_name()[name.strip()]
