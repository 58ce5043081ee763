"""What ends at one enterprise, in its file and as a number at its head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.blocks import Block, Paragraph, Table
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Context, Figure, Sheet, contribute
from anwei.sites.expiries.kinds import EXPIRED, Expiry, expiries
from anwei.sites.models import Enterprise

SHOWN = 6


def expiry_sheet(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    """Return how much has ended, how much will within 90 days, what ends on no day, and the first of it."""
    rows = expiries(person, day_of(now), narrowed={"owner": enterprise.pk})
    n_undated = sum(bool(row.kind.undated) for row in rows)
    n_expired = sum(row.band == EXPIRED for row in rows) - n_undated
    return {
        "enterprise": enterprise,
        "rows": rows,
        "shown": rows[:SHOWN],
        "n_expired": n_expired,
        "n_soon": len(rows) - n_expired - n_undated,
        "n_undated": n_undated,
    }


def _figure(enterprise: Enterprise, parts: Context) -> Figure:
    """Count what ends on a day; a number that nobody reached ends on none."""
    dated: list[Expiry] = [row for row in parts["rows"] if not row.kind.undated]
    n_over = sum(row.band == EXPIRED for row in dated)
    note = _("已过期 %(n)d 项") % {"n": n_over} if n_over else _("没有过期")
    address = f"{reverse('expiries')}?enterprise={enterprise.pk}"
    return Figure(_("90 天内到期"), len(dated), note, address, hot=n_over > 0)


def _printed(asked: Asked) -> Iterator[Block]:
    rows = expiry_sheet(asked.enterprise, asked.person, asked.now)["rows"]
    if not rows:
        yield Paragraph(_("没有已过期的，90 天内也没有到期的。"))
        return
    heading = [_("种类"), _("内容"), _("到期日期"), _("还有")]
    lines = [
        [str(row.kind.label), row.what, "—" if row.kind.undated else str(row.day), row.remaining]
        for row in rows
    ]
    yield Table([heading, *lines])


contribute(
    Sheet(
        "sites/expiries/sheet.html",
        expiry_sheet,
        0,
        group="papers",
        title=gettext_lazy("到期"),
        printed=_printed,
        figure=_figure,
    )
)
