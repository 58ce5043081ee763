"""The questions of 应急〔2018〕19号 as they stand on the form: direct-red ones first, then item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.standards.risk.diagnosis import Answer
from anwei.standards.risk.diagnosis_table import DIRECT_RED, PROVINCIAL, Question, table
from anwei.standards.sentences import decimal

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Asked:
    """One question with what was answered ("" for nothing), and what it deducts or adds, in words."""

    question: Question
    answer: str
    effect: str

    @property
    def anchor(self) -> str:
        """The place on the page."""
        return f"q-{self.question.code.replace('.', '-')}"


@dataclass(frozen=True)
class Group:
    """The questions of one item, or the direct-red ones."""

    title: str
    note: str
    asked: tuple[Asked, ...]


def groups(answered: Mapping[str, str]) -> list[Group]:
    """Return the whole form with the answers given."""
    questions = table().questions()

    def ask(code: str, effect: str) -> Asked:
        return Asked(questions[code], answered.get(code, ""), effect)

    red = tuple(ask(code, _("红色")) for code in table().direct_red)
    found = [Group(_(DIRECT_RED), _("有一项成立，无论得分多少都是红色"), red)]
    for item in table().items:
        asked = tuple(
            ask(
                rule.code,
                (f"−{decimal(rule.deduct)}" if rule.deduct else f"+{decimal(rule.bonus)}")
                + (f"/{_(rule.per)}" if rule.per else ""),
            )
            for rule in item.rules
        )
        note = _("%(points)s 分，扣完为止") % {"points": decimal(item.points)} if item.points else _("加分项")
        found.append(Group(item.clause, note, asked))
    found.append(Group(_("由谁组织"), _("涉及的由省级组织评估诊断"), (ask(PROVINCIAL, ""),)))
    return found


def answers_in(given: Mapping[str, str]) -> dict[str, Answer]:
    """Return what a form answers by code; a text that is no answer stays one that `diagnose` refuses."""
    found: dict[str, Answer] = {}
    for code, question in table().questions().items():
        text = given.get(code, "").strip()
        if not text:
            continue
        if question.per:
            found[code] = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
        else:
            found[code] = text == YES
    return found
