"""The sheet of status periods: from when to when an enterprise produced, stood or was closed, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.blocks import Block
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Context, Sheet, contribute
from anwei.sites.file.parts import PRINTED, TEMPLATE, Cell, table, words
from anwei.sites.models import Enterprise, StatusPeriod
from anwei.sites.statuses import BEFORE_ALL_RECORDS, periods_of

TITLE = gettext_lazy("生产状态")


def _heading() -> list[str]:
    return [_("状态"), _("起始日期"), _("截止日期"), _("变更原因")]


def _told(period: StatusPeriod) -> list[str]:
    begins = None if period.from_on == BEFORE_ALL_RECORDS else period.from_on
    return [period.get_status_display(), words(begins), words(period.to_on), words(period.reason)]


def _shown(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    heading, rows = _heading(), [_told(period) for period in periods_of(enterprise)[:PRINTED]]
    return {
        "title": TITLE,
        "heading": heading,
        "lines": [("", [Cell(*pair) for pair in zip(heading, row, strict=True)]) for row in rows],
        "n_rows": len(rows),
    }


def _printed(asked: Asked) -> Iterator[Block]:
    rows = [_told(period) for period in periods_of(asked.enterprise)]
    yield from table(_heading(), rows[:PRINTED], len(rows), (2, 2, 2, 5))


contribute(Sheet(TEMPLATE, _shown, 5, title=TITLE, printed=_printed))
