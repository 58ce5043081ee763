"""The register of laws and standards and what is carried of them, from `data/law/`.

Each row says whether its wording was seen (`confidence` VERIFIED) or is from memory (MEMORY). The data are
the state of `AS_OF`; compare with the official text before a wording goes into a document of law enforcement.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from anwei.standards.law.tables import rows

AS_OF = date(2026, 11, 23)
SUPERSEDED = "superseded"
_SOURCES_OF_CRITERIA = {  # the sheet of criteria names its source in words
    "煤矿": "std_coal_2026",
    "工贸": "std_gm",
    "房屋市政工程": "std_con",
    "化工和危险化学品": "std_chem_2017",
    "烟花爆竹": "std_chem_2017",
    "道路运输": "std_road",
    "城镇燃气": "std_gas",
    "消防": "",  # GB 35181-2017, which is not in the register any more
    "特种设备": "std_se",
    "民用爆炸物品": "std_civil",
    "电力": "std_power",
}


_OF_COAL_MINES = "MK"
_SOURCES_OF_ARTICLES = {
    "安全生产法(2021)": "law_spf",
    "生产安全事故应急条例(国务院令708)": "reg_708",
    "生产安全事故报告和调查处理条例(国务院令493)": "reg_493",
    "GB 18218-2018 危险化学品重大危险源辨识": "GB 18218-2018",
}


@dataclass(frozen=True)
class Source:
    """A law, rule or standard; `effective` as registered: a date, or what is known of it, or ""."""

    id: str
    title: str
    number: str
    issuer: str
    effective: str
    status: str
    url: str
    confidence: str
    note: str

    @property
    def superseded(self) -> bool:
        """Whether another has taken its place."""
        return self.status == SUPERSEDED


@dataclass(frozen=True)
class Provision:
    """One article, criterion, checklist item or fine; `address` is its stable key, for links.

    `kind` is "article", "criterion", "check" or "penalty"; `source` the id of its law ("" if not registered);
    `article` as cited; `effective` the date in force, "" where unknown; `title` names the law in words.
    """

    address: str
    kind: str
    source: str
    title: str
    article: str
    text: str
    subject: str
    effective: str
    status: str
    confidence: str
    note: str

    @property
    def superseded(self) -> bool:
        """Whether a newer text has taken its place: not for new decisions."""
        return self.status == SUPERSEDED


@cache
def sources() -> dict[str, Source]:
    """Return the laws and standards by their id: that of sources.csv, else the official number."""
    found = {
        row["id"]: Source(
            id=row["id"],
            title=row["title"],
            number=row["doc_no"],
            issuer=row["issuer"],
            effective=row["effective"],
            status=row["status"],
            url=row["url"],
            confidence=row["confidence"],
            note=row["note"],
        )
        for row in rows("sources.csv")
    }
    for row in rows("standards_register.csv"):
        if not any(row["id"] in (source.number, *aliases().get(source.id, ())) for source in found.values()):
            found[row["id"]] = Source(
                id=row["id"],
                title=row["title"],
                number=row["id"],
                issuer="",
                effective=row["effective"],
                status=row["status"],
                url="",
                confidence=row["confidence"].split()[0],
                note=row["note"],
            )
    return found


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Return the names in everyday use of each law by its id."""
    text = files("anwei.standards").joinpath("data/law/aliases.toml").read_text("utf-8")
    return {source: tuple(names) for source, names in tomllib.loads(text).items()}


@cache
def provisions() -> dict[str, Provision]:
    """Return all articles, criteria, checklist items and fines by their addresses."""
    found = [*_articles(), *_criteria(), *_checks(), *_penalties()]
    return {provision.address: provision for provision in found}


def _articles() -> list[Provision]:
    return [
        _provision(
            row,
            kind="article",
            source=_SOURCES_OF_ARTICLES[row["law"]],
            title=row["law"],
            article=row["article"],
            text=row["gist"],
            subject=row["system_feature"],
        )
        for row in rows("law_articles.csv")
    ]


def _criteria() -> list[Provision]:
    return [
        _provision(
            row,
            kind="criterion",
            source=_source_of_criterion(row),
            title=row["source"],
            article=row["article"],
            text=row["text"],
            subject=" ".join(filter(None, (row["industry"], row["scene"]))),
        )
        for row in rows("major_hazards.csv")
    ]


def _checks() -> list[Provision]:
    return [
        _provision(
            row,
            kind="check",
            source=row["source_id"],
            article=row["legal_basis"],
            text=row["item"],
            subject=f"{row['sector']} {row['area']}",
        )
        for row in rows("checklist_items.csv")
    ]


def penalty_rows() -> list[dict[str, str]]:
    """Return the rows of all fines: the act and 应急条例 as collected, then 煤矿安全生产条例."""
    return [*rows("penalties.csv"), *rows("penalties_coal.csv")]


def _penalties() -> list[Provision]:
    found = []
    for row in penalty_rows():
        overdue = row["measure_overdue"] and f"逾期：{row['measure_overdue']}"
        measures = "；".join(filter(None, (row["measure_first"], overdue, row["person_fine"])))
        emergency = row["article"].startswith("应急条例")
        coal = row["id"].startswith(_OF_COAL_MINES)
        found.append(
            _provision(
                row,
                kind="penalty",
                source="reg_708" if emergency else "reg_coal" if coal else "law_spf",
                article=row["article"].removeprefix("应急条例"),
                text=f"{row['violation']}：{measures}",
                subject=row["subject"],
            )
        )
    return found


def _source_of_criterion(row: dict[str, str]) -> str:
    if row["industry"] == "金属非金属矿山":
        return "std_noncoal_s" if row["item_no"].startswith("补充") else "std_noncoal"
    return _SOURCES_OF_CRITERIA[row["industry"]]


def _provision(
    row: dict[str, str], *, kind: str, source: str, article: str, text: str, subject: str, title: str = ""
) -> Provision:
    """Return a provision; date and status are the row's own, else its law's."""
    law = sources().get(source)
    return Provision(
        address=row["id"],
        kind=kind,
        source=source,
        title=title or (law.title if law else ""),
        article=article,
        text=text,
        subject=subject,
        effective=row.get("effective_from") or (law.effective if law else ""),
        status=row.get("status") or (law.status if law else ""),
        confidence=row["confidence"],
        note=row.get("note") or "",
    )
