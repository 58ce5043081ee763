"""The one gate through which rows leave the house, as a sheet, a document or on paper.

Rows about people leave in full, or more than `FREE_PERSONAL_ROWS` of them, only with a reason. What leaves
carries a mark and stands in the change log with who, when, how many and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change

FREE_PERSONAL_ROWS = 500
LIMITS = {"xlsx": 100_000, "csv": 100_000, "docx": 2_000, "print": 2_000, "file": 6_000}
"""Rows at once, by form; a "file" is a paper of many short tables, each cut where it is made."""
EXPORTS = "ledgers.export"  # the register under which it is remembered


class NotExported(ValueError):
    """Nothing leaves; the text is a sentence for the user."""


class NeedsReason(NotExported):
    """It may leave with a reason."""


@dataclass(frozen=True)
class Leaving:
    """What leaves: `what` is the code of the register or list, `query` says what was filtered.

    `personal` says whether it tells of people, `full` whether nothing of that is masked.
    """

    what: str
    n_rows: int
    actor: Any
    now: datetime
    personal: bool = False
    full: bool = False
    query: str = ""
    reason: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must be given."""
        return self.personal and (self.full or self.n_rows > FREE_PERSONAL_ROWS)

    @property
    def watermark(self) -> str:
        """The mark on it: who took it out, when, how much of what."""
        told = _("共 %(n)d 条") % {"n": self.n_rows}
        return "　".join(filter(None, (self.taken, told, self.query)))

    @property
    def taken(self) -> str:
        """Who took it out and when: the mark on what is no list of rows."""
        return _("导出人：%(who)s　导出时间：%(at)s") % {
            "who": self.actor or _("系统"),
            "at": f"{timezone.localtime(self.now):%Y-%m-%d %H:%M}",
        }


def release(leaving: Leaving, form: str) -> None:
    """Let rows leave in one of the forms of `LIMITS`, and remember that they left.

    Raises NeedsReason, and NotExported for too many rows.
    """
    if leaving.n_rows > LIMITS[form]:
        sentence = _("筛选结果 %(count)s 条，超过一次导出的上限 %(limit)s 条，请缩小范围后再导出。")
        raise NotExported(sentence % {"count": leaving.n_rows, "limit": LIMITS[form]})
    if leaving.needs_reason and not leaving.reason.strip():
        raise NeedsReason(
            _("导出完整的个人信息，或超过 %(n)d 人的名单，须说明理由。") % {"n": FREE_PERSONAL_ROWS}
        )
    record_change(
        EXPORTS,
        leaving.what,
        actor=leaving.actor,
        now=leaving.now,
        verb="export",
        content={"rows": leaving.n_rows, "form": form, "query": leaving.query, "full": leaving.full},
        reason=leaving.reason.strip()[:200],
    )
