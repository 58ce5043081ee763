"""What is looked at in each sector: 108 checklist items with article, evidence and the criteria they touch.

The wording of an item is ours and may be wider than the article it cites. A failed item never grades itself:
`proposed` names the criteria among which a person confirms one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from anwei.language import gettext_noop
from anwei.standards.hazards.criteria import Criterion, criterion
from anwei.standards.law.tables import rows
from anwei.standards.sectors import sector_named, sectors

MAJOR, DEPENDS, GENERAL = "major", "depends", "general"
GRADES = {  # of a failed item, the gravest first
    MAJOR: gettext_noop("重大"),
    DEPENDS: gettext_noop("视情形"),
    GENERAL: gettext_noop("一般"),
}
AT_MOST = 10  # items of a small place's self-check


@dataclass(frozen=True)
class ChecklistItem:
    """One item; `sector` is the county's code, `source_id` the short name of its law in the register.

    `grade_if_failed`: MAJOR (failing it is the criterion), DEPENDS (major where one of `major_hazard_ids` is
    met), GENERAL. `confidence`: VERIFIED or MEMORY, of the article only.
    """

    id: str
    sector: str
    area: str
    item: str
    legal_basis: str
    source_id: str
    grade_if_failed: str
    major_hazard_ids: tuple[str, ...]
    evidence: str
    confidence: str
    note: str

    def proposed(self, on: date) -> tuple[Criterion, ...]:
        """Return the criteria of a major hazard that failing it on a day may meet; only usable ones."""
        touched = (criterion(id) for id in self.major_hazard_ids)
        return tuple(row for row in touched if row.usable(on))


@cache
def checklist_items() -> dict[str, ChecklistItem]:
    """Return all items by id in the order of the sheet."""
    return {row["id"]: _item(row) for row in rows("checklist_items.csv")}


def checklist(sector: str) -> tuple[ChecklistItem, ...]:
    """Return the items of a sector.

    Raises KeyError for an unknown code.
    """
    code = sectors()[sector].code
    return tuple(item for item in checklist_items().values() if item.sector == code)


def short_checklist(sector: str, at_most: int = AT_MOST) -> tuple[ChecklistItem, ...]:
    """Return the items of a self-check that is kept short, the most important first.

    Raises KeyError for an unknown code and ValueError for a length below one.
    """
    if at_most < 1:
        raise ValueError(at_most)
    whole = checklist(sector)
    chosen = [checklist_items()[id] for id in _short().get(sector, ())]
    order = tuple(GRADES)
    return tuple(chosen or sorted(whole, key=lambda item: order.index(item.grade_if_failed)))[:at_most]


@cache
def _short() -> dict[str, tuple[str, ...]]:
    text = files("anwei.standards").joinpath("data/hazards/short_checklists.toml").read_text("utf-8")
    return {row["sector"]: tuple(row["items"]) for row in tomllib.loads(text)["short"]}


def _item(row: dict[str, str]) -> ChecklistItem:
    codes = {words: code for code, words in GRADES.items()}
    return ChecklistItem(
        id=row["id"],
        sector=sector_named(row["sector"]).code,
        area=row["area"],
        item=row["item"],
        legal_basis=row["legal_basis"],
        source_id=row["source_id"],
        grade_if_failed=codes[row["grade_if_failed"]],
        major_hazard_ids=tuple(filter(None, row["major_hazard_ids"].split(";"))),
        evidence=row["evidence"],
        confidence=row["confidence"],
        note=row["note"],
    )
