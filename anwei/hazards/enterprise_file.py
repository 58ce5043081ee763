"""What this room adds to an enterprise's file: its listed hazards, its penalties, the flag of art. 113."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Listing, Penalty
from anwei.hazards.penalties.closure import closure_of
from anwei.hazards.penalties.publishing import publication
from anwei.ledgers.papers.blocks import Block, Paragraph
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Context, Figure, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise

N_SHOWN = 5


def penalties_of(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    """Return the newest listings and penalties, and what art. 113 has reached."""
    penalties = list(
        Penalty.objects.visible_to(person).filter(enterprise=enterprise).order_by("-decided_on", "-pk")
    )
    listings = Listing.objects.visible_to(person).filter(enterprise=enterprise)
    return {
        "listings": list(listings.order_by("-in_force", "-pk")[:N_SHOWN]),
        "penalties": penalties[:N_SHOWN],
        "n_penalties": sum(one.stands for one in penalties),
        "reached": closure_of(enterprise, day_of(now)),
    }


def _figure(enterprise: Enterprise, parts: Context) -> Figure:
    reached = parts["reached"] is not None
    note = _("达到提请关闭条件") if reached else _("没有达到提请关闭条件")
    address = f"{reverse('penalties')}?enterprise={enterprise.pk}"
    return Figure(_("行政处罚"), parts["n_penalties"], note, address, hot=reached)


def _printed(asked: Asked) -> Iterator[Block]:
    if (reached := closure_of(asked.enterprise, day_of(asked.now))) is not None:
        yield Paragraph(reached.sentence)
    rows = Penalty.objects.visible_to(asked.person).filter(enterprise=asked.enterprise)
    lines = [
        [row.number, row.violation, row.article, words(row.decided_on), str(publication(row))]
        for row in rows.order_by("-decided_on", "-pk")[:PRINTED]
    ]
    heading = [_("编号"), _("违法行为"), _("条款"), _("决定日期"), _("公示")]
    yield from table(heading, lines, rows.count(), (3, 5, 4, 3, 2))


contribute(
    Sheet(
        "hazards/enterprise_penalties.html",
        penalties_of,
        20,
        group="cases",
        title=gettext_lazy("挂牌督办和处罚"),
        printed=_printed,
        figure=_figure,
    )
)
