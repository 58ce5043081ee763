"""Classes of hazard of chemicals (GHS, GB 30000) and the hazardous processes under key supervision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from anwei.standards.risk.tables import rows

PROCESS_DOCUMENTS = {
    "首批": "安监总管三〔2009〕116号",
    "第二批": "安监总管三〔2013〕3号",
}  # MEMORY: numbers not seen


@dataclass(frozen=True)
class GhsClass:
    """One class of GB 30000; `confidence` MEMORY: the title was not seen in a text."""

    part: str
    group: str
    name: str
    english: str
    confidence: str


@dataclass(frozen=True)
class HazardousProcess:
    """One of the 18 重点监管的危险化工工艺.

    The names were seen, alike, in several public programs (secondary), and 应急〔2018〕19号 counts 18 too;
    the texts of the two catalogues were not. `document` is the catalogue's number, from memory.
    """

    number: int
    name: str
    batch: str

    @property
    def document(self) -> str:
        """The catalogue that names it."""
        return PROCESS_DOCUMENTS[self.batch]


@cache
def ghs_classes() -> dict[str, GhsClass]:
    """Return the classes by part of GB 30000 ("GB 30000.7"), in its order."""
    return {
        row["part"]: GhsClass(row["part"], row["group_zh"], row["name_zh"], row["name_en"], row["confidence"])
        for row in rows("ghs_classes.csv")
    }


@cache
def hazardous_processes() -> dict[int, HazardousProcess]:
    """Return the 18 processes by number."""
    return {
        int(row["no"]): HazardousProcess(int(row["no"]), row["name_zh"], row["batch"])
        for row in rows("hazardous_processes.csv")
    }
