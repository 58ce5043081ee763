"""A briefing is made by one button; what was issued never changes, later facts make a correction of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.indicators import Indicator, indicator
from anwei.cases.periods import Span
from anwei.ledgers import seal
from anwei.ledgers.models import GlobalHead
from anwei.ledgers.services import lock, one_moment, record_change
from anwei.org.committee_office import is_the_office
from anwei.org.models import Person, Post
from anwei.org.models.units import PUBLIC_BODIES
from anwei.org.register_rules import KEEPERS, may_keep_duties
from anwei.org.scope import COUNTY_DIGITS, standing
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.digest import TEXTS, digest_of
from anwei.oversight.briefing.document import Difference, Written
from anwei.oversight.briefing.period import YEARS_BEFORE, Period, period_of
from anwei.oversight.briefing.queries import REGISTER, briefings, is_issued, newest_issued
from anwei.oversight.briefing.since import differences
from anwei.oversight.briefing.snapshot import Snapshot, take
from anwei.oversight.figures import Figures, figures
from anwei.oversight.models import Briefing
from anwei.oversight.services.freezing import freeze_month
from anwei.standards.briefing import layouts, measures


class NotMade(ValueError):
    """No briefing is made; the text is a sentence."""


def post_of(person: Person) -> Post | None:
    """Return the post by which a person makes briefings: the committee office's before others."""
    if not may_keep_duties(person):
        return None
    held = [
        post
        for post in standing(person).held
        if post.kind in KEEPERS
        and post.unit.kind in PUBLIC_BODIES
        and len(post.unit.territory) == COUNTY_DIGITS
    ]
    return next((post for post in held if is_the_office(post)), held[0] if held else None)


def make(
    *, actor: Person, now: datetime, year: int, months: int, layout: str, written: Written | None = None
) -> Briefing:
    """Make a briefing of January to `months` from the figures as they are told now.

    Raises NotMade for a period that has not begun and an unknown layout; PermissionDenied for who may not.
    """
    try:
        period = period_of(year, months, timezone.localdate(now))
    except ValueError as error:
        raise NotMade(str(error)) from error
    seal.seal_head(now)
    with one_moment():
        if months_changed := _changed_months(period, now):
            told = _("、").join(months_changed)
            raise NotMade(
                _("%(months)s定版后事故记录有变化，正文和附表会对不上；请先在统计指标中更正。")
                % {"months": told}
            )
        snapshot = take(period, now)
    return _keep(period, layout, snapshot, written or Written(), actor=actor, now=now)


def rewrite(briefing: Briefing, written: Written, *, actor: Person, now: datetime) -> Briefing:
    """Make the next version of a draft with other words; its numbers stay as they were frozen.

    Raises NotMade for one that is issued.
    """
    if is_issued(briefing):
        raise NotMade(_("这份通报已印发，不能再改；事实有变化的请更正。"))
    period = Book(briefing.snapshot).period
    seal.seal_head(now)
    corrects = None
    if briefing.corrects is not None:
        corrects = (briefing.corrects, briefing.reason, [Difference(**row) for row in briefing.differences])
    told = (period, briefing.layout, briefing.snapshot, written)
    return _keep(*told, actor=actor, now=now, corrects=corrects)


def make_anew(briefing: Briefing, *, actor: Person, now: datetime) -> Briefing:
    """Make the next version of a draft from the figures as they are told now, with what was written.

    Raises NotMade as `make` and `correct` do.
    """
    if is_issued(briefing):
        raise NotMade(_("这份通报已印发，不能再改；事实有变化的请更正。"))
    written = Written(**{name: getattr(briefing, name) for name in TEXTS})
    if briefing.corrects is not None:
        return correct(briefing.corrects, actor=actor, now=now, reason=briefing.reason, written=written)
    year, months, layout = briefing.year, briefing.months, briefing.layout
    return make(actor=actor, now=now, year=year, months=months, layout=layout, written=written)


