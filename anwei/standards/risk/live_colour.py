"""The live colour: a static grade raised by live facts, with the facts that made it and what would lower it.

A fact raises by itself, the gravest counts, facts never add up. So what keeps a colour up is exactly the
facts that reach it, and lowering needs every one of them: `one_step_down` names them with the count each must
come down to, the largest that no longer reaches the colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anwei.language import gettext_noop
from anwei.standards.risk.grades import BLUE, Grade, gravest
from anwei.standards.risk.live_rules import ColourRules, FactKind, fact_kinds
from anwei.standards.sentences import Sentence


@dataclass(frozen=True)
class Fact:
    """A live fact as its room gives it: how many (1 for a flag), a sentence for people, and where to see it.

    Several facts of one key count together: one for each alarm, each with its own sentence and link.
    """

    key: str
    count: int = 1
    sentence: str = ""
    link: str = ""


@dataclass(frozen=True)
class Reason:
    """A kind of fact that raises the grade, to `grade` by itself."""

    kind: FactKind
    count: int
    grade: Grade
    facts: tuple[Fact, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the reason for a page or a store."""
        facts = [{"count": one.count, "sentence": one.sentence, "link": one.link} for one in self.facts]
        return {
            "key": self.kind.key,
            "label": self.kind.label,
            "count": self.count,
            "grade": self.grade.key,
            "facts": facts,
        }


@dataclass(frozen=True)
class Change:
    """A kind of fact must come down from `count` to `to_count` or less."""

    kind: FactKind
    count: int
    to_count: int

    @property
    def sentence(self) -> Sentence:
        """What must happen."""
        values = {"label": self.kind.label, "settle": self.kind.settle}
        if self.kind.kind == "flag":
            return Sentence("", gettext_noop("{label}：{settle}"), values)
        values |= {"count": str(self.count), "to_count": str(self.to_count)}
        return Sentence("", gettext_noop("{label}由 {count} 降到 {to_count}：{settle}"), values)


@dataclass(frozen=True)
class StepDown:
    """What would lower the colour, and to which: all `changes` together, none can be left out.

    No changes where live facts cannot lower it; `grade` is then the colour itself. Where the facts leave no
    colour between, it falls by more than one step.
    """

    grade: Grade
    changes: tuple[Change, ...]
    explanation: Sentence

    def to_json(self) -> dict[str, Any]:
        """Return the step for a page or a store."""
        changes = [
            {
                "key": change.kind.key,
                "count": change.count,
                "to_count": change.to_count,
                "lasting": change.kind.lasting,
                "sentence": change.sentence.to_json(),
            }
            for change in self.changes
        ]
        return {"grade": self.grade.key, "changes": changes, "explanation": self.explanation.to_json()}


@dataclass(frozen=True)
class LiveColour:
    """The colour: `reasons` made it (none where it is the static grade), `others` raise too, but less."""

    static: Grade
    grade: Grade
    reasons: tuple[Reason, ...]
    others: tuple[Reason, ...]
    one_step_down: StepDown
    version: str

    def to_json(self) -> dict[str, Any]:
        """Return the colour for a page or a store, with the version of its rules."""
        return {
            "static": self.static.key,
            "grade": self.grade.key,
            "reasons": [reason.to_json() for reason in self.reasons],
            "others": [reason.to_json() for reason in self.others],
            "one_step_down": self.one_step_down.to_json(),
            "version": self.version,
        }


def live_colour(static: Grade, facts: Iterable[Fact], rules: ColourRules) -> LiveColour:
    """Return the colour of `static` raised by the facts; a fact of count 0 says that there is none.

    Raises ValueError for a fact that is not declared, or a count below zero.
    """
    by_key = _by_key(facts)
    declared = list(fact_kinds())
    reasons = sorted(
        _reasons(static, by_key, rules),
        key=lambda reason: (-reason.grade.rank, declared.index(reason.kind.key)),
    )
    grade = gravest((static, *(reason.grade for reason in reasons)))
    made_it = tuple(reason for reason in reasons if reason.grade == grade)
    others = tuple(reason for reason in reasons if reason.grade != grade)
    down = _step_down(static, grade, made_it, others, rules)
    return LiveColour(static, grade, made_it, others, down, rules.version)


def _by_key(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.key not in fact_kinds():
            raise ValueError(f"no such fact: {fact.key}")
        if fact.count < 0:
            raise ValueError(f"{fact.key}: a count must not be negative")
        if fact.count:
            found.setdefault(fact.key, []).append(fact)
    return found


def _reasons(static: Grade, by_key: Mapping[str, Sequence[Fact]], rules: ColourRules) -> Iterator[Reason]:
    """Yield each kind of fact that raises above the static grade."""
    for key, own in by_key.items():
        count = sum(fact.count for fact in own)
        grade = rules.level(key, count, static)
        if grade.rank > static.rank:
            yield Reason(fact_kinds()[key], count, grade, tuple(own))


def _step_down(
    static: Grade, grade: Grade, made_it: Sequence[Reason], others: Sequence[Reason], rules: ColourRules
) -> StepDown:
    if not made_it:
        message = gettext_noop("已是最低一级")
        if grade != BLUE:
            message = gettext_noop("静态等级即为{colour}，须重新评估、降低静态等级才能下降")
        return StepDown(grade, (), Sentence("", message, {"colour": grade.colour}))
    changes = tuple(
        Change(reason.kind, reason.count, _largest_below(reason, static, grade, rules)) for reason in made_it
    )
    left = [rules.level(change.kind.key, change.to_count, static) for change in changes]
    lower = gravest((static, *left, *(reason.grade for reason in others)))
    message = gettext_noop("以下各项都办到，降为{colour}")
    return StepDown(lower, changes, Sentence("", message, {"colour": lower.colour}))


def _largest_below(reason: Reason, static: Grade, grade: Grade, rules: ColourRules) -> int:
    """Return the largest count of the fact that no longer reaches `grade`."""
    own = rules.by_fact[reason.kind.key]
    return min(rule.at_least for rule in own if rule.level(static).rank >= grade.rank) - 1
