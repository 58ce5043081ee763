"""What an examination found: each row good, repaired, doubtful or refused, and what writing it would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.saving import Edit
from anwei.ledgers.sheets import Row, Table

State = Literal["good", "repaired", "doubtful", "refused"]
Action = Literal["create", "update", "unchanged", "repeat"]
STATES: tuple[State, ...] = ("good", "repaired", "doubtful", "refused")
WHOLE_ROW = ""  # the column name under which sentences about a row as a whole stand


@dataclass
class Examined:
    """One row: its values, what is known of it, and sentences by column ("" = the row as a whole)."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    repairs: dict[str, str] = field(default_factory=dict)
    existing: Any = None
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    repeats: int = 0  # number of the earlier row with the same key and content

    @property
    def state(self) -> State:
        """The gravest thing that was found."""
        if self.refusals:
            return "refused"
        return "doubtful" if self.doubts else "repaired" if self.repairs else "good"

    @property
    def action(self) -> Action:
        """What writing the row would do."""
        if self.repeats:
            return "repeat"
        return "create" if self.existing is None else "update" if self.changed else "unchanged"

    @property
    def edit(self) -> Edit:
        """The row as `save` gets it: all values of a new row, the changed ones of another."""
        values = self.values if self.existing is None else {name: self.values[name] for name in self.changed}
        return Edit(self.existing, values)

    def sentences(self, ledger: Ledger) -> list[str]:
        """Return what to tell about the row, each sentence with the name of its column."""
        labels = {column.name: str(column.label) for column in ledger.columns}
        told = (*self.refusals.items(), *self.doubts.items(), *self.repairs.items())
        return [f"{labels[name]}：{text}" if name in labels else text for name, text in told]


@dataclass(frozen=True)
class Examination:
    """All rows of a table."""

    table: Table
    rows: tuple[Examined, ...]
    needs_reason: tuple[Column, ...]  # sensitive columns that would change

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are good, repaired, doubtful, refused."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES}

    @property
    def actions(self) -> dict[str, int]:
        """What writing the rows that are not refused would do."""
        found = Counter(row.action for row in self.rows if row.state != "refused")
        return {action: found[action] for action in ("create", "update", "unchanged", "repeat")}
