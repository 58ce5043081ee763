"""Why a colour stays: the facts that still reach it, each with the rule of the county's set that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.standards.risk.grades import Grade
from anwei.standards.risk.live_colour import LiveColour, Reason
from anwei.standards.risk.live_rules import ColourRule, ColourRules


@dataclass(frozen=True)
class Keeper:
    """What keeps a colour up: a kind of fact with its count and the rule it reaches, or the static grade.

    `number` is the place of the rule on the page of the rules, from 1 on; 0 without one.
    """

    number: int
    rule: str
    label: str
    count: int = 0

    @property
    def sentence(self) -> str:
        """The reason in words, of one enterprise."""
        if not self.number:
            return self.label
        told = {"label": self.label, "count": self.count, "rule": self.rule}
        if self.count:
            return _("仍有“%(label)s”%(count)d 项，%(rule)s") % told
        return _("仍有“%(label)s”，%(rule)s") % told


def keepers(found: LiveColour, shown: str, rules: ColourRules) -> Iterator[Keeper]:
    """Yield what makes a colour as it is; of one that is not graded, what is missing.

    `shown` is the colour as people see it: "" where no grade was assessed and no fact gives one.
    """
    if not shown:
        yield Keeper(0, "", _("还没有评定静态风险等级，其余的事实都不单独定颜色"))
    elif not found.reasons:
        yield Keeper(0, "", found.one_step_down.explanation.said(_))
    else:
        for reason in found.reasons:
            number, rule = _deciding(reason, found.static, rules)
            count = reason.count if reason.kind.kind == "count" else 0
            yield Keeper(number, rule_words(number, rule), _(reason.kind.label), count)


def rule_words(number: int, rule: ColourRule) -> str:
    """Return a rule in words, with its place on the page of the rules."""
    told = {"number": number, "from": rule.at_least}
    if rule.to is None:
        return _("规则第 %(number)d 条：从 %(from)d 起升 %(by)d 级") % {**told, "by": rule.by}
    return _("规则第 %(number)d 条：从 %(from)d 起升到%(colour)s") % {**told, "colour": _(rule.to.colour)}


def _deciding(reason: Reason, static: Grade, rules: ColourRules) -> tuple[int, ColourRule]:
    """Return the rule by which a reason reaches its grade; the first where several do."""
    return next(
        (number, rule)
        for number, rule in enumerate(rules.rules, 1)
        if rule.fact == reason.kind.key
        and reason.count >= rule.at_least
        and rule.level(static) == reason.grade
    )
