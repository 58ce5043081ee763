"""The colour of one enterprise on its page: what made it, what else raises, what would lower it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.blocks import Block, Paragraph
from anwei.org.models import Person
from anwei.org.rights import may_arrange_county
from anwei.sites.enterprise_file import Asked, Sheet, contribute
from anwei.sites.live.colouring import computed, shown_colour, stored_fact
from anwei.sites.live.rules import rules_in_force
from anwei.sites.models import Enterprise, Grade, LiveColour
from anwei.sites.risks.queries import static_grounds
from anwei.standards.risk.live_rules import fact_kinds

N_CHANGES = 5


def colour_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the colour with its reasons and its way down; nothing while none was computed."""
    row: LiveColour | None = getattr(enterprise, "live_colour", None)
    if row is None:
        return {"row": None}
    rules = rules_in_force()
    found = computed(row.static, [stored_fact(one) for one in row.facts], rules)
    colour = shown_colour(row.static, found, rules)
    kinds = {reason.kind.key for reason in (*found.reasons, *found.others)}
    return {
        "row": row,
        "colour": colour,
        "found": found,
        "grounds": static_grounds(enterprise, row.static),
        "idle": [(fact_kinds()[one["key"]].label, one) for one in row.facts if one["key"] not in kinds],
        "changes": enterprise.colour_changes.all()[:N_CHANGES],
        "may_change_rules": may_arrange_county(person),
    }


def _printed(asked: Asked) -> Iterator[Block]:
    found = colour_sheet(asked.enterprise, asked.person, asked.now)
    if asked.enterprise.status == Enterprise.Status.CLOSED:
        yield Paragraph(_("实时颜色：已关闭，不计。"))
        return
    if found["row"] is None:
        yield Paragraph(_("还没有计算。"))
        return
    labels = {**dict(Grade.choices), "": _("未定级")}
    words = {"live": labels[found["colour"] or ""], "static": labels[found["row"].static]}
    yield Paragraph(_("实时颜色：%(live)s；静态等级：%(static)s。") % words)
    if found["grounds"]:
        grounds = _("；").join(words for words, _link in found["grounds"])
        yield Paragraph(_("静态等级由来：%(grounds)s。") % {"grounds": grounds})
    for reason in (*found["found"].reasons, *found["found"].others):
        told = _("；").join(fact.sentence for fact in reason.facts if fact.sentence)
        yield Paragraph(
            _("%(kind)s：%(told)s") % {"kind": _(reason.kind.label), "told": told or reason.count}
        )
    for label, fact in found["idle"]:
        idle = {"kind": _(label), "told": fact["sentence"] or fact["count"]}
        yield Paragraph(_("没有再升高——%(kind)s：%(told)s") % idle)
    if found["colour"]:
        down = found["found"].one_step_down
        changes = _("；").join(change.sentence.said(_) for change in down.changes)
        words = {"down": down.explanation.said(_), "changes": changes}
        told_down = _("怎样下降：%(down)s：%(changes)s。") if changes else _("怎样下降：%(down)s。")
        yield Paragraph(told_down % words)


contribute(
    Sheet(
        "sites/live/sheet.html",
        colour_sheet,
        5,
        title=gettext_lazy("实时颜色及成因"),
        printed=_printed,
    )
)
