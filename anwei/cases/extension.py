"""An extension (延期): asked for by the implementer, decided by the supervisor, who signs until which day.

The request is a child of the case whose clock it is about, with a clock of its own. Only an approval moves
the parent's clock, which keeps the day it was first due. How far and how often is data (ExtensionRule).
A late request is possible unless the county forbids it (Setting "extensions": {"ask_before_due": true});
it does not undo that the clock was missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.clocks import OPENED, county_calendar, rule_of, set_deadline
from anwei.cases.errors import CaseError, MissingPaper, NotYet, RefusedDay, WrongPhase
from anwei.cases.events import ASKED, EXTENDED, NOT_EXTENDED
from anwei.cases.kinds import Kind, register, specific
from anwei.cases.lifecycle import WITHDRAWN, Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import TITLE_LENGTH, Case, Clock, Entry, Extension
from anwei.cases.rights import check_role
from anwei.cases.services import open_case
from anwei.cases.state import STATE, state_of
from anwei.cases.verbs import lapse, withdrawals
from anwei.ledgers import seal
from anwei.ledgers.services import county_setting
from anwei.org.holdings import ACTING_FOR, day_of
from anwei.org.models import Person
from anwei.standards.calendar import end_of_day
from anwei.standards.clocks import ClockRule, ExtensionRule
from anwei.standards.deadlines import DEADLINES, deadline
from anwei.standards.limits import end_of

EXTENSIONS = "extensions"  # key of the county's Setting
APPROVED, REFUSED = "approved", "refused"
MOMENT = timedelta(
    seconds=1
)  # a day's 24:00 is the next day's 00:00: one second earlier it is still that day

LIFECYCLE = Lifecycle(
    Phase.REVIEW,
    (
        Transition(
            "approve",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=gettext_lazy("批准延期"),
            line=gettext_lazy("已批准延期"),
            needs=(
                Need("granted_until", gettext_lazy("批准延至"), "date"),
                Need("opinion", gettext_lazy("审批意见"), "reason"),
                Need("signature", gettext_lazy("签批人签名"), "signature"),
            ),
            outcome=APPROVED,
        ),
        Transition(
            "refuse",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=gettext_lazy("不予延期"),
            line=gettext_lazy("不予延期"),
            needs=(Need("opinion", gettext_lazy("不予延期的理由"), "reason"),),
            outcome=REFUSED,
            dangerous=True,
        ),
        *withdrawals(Phase.REVIEW, role=Role.IMPLEMENTER),
        *lapse(Phase.REVIEW),
    ),
)


def terms_of(case: Case, clock: Clock) -> ExtensionRule | None:
    """Return how the clock of a case may be extended, None where it may not."""
    rule = rule_of(case, clock)
    return None if rule is None else rule.extension


def last_day(due_at: datetime) -> date:
    """Return the last day on which something due at `due_at` is in time."""
    return day_of(due_at - MOMENT)


def latest_day(clock: Clock, terms: ExtensionRule) -> date | None:
    """Return the last day to which a clock may be extended, None where whoever signs decides."""
    if terms.limit is None:
        return None
    return last_day(end_of(clock.first_due_at - MOMENT, terms.limit, terms.unit, county_calendar()))


def extendable(case: Case) -> list[tuple[Clock, ExtensionRule]]:
    """Return the running clocks of a case for which more time may be asked now, each with its terms."""
    running = case.clocks.filter(met_at__isnull=True).order_by("due_at", "pk")
    if case.phase == Phase.CLOSED or _open_request(case) is not None:
        return []
    terms = [(clock, rule) for clock in running if (rule := terms_of(case, clock)) is not None]
    return [(clock, rule) for clock, rule in terms if _n_granted(clock) < rule.times]


@transaction.atomic
def ask_extension(
    case: Case,
    clock: Clock,
    *,
    actor: Person,
    now: datetime,
    until: date,
    reason: str,
    interim_measures: str,
) -> Extension:
    """Ask for more time on a running clock of a case; the same request asked twice is one.

    Raises NotYourTurn unless the actor acts for the implementer, MissingPaper without reason or interim
    measures, WrongPhase when the clock runs no longer, NotYet when the rule allows no (further) extension
    or not so late, or another request is still open, RefusedDay when it does not allow that day.
    """
    case = specific(Case._base_manager.select_for_update().get(pk=case.pk))
    check_role(case, Role.IMPLEMENTER, actor=actor, now=now)
    clock = case.clocks.get(pk=clock.pk)
    reason, interim_measures = reason.strip(), interim_measures.strip()
    if not reason or not interim_measures:
        raise MissingPaper(_("请填写延期理由和延期期间的防范措施。"))
    pending = _open_request(case)
    if pending is not None:
        if (pending.clock_id, pending.asked_until, pending.reason) == (clock.pk, until, reason):
            return pending
        raise NotYet(_("已有延期申请%(number)s正在审批。") % {"number": pending.number})
    if case.phase == Phase.CLOSED or clock.met_at is not None:
        raise WrongPhase(_("“%(clock)s”已经完成，不需要延期。") % {"clock": _(clock.name)})
    _check_terms(case, clock, until, now)
    request = open_case(
        Extension,
        actor=actor,
        now=now,
        title=(_("%(title)s：延期申请") % {"title": case.title})[-TITLE_LENGTH:],
        territory=case.territory,
        sector=case.sector,
        enterprise=case.enterprise,
        site=case.site,
        responsible=case.responsible,
        supervisor=case.supervisor,
        implementer=case.implementer,
        parent=case,
        clock=clock,
        due_before=clock.due_at,
        asked_until=until,
        reason=reason,
        interim_measures=interim_measures,
    )
    opening = request.entries.get(number=1)
    content = {"number": request.number, "until": until, "reason": reason, "clock": clock.name}
    _tell_parent(case, opening, ASKED, content, now)
    return request


def _check_terms(case: Case, clock: Clock, until: date, now: datetime) -> None:
    terms = terms_of(case, clock)
    if terms is None:
        raise NotYet(_("“%(clock)s”按规定不能延期。") % {"clock": _(clock.name)})
    if _n_granted(clock) >= terms.times:
        words = {"clock": _(clock.name), "n": terms.times, "citation": terms.citation}
        raise NotYet(_("“%(clock)s”最多延期 %(n)d 次（%(citation)s）。") % words)
    if clock.due_at < now and county_setting(EXTENSIONS, {}).get("ask_before_due"):
        raise NotYet(_("延期须在到期前申请。"))
    _check_day(clock, terms, until, now)


def _check_day(clock: Clock, terms: ExtensionRule, until: date, now: datetime) -> None:
    if until <= last_day(clock.due_at) or until < day_of(now):
        raise RefusedDay(_("延期后的日期须晚于现在的期限，且不早于今天。"))
    latest = latest_day(clock, terms)
    if latest is not None and until > latest:
        words = {"day": latest.isoformat(), "citation": terms.citation}
        raise RefusedDay(_("最多可延至 %(day)s（%(citation)s）。") % words)


def _grant(request: Extension, entry: Entry, now: datetime) -> None:
    """Move the parent's clock to the day that was signed for; the timeline of the parent says by whom."""
    if request.parent is None or request.granted_until is None:
        raise CaseError(_("延期申请没有原事项。"))
    parent = specific(Case._base_manager.select_for_update().get(pk=request.parent.pk))
    clock = parent.clocks.get(pk=request.clock_id)
    terms = terms_of(parent, clock)
    if clock.met_at is not None or terms is None:
        raise WrongPhase(_("“%(clock)s”已经完成，不需要延期。") % {"clock": _(clock.name)})
    _check_day(clock, terms, request.granted_until, now)
    before = clock.due_at
    clock.due_at, clock.provisional = end_of_day(request.granted_until), False
    clock.save(update_fields=["due_at", "provisional"])
    set_deadline(parent)
    parent.save(update_fields=["deadline"])
    content = {
        "clock": clock.name,
        "from": before,
        "to": clock.due_at,
        "extension": request.number,
        "reason": request.reason,
        "signer": signer_of(entry),
        STATE: state_of(parent),
    }
    _tell_parent(parent, entry, EXTENDED, content, now)


