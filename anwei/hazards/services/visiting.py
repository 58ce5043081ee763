"""A visit as it happens: it begins (also by the sign at the gate), ends, and is rated by the enterprise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import PaperNumber, State, Visit, VisitFile
from anwei.hazards.planning.manning import too_few
from anwei.hazards.services.visit_papers import first_signing, make_papers
from anwei.hazards.services.visits import keep_under_cap, locked, remember, require_of_bodies, tell_enterprise
from anwei.hazards.visit_papers import counts_of, shown_at_signing
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.scope import grants
from anwei.sites.models import Enterprise, RiskPoint
from anwei.sites.risks.signs import behind
from anwei.standards.inspections.rules import reasons

RATINGS = range(1, 6)


@transaction.atomic
def begin_visit(
    visit: Visit, *, actor: Person, now: datetime, code: str = "", at: datetime | None = None
) -> Visit:
    """Begin a planned visit; with the `code` of a sign of the enterprise it was scanned in (扫码入企).

    `at` is when it began where that is told only now, by a telephone that had no signal.
    From now on its enterprise sees it also where it was unannounced. Raises NotYourTurn for who does not take
    part, CaseError before its day, with too few inspectors, or with the sign of somebody else.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    if visit.state != State.PLANNED:
        raise CaseError(_("检查%(state)s。") % {"state": visit.state.label})
    at = at or now
    if visit.announced and day_of(at) < visit.planned_on:
        raise CaseError(_("已告知企业 %(day)s 检查；提前的，请先改日期。") % {"day": visit.planned_on})
    if sentence := too_few(visit):
        raise CaseError(sentence)
    if visit.enterprise is not None and day_of(at).year != visit.planned_on.year:
        keep_under_cap(visit.bodies.all(), visit.enterprise, day_of(at), reasons()[visit.reason])
    if code and (visit.enterprise is None or _enterprise_at(code) != visit.enterprise):
        raise CaseError(_("扫的不是%(whom)s的二维码。") % {"whom": visit.whom})
    visit.begun_at, visit.begun_by, visit.scanned = at, actor, bool(code)
    visit.save(update_fields=["begun_at", "begun_by", "scanned"])
    remember(visit, "begin", {"scanned": visit.scanned}, actor=actor, now=now)
    if not visit.announced:
        words = {"bodies": _("、").join(str(unit) for unit in visit.bodies.all()), "number": visit.number}
        text = _("%(bodies)s已到场检查：%(number)s") % words
        tell_enterprise(visit, actor, now, text=text, of="begin")
    return visit


@transaction.atomic
def end_visit(
    visit: Visit,
    *,
    actor: Person,
    now: datetime,
    finding: str,
    head: str = "",
    refusal: str = "",
    signature: VisitFile | None = None,
    shown: str | None = None,
    at: datetime | None = None,
    printed: Sequence[str] = (),
    numbers: Mapping[str, PaperNumber] | None = None,
) -> Visit:
    """End a visit with what was seen, and who of the enterprise was there, signed, or refused to.

    Its papers are made, those that were `printed` on the spot among them, under the `numbers` that stand on
    what was printed; then both sides have them. `shown` is `shown_at_signing` of what the head saw
    when signing or refusing on a telephone, None at a desk, which shows all: papers that say something else
    bear no signature, and wait for it. `at` is when it ended where that is told only now, by a
    telephone that had no signal.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    if visit.state != State.BEGUN:
        raise CaseError(_("检查%(state)s，不能结束。") % {"state": visit.state.label})
    if not finding.strip():
        raise CaseError(_("请写明检查情况；没有发现问题的，也要写明。"))
    visit.ended_at = now if at is None or visit.begun_at is None else max(at, visit.begun_at)
    visit.finding, visit.finding_counts, visit.signature = finding.strip(), counts_of(visit), signature
    visit.head, visit.refusal = head.strip()[:60], refusal.strip()[:300]
    visit.save(update_fields=["ended_at", "finding", "finding_counts", "head", "refusal", "signature"])
    content = {"finding": visit.finding, "head": visit.head, "refusal": visit.refusal}
    remember(visit, "end", content, actor=actor, now=now)
    signing = first_signing(visit, actor, now)
    covered = signing if shown is None or shown == shown_at_signing(visit, now) else None
    make_papers(visit, actor=actor, now=now, printed=printed, signing=covered, numbers=numbers)
    text = _("%(number)s检查已结束，可以查看检查情况、下载文书并评价") % {"number": visit.number}
    tell_enterprise(visit, actor, now, text=text, of="end")
    return visit


@transaction.atomic
def rate_visit(visit: Visit, *, actor: Person, now: datetime, rating: int, text: str = "") -> Visit:
    """Rate an ended visit once, as its enterprise, with 1 to 5.

    Raises NotYourTurn for anybody else, CaseError before the end, a second time, or out of the range.
    """
    visit = locked(visit)
    if visit.enterprise_id is None or not may_rate(visit, actor):
        raise NotYourTurn(_("只有被检查的企业可以评价。"))
    if visit.state != State.ENDED:
        raise CaseError(_("检查结束以后才能评价。"))
    if visit.rated_at is not None:
        raise CaseError(_("这次检查已经评价过。"))
    if rating not in RATINGS:
        raise CaseError(_("评价为 1 至 5 分。"))
    visit.rating, visit.rating_text, visit.rated_at, visit.rated_by = rating, text.strip()[:500], now, actor
    visit.save(update_fields=["rating", "rating_text", "rated_at", "rated_by"])
    remember(visit, "rate", {"rating": rating}, actor=actor, now=now)
    return visit


def may_rate(visit: Visit, person: Person) -> bool:
    """Say whether a person is of the enterprise that was visited."""
    return any(grant.enterprise == visit.enterprise_id for grant in grants(person) if grant.enterprise)


def _enterprise_at(code: str) -> Enterprise | None:
    thing = behind(code)
    return thing.site.enterprise if isinstance(thing, RiskPoint) else thing