def correct(
    briefing: Briefing, *, actor: Person, now: datetime, reason: str, written: Written | None = None
) -> Briefing:
    """Make the correction of an issued briefing: the facts as the records say now, what changed, and why.

    Frozen months whose facts changed are issued again with the same reason. Raises NotMade where nothing
    changed, without a reason, for one that is not issued or was corrected since, and where somebody else
    corrects the same months.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise NotMade(_("请写明更正的原因。"))
    if not is_issued(briefing) or newest_issued(briefing) != briefing:
        raise NotMade(_("只更正已印发的、最近的一期。"))
    period = Book(briefing.snapshot).period
    seal.seal_head(now)
    try:
        with one_moment():  # where it is refused, no month is issued anew either
            _freeze_again(period, actor=actor, now=now, reason=reason)
            told = take(period, now, kept=briefing.snapshot)
            changed = list(differences(briefing.snapshot, told))
            if not changed:
                raise NotMade(_("按现在的记录，这份通报的数和逐起事故没有变化，不用更正。"))
            words = written or Written(**{name: getattr(briefing, name) for name in TEXTS})
            corrects = (briefing, reason, changed)
            return _keep(period, briefing.layout, told, words, actor=actor, now=now, corrects=corrects)
    except (IntegrityError, OperationalError) as error:
        raise NotMade(_("同时有别人在更正，请稍后再试。")) from error


def _require_next(period: Period, layout: str, former: Briefing | None) -> None:
    """Let there be one paper at a time, and after an issued one nothing but its correction.

    Raises NotMade. Of a month that still runs the next day makes another briefing.
    """
    same = briefings().filter(year=period.year, months=period.months, layout=layout, as_of=period.as_of)
    if same.filter(in_hand=True).exists():
        raise NotMade(_("这份通报的公文正在审签，先撤回公文再改。"))
    issued = same.exclude(signed_at=None).order_by("-version").first()
    if issued is not None and issued != former:
        raise NotMade(_("这一期已经印发；事实有变化的请更正。"))


def _freeze_again(period: Period, *, actor: Person, now: datetime, reason: str) -> None:
    for month, keys in _changed_months(period, now).items():
        year, number = map(int, month.split("-"))
        freeze_month(actor=actor, now=now, year=year, month=number, reason=reason, only=keys)


def _changed_months(period: Period, now: datetime) -> dict[str, list[str]]:
    """Return the frozen months of a period that the records contradict in its facts, with the indicators."""
    asked = [indicator(key) for key, one in measures().items() if one.corrected]
    found = figures(None, now, Span(date(period.year - YEARS_BEFORE, 1, 1), period.ends), asked)
    months = [key for back in range(YEARS_BEFORE + 1) for key in period.keys(back)]
    changed = {month: [one.key for one in asked if _differs(found, one, month)] for month in months}
    return {month: keys for month, keys in changed.items() if keys}


def _differs(found: Figures, one: Indicator, month: str) -> bool:
    """Say whether the records contradict a cell of a frozen month, be it that their sum is the same."""
    if not found.is_frozen(one, month):
        return False
    told = found.published.get(one.key)
    was = {cell: n for cell, n in (told.numerator.items() if told else ()) if cell.month == month and n}
    now = {cell: n for cell, n in found.drifted[one.key].numerator.items() if cell.month == month and n}
    return was != now


def _keep(
    period: Period,
    layout: str,
    snapshot: Snapshot,
    written: Written,
    *,
    actor: Person,
    now: datetime,
    corrects: tuple[Briefing, str, Iterable[Difference]] | None = None,
) -> Briefing:
    post = post_of(actor)
    if post is None:
        raise PermissionDenied(_("通报由县安委办和县级部门的工作人员起草。"))
    if layout not in layouts():
        raise NotMade(_("没有这种版式。"))
    with transaction.atomic():
        lock("oversight briefings")
        head = GlobalHead.objects.latest("number")
        former, reason, changed = corrects or (None, "", [])
        _require_next(period, layout, former)
        rows = Briefing.objects.filter(year=period.year, months=period.months, layout=layout)
        last = rows.order_by("-version").values_list("version", flat=True).first() or 0
        kept = Briefing(
            year=period.year,
            months=period.months,
            layout=layout,
            version=last + 1,
            as_of=period.as_of,
            post=post,
            made_by=actor,
            made_at=now,
            snapshot=snapshot,
            head_number=head.number,
            head_digest=head.digest,
            corrects=former,
            reason=reason,
            differences=[asdict(one) for one in changed],
            **{name: value.strip() for name, value in asdict(written).items()},
        )
        kept.digest = digest_of(kept)
        kept.save()
        content = {
            "briefing": str(kept),
            "digest": kept.digest,
            "head": head.number,
            "post": post.pk,
        }
        record_change(
            REGISTER,
            kept.pk,
            actor=actor,
            now=now,
            verb="correct" if former else "make",
            content=content,
            reason=reason,
        )
    return kept