def _tell_refusal(request: Extension, entry: Entry, now: datetime) -> None:
    """Let the parent's timeline say that, why and by whom more time was refused."""
    if request.parent is None:
        raise CaseError(_("延期申请没有原事项。"))
    words = {"number": request.number, "reason": entry.content["opinion"], "signer": signer_of(entry)}
    _tell_parent(request.parent, entry, NOT_EXTENDED, words, now)


def signer_of(entry: Entry) -> str:
    """Return who signed an entry, by the name they signed with, and whom a deputy acted for."""
    principal = entry.content.get(ACTING_FOR)
    if principal is None:
        return entry.actor_name
    return _("%(deputy)s（代%(principal)s）") % {"deputy": entry.actor_name, "principal": principal["name"]}


def _tell_parent(case: Case, entry: Entry, verb: str, content: dict[str, object], now: datetime) -> None:
    """Write into the parent's timeline what happened to its request, by the same hand."""
    represented = {ACTING_FOR: entry.content[ACTING_FOR]} if ACTING_FOR in entry.content else {}
    seal.append(
        Entry(
            case_id=case.pk,
            at=now,
            actor=entry.actor,
            post_id=entry.post_id,
            verb=verb,
            from_phase=case.phase,
            to_phase=case.phase,
            content=content | represented,
        )
    )


def _open_request(case: Case) -> Extension | None:
    return Extension.objects.filter(parent=case.pk).exclude(phase=Phase.CLOSED).first()


def _n_granted(clock: Clock) -> int:
    return clock.extensions.filter(outcome=APPROVED).count()


def clocks(request: Extension) -> Iterable[ClockRule]:
    """Return by when the request must be decided."""
    rule = deadline("hazard.extension", county_setting(DEADLINES, {}))
    yield rule.clock(starts_on=(OPENED,), met_by="approve")


KIND = register(
    Kind(
        code="extension",
        model=Extension,
        lifecycle=LIFECYCLE,
        label=gettext_lazy("延期申请"),
        prefix="YQ",
        phase_labels={
            Phase.REVIEW: gettext_lazy("待审批"),
            Phase.CLOSED: gettext_lazy("已审批"),
        },
        outcome_labels={
            APPROVED: gettext_lazy("已批准"),
            REFUSED: gettext_lazy("未批准"),
            WITHDRAWN: gettext_lazy("已撤回"),
        },
        opened_by=Role.IMPLEMENTER,
        clocks=clocks,
        ladder="request",
        extension=True,
        effects={"approve": _grant, "refuse": _tell_refusal},
    )
)
