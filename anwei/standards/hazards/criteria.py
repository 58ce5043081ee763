"""The 520 criteria by which a hazard is major (重大事故隐患判定标准), each with its source and date in force.

A decision keeps `Criterion.version` and the text beside it: an old case does not change with a new standard.
Which of the county's sectors an industry's criteria are offered to is our judgement, in
`data/hazards/industries.toml` with its reasons.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from anwei.language import gettext_noop
from anwei.standards.law.register import SUPERSEDED, provisions
from anwei.standards.law.searching import find
from anwei.standards.law.tables import rows
from anwei.standards.sectors import sectors

DIRECTORY, REFERRAL, NOT_YET = "directory", "referral", "not_yet_in_force"
UNUSABLE = {  # why a criterion cannot carry a new decision
    SUPERSEDED: gettext_noop("已被新标准代替，不得用于新的判定"),
    NOT_YET: gettext_noop("尚未施行"),
    DIRECTORY: gettext_noop("目录项，不单独判定，请选所列的具体情形"),
    REFERRAL: gettext_noop("转致项，不单独判定，请选所指的具体条款"),
}
CAUTIONS = {  # what a person should check before relying on it
    "may_be_superseded": gettext_noop("可能已被新标准代替，使用前请核对"),
    "from_memory": gettext_noop("条文凭记忆，用于文书前请核对原文"),
    "date_unknown": gettext_noop("施行日期未核"),
}
SCOPES = ("露天矿山", "地下矿山", "尾矿库", "露天煤矿", "井工煤矿")
_NOT_ALONE = {"目录项": DIRECTORY, "转致项": REFERRAL}  # how the note of such a row begins


@dataclass(frozen=True)
class Criterion:
    """One clause; `source` names its standard in words, `source_id` in the register ("" if not there).

    `status`: current, in_use (date in force not seen), check (may be superseded), superseded. `confidence`:
    VERIFIED (wording seen) or MEMORY. `effective_from` is None where the date is not known.
    """

    id: str
    industry: str
    item_no: str
    text: str
    source: str
    source_id: str
    confidence: str
    scene: str
    article: str
    effective_from: date | None
    status: str
    source_url: str
    note: str

    @property
    def version(self) -> str:
        """The clause with its date in force, as a decision keeps it: GM-03-01@2023-05-15."""
        return f"{self.id}@{self.effective_from.isoformat() if self.effective_from else 'undated'}"

    @property
    def not_alone(self) -> str:
        """Why nothing is judged by it alone, whatever the day: a key of UNUSABLE, "" where it can be."""
        return _NOT_ALONE.get(self.note[:3], "")

    def usable(self, on: date) -> bool:
        """Say whether a hazard found on a day may be judged major by this clause."""
        return not self.unusable_because(on)

    def unusable_because(self, on: date) -> str:
        """Return why it cannot carry a decision on a day: a key of UNUSABLE, "" where it can."""
        if self.status == SUPERSEDED:
            return SUPERSEDED
        if self.not_alone:
            return self.not_alone
        return NOT_YET if self.effective_from and on < self.effective_from else ""

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to check before relying on it: keys of CAUTIONS."""
        found = {
            "may_be_superseded": self.status == "check",
            "from_memory": self.confidence == "MEMORY",
            "date_unknown": self.effective_from is None,
        }
        return tuple(code for code, holds in found.items() if holds)

    @property
    def scope(self) -> str:
        """The one kind of mine that it speaks of, "" where it speaks of every enterprise of its industry."""
        return next((one for one in SCOPES if self.scene.startswith(one) or self.text.startswith(one)), "")

    @property
    def sectors(self) -> tuple[str, ...]:
        """The codes of the sectors it is offered to; none where only a search over all finds it."""
        return industries()[self.industry].sectors


@dataclass(frozen=True)
class Industry:
    """An industry of the standards and the sectors of the county that its criteria are offered to."""

    name: str
    sectors: tuple[str, ...]
    every_sector: bool
    reason: str


@cache
def industries() -> dict[str, Industry]:
    """Return the industries of the standards by name."""
    text = files("anwei.standards").joinpath("data/hazards/industries.toml").read_text("utf-8")
    found = {}
    for row in tomllib.loads(text)["industry"]:
        every = row.get("every_sector", False)
        codes = tuple(sectors()) if every else tuple(row["sectors"])
        found[row["name"]] = Industry(row["name"], codes, every, row["reason"])
    return found


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return all criteria in the order of the sheet."""
    return tuple(_by_id().values())


def criterion(id: str) -> Criterion:
    """Return the criterion of an id.

    Raises KeyError for an unknown one.
    """
    return _by_id()[id]


@cache
def criteria_of(sector: str) -> tuple[Criterion, ...]:
    """Return what is offered to a sector: its own criteria, then those for every sector.

    The unusable ones are among them, so that they can be shown as such. Raises KeyError for an unknown code.
    """
    code = sectors()[sector].code
    offered = (row for row in criteria() if code in row.sectors)
    return tuple(sorted(offered, key=lambda row: industries()[row.industry].every_sector))


def search(text: str, sector: str = "") -> tuple[Criterion, ...]:
    """Return the criteria that fit all words, id or article of a query, of a sector or of all ("").

    An empty query gives all that are offered; superseded ones stand last. Raises KeyError for an unknown
    sector.
    """
    offered = criteria_of(sector) if sector else criteria()
    if not text.strip():
        return tuple(sorted(offered, key=lambda row: row.status == SUPERSEDED))
    held = {row.id: row for row in offered}
    return tuple(held[hit.address] for hit in find(text) if hit.address in held)


@cache
def _by_id() -> dict[str, Criterion]:
    return {row["id"]: _criterion(row) for row in rows("major_hazards.csv")}


def _criterion(row: dict[str, str]) -> Criterion:
    effective = row["effective_from"]
    return Criterion(
        id=row["id"],
        industry=row["industry"],
        item_no=row["item_no"],
        text=row["text"],
        source=row["source"],
        source_id=provisions()[row["id"]].source,
        confidence=row["confidence"],
        scene=row["scene"],
        article=row["article"],
        effective_from=date.fromisoformat(effective) if effective else None,
        status=row["status"],
        source_url=row["source_url"],
        note=row["note"],
    )
