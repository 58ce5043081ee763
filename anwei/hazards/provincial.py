"""Hazards in the columns of the province's sheet, out and in, so that nothing is typed twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.services import county_setting
from anwei.standards.hazards.provincial import PROVINCIAL_SHEET, default_columns


def provincial_headers() -> Mapping[str, str]:
    """Return the headers of the province's sheet with the names of the ledger's columns, in their order."""
    own: Mapping[str, str] = county_setting(PROVINCIAL_SHEET, {})
    return {header: name for name, header in {**default_columns(), **own}.items() if header}


def provincial_columns(ledger: Ledger) -> tuple[Column, ...]:
    """Return the columns of the ledger in the order and under the headers of the province's sheet.

    A header whose column the ledger does not have any more is left out.
    """
    known = {column.name: column for column in ledger.columns}
    return tuple(
        replace(known[name], label=header) for header, name in provincial_headers().items() if name in known
    )
