"""A month is frozen once it has ended; a published number never moves, a correction is a new issue."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.indicators import Indicator, Values, indicators
from anwei.cases.periods import Span, span_of
from anwei.ledgers.services import lock, one_moment, record_change
from anwei.org.register_rules import may_keep_duties
from anwei.oversight.models import FrozenFigure, FrozenMonth

BATCH = 500
REGISTER = "oversight.frozenmonth"


class NotFrozen(ValueError):
    """The month is not frozen; the text is a sentence."""


def may_freeze(person: Any) -> bool:
    """Say whether a person may freeze and correct months: the county's own officials."""
    return may_keep_duties(person)


def freeze_month(
    *,
    actor: Any,
    now: datetime,
    year: int,
    month: int,
    reason: str = "",
    only: Collection[str] | None = None,
) -> FrozenMonth:
    """Keep what every indicator says of a month; a month that was frozen is issued again, with the reason.

    Everything is counted at one moment: numerators, denominators and what is told beside them agree. What is
    told as it stands is kept as it stood when the month ended, whenever that is done.

    A correction leaves that as it was, and what went on since (`Indicator.settles`), and what is not among
    `only` (keys of indicators; all where None).

    Raises NotFrozen for a month that still runs, one frozen already where no reason is given, a correction
    that corrects nothing, and where somebody else froze the month meanwhile; PermissionDenied for who is not
    of the county. No actor: the system.
    """
    if actor is not None and not may_freeze(actor):
        raise PermissionDenied(_("定版和更正由县级的工作人员办理。"))
    span = _ended(year, month, timezone.localdate(now))
    with one_moment():
        before = _newest(span)
        found = [(one, _of_month(one, span, now)) for one in indicators() if _is_told(one, span)]
    return _keep(span, found, before, actor=actor, now=now, reason=reason.strip()[:200], only=only)


@transaction.atomic
def _keep(
    span: Span,
    found: Sequence[tuple[Indicator, Values]],
    before: FrozenMonth | None,
    *,
    actor: Any,
    now: datetime,
    reason: str,
    only: Collection[str] | None,
) -> FrozenMonth:
    lock("oversight frozen months")
    if before is not None and not reason:
        raise NotFrozen(_("%(month)s已定版；更正须写明原因。") % {"month": span.label})
    if before is not None and only is not None and not only:
        raise NotFrozen(_("请勾选这次要更正的指标。"))
    if _newest(span) != before:  # what was counted before it would take the place of what was counted later
        raise NotFrozen(_("同时有别人给%(month)s定版，请看过再办。") % {"month": span.label})
    figures = [figure for one, values in found for figure in _figures(one, values)]
    keys = [one.key for one, _values in found]
    if before is not None:
        corrected = {
            one.key for one, _values in found if one.is_corrected and (only is None or one.key in only)
        }
        figures = [one for one in figures if one.indicator in corrected] + _as_published(before, corrected)
        keys = [*before.indicators, *sorted(corrected.difference(before.indicators))]
    digest = digest_of_figures(figures)
    if before is not None and digest == before.digest:
        raise NotFrozen(_("与已定版的数没有差别，不用更正。"))
    kept = FrozenMonth.objects.create(
        month_begins=span.first,
        issue=1 if before is None else before.issue + 1,
        frozen_at=now,
        frozen_by=actor,
        reason="" if before is None else reason,
        indicators=keys,
        digest=digest,
    )
    for figure in figures:
        figure.month = kept
    FrozenFigure.objects.bulk_create(figures, batch_size=BATCH)
    content = {"month": kept.key, "issue": kept.issue, "digest": digest, "figures": len(figures)}
    record_change(
        REGISTER, kept.key, actor=actor, now=now, verb="freeze", content=content, reason=kept.reason
    )
    return kept


def _newest(span: Span) -> FrozenMonth | None:
    return FrozenMonth.objects.filter(month_begins=span.first).order_by("-issue").first()


def _ended(year: int, month: int, today: date) -> Span:
    span = span_of(f"{year}-{month:02d}")
    if span is None:
        raise NotFrozen(_("没有这个月份。"))
    if span.last >= today:
        raise NotFrozen(_("%(month)s还没有结束，不能定版。") % {"month": span.label})
    return span


def _is_told(indicator: Indicator, span: Span) -> bool:
    """Say whether a month tells it: how things stood on a day before anything was recorded, nobody knows."""
    first = indicator.first_day()
    return indicator.is_dated or (first is not None and first <= span.last)


def _of_month(indicator: Indicator, span: Span, now: datetime) -> Values:
    """Return the numbers of a month, or how things stood when it ended."""
    return indicator.values(None, now, span) if indicator.is_dated else indicator.values_then(span.last)


def _figures(indicator: Indicator, values: Values) -> Iterator[FrozenFigure]:
    """Yield the numbers of an indicator by township and sector, nothing for nothing."""
    places = {(cell.township, cell.sector) for cell in (*values.numerator, *values.denominator)}
    for township, sector in sorted(places):
        number = values.number(indicator, township=township, sector=sector)
        if number.n or number.of:
            yield FrozenFigure(
                indicator=indicator.key,
                territory=township,
                sector=sector,
                numerator=number.n,
                denominator=number.of,
            )


def _as_published(before: FrozenMonth, corrected: Collection[str]) -> list[FrozenFigure]:
    """Return anew what a former issue says, without what is corrected."""
    return [
        FrozenFigure(
            indicator=one.indicator,
            territory=one.territory,
            sector=one.sector,
            numerator=one.numerator,
            denominator=one.denominator,
        )
        for one in before.figures.exclude(indicator__in=corrected)
    ]


def digest_of_figures(figures: Iterable[FrozenFigure]) -> str:
    """Return what is one for the same figures alone."""
    told = sorted(
        (one.indicator, one.territory, one.sector, f"{one.numerator:.4f}", f"{one.denominator or 0:.4f}")
        for one in figures
    )
    return sha256(json.dumps(told).encode()).hexdigest()
