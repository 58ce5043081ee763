"""Templates of official papers as data: what a paper says, with named gaps.

A template's body is plain text (`anwei.ledgers.papers.blocks` finds headings and tables in it); gaps stand in
braces by their Chinese labels ({企业}), and only those its `fields` name. A county may replace title and body
(Setting "papers.KEY").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

SETTING = (
    "papers."  # key of the county's Setting, followed by the template's: {"title": "...", "body": "..."}
)
GAP = re.compile(r"\{([^{}]*)\}")
LONGEST_TITLE, LONGEST_BODY = 120, 8000


@dataclass(frozen=True)
class PaperTemplate:
    """One paper as the product brings it or the county words it.

    `series` goes into the number (云安办督〔2026〕1号); `fields` are the names of the gaps with their labels.
    """

    key: str
    label: str
    series: str
    title: str
    addressee: str
    body: str
    red_head: bool
    fields: Mapping[str, str]
    citation: str
    confidence: str
    letter: bool = False
    """Whether it is set as a letter (信函格式, GB/T 9704-2012 10.1): 函."""

    def head(self, issuer: str) -> str:
        """Return what stands in red on top: the issuer's name with 文件, of a letter alone, "" of a form."""
        if not self.red_head:
            return ""
        return issuer if self.letter else f"{issuer}文件"

    def filled(self, words: Mapping[str, str]) -> dict[str, str]:
        """Return title, addressee and body with every gap filled from `words` (by name of the gap).

        Raises KeyError for a gap that `words` does not name.
        """
        by_label = {label: words[name] for name, label in self.fields.items()}
        return {name: _fill(getattr(self, name), by_label) for name in ("title", "addressee", "body")}


@cache
def default_templates() -> dict[str, PaperTemplate]:
    """Return all templates by key as the product brings them."""
    table = tomllib.loads(files("anwei.standards").joinpath("data/papers.toml").read_text("utf-8"))
    found = {
        row["key"]: PaperTemplate(**{**row, "fields": {**table["fields"], **row.get("fields", {})}})
        for row in table["paper"]
    }
    for template in found.values():
        check(template)
    return found


def template(key: str, county: Mapping[str, Any] | None = None) -> PaperTemplate:
    """Return one template, with the county's own wording where it has one.

    Raises KeyError for an unknown key and ValueError for wording that does not hold.
    """
    default = default_templates()[key]
    if not county:
        return default
    own = replace(
        default, title=str(county["title"]).strip(), body=str(county["body"]).strip(), confidence="COUNTY"
    )
    check(own)
    return own


def check(own: PaperTemplate) -> None:
    """Raise ValueError, as a sentence, where a wording is empty, too long, or has a gap nobody can fill."""
    if not own.title or not own.body:
        raise ValueError("标题和正文不能为空。")
    if len(own.title) > LONGEST_TITLE or len(own.body) > LONGEST_BODY:
        raise ValueError(f"标题最长{LONGEST_TITLE}字，正文最长{LONGEST_BODY}字。")
    for text in (own.title, own.addressee, own.body):
        if unknown := sorted(set(GAP.findall(text)) - set(own.fields.values())):
            raise ValueError("没有这些填充项：" + "、".join(f"{{{label}}}" for label in unknown))
        if GAP.sub("", text).count("{") or GAP.sub("", text).count("}"):
            raise ValueError("花括号没有成对。")


def _fill(text: str, by_label: Mapping[str, str]) -> str:
    return GAP.sub(lambda gap: by_label[gap[1]], text)
