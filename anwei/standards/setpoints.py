"""Set-points of monitoring: where law or standard calls a reading an alarm, each with its clause.

Rows whose confidence is MEMORY are defaults that a county may change, and say so in their citation.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Setpoint:
    """One limit of one quantity at one place; no `value` where the text asks for an instrument only."""

    id: str
    domain: str
    quantity: str
    unit: str
    level: str
    op: str
    value: float | None
    action: str
    standard: str
    clause: str
    confidence: str
    source: str
    note: str

    @property
    def changeable(self) -> bool:
        """Whether a county may set another number: no clause names this one, or it is from memory."""
        return not self.clause or self.confidence == "MEMORY"

    @property
    def citation(self) -> str:
        """Return standard and clause, or "" where no clause names the number (screens say 无条款，可改)."""
        if not self.clause:
            return ""
        return f"{self.standard} {self.clause}" + ("（可改默认值）" if self.changeable else "")


@cache
def setpoints() -> dict[str, Setpoint]:
    """Return all set-points by id, in the order of the file."""
    text = files("anwei.standards").joinpath("data/setpoints.csv").read_text("utf-8")
    return {row["id"]: _setpoint(row) for row in csv.DictReader(text.splitlines())}


def _setpoint(row: dict[str, str]) -> Setpoint:
    value = float(row["value"]) if row["value"] else None
    return Setpoint(**{**row, "value": value})  # type: ignore[arg-type]  # the header names the fields


def setpoint(identifier: str) -> Setpoint:
    """Return one set-point.

    Raises KeyError for an unknown id.
    """
    return setpoints()[identifier]
