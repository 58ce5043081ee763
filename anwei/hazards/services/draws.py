"""Drawing by lot whom to visit and who goes, and planning the visits that the lots gave."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Campaign, Draw, Inspector, Visit
from anwei.hazards.planning.bodies import bodies_of, certified_on
from anwei.hazards.planning.capping import n_counted_by_enterprise, yearly_cap
from anwei.hazards.planning.coverage import enterprises_in
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visits import plan_visit
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import Person, Unit
from anwei.sites.models import Enterprise
from anwei.standards.inspections import lots

LONGEST_SEED, LONGEST_PUBLIC = 64, 40
REASON = "draw"


@dataclass(frozen=True)
class Population:
    """What is drawn from: credit codes, certificate numbers, and how many enterprises the cap leaves out."""

    enterprises: tuple[str, ...]
    inspectors: tuple[str, ...]
    n_capped: int


def population_of(campaign: Campaign, body: Unit, actor: Person, now: datetime) -> Population:
    """Return the enterprises of a campaign that a body may still visit this year, and its own inspectors."""
    used, cap = n_counted_by_enterprise(body, day_of(now).year), yearly_cap()
    rows = list(enterprises_in(campaign, actor).order_by("credit_code").values_list("pk", "credit_code"))
    free = tuple(code for pk, code in rows if used.get(pk, 0) < cap)
    own = certified_on(day_of(now)).filter(unit=body).order_by("number").values_list("number", flat=True)
    return Population(free, tuple(own), len(rows) - len(free))


def fresh_seed(public_number: str = "") -> str:
    """Return a seed that nobody could foresee or try out, with a number of public knowledge before it."""
    return "-".join(filter(None, (public_number.strip(), secrets.token_hex(8))))


@transaction.atomic
def make_draw(
    campaign: Campaign, *, actor: Person, now: datetime, body: Unit, seed: str, n: int, n_inspectors: int
) -> Draw:
    """Draw `n` enterprises, and `n_inspectors` for each; what was drawn from is kept with the result.

    Raises NotYourTurn for who does not act for the body; CaseError for a seed used before, or a population
    that is too small.
    """
    if body not in bodies_of(actor, now):
        raise NotYourTurn(_("您只能以自己单位的名义抽取。"))
    seed = seed.strip()
    if not seed or len(seed) > LONGEST_SEED:
        raise CaseError(_("请写种子（不超过 %(n)d 字）。") % {"n": LONGEST_SEED})
    if campaign.closed_at is not None:
        raise CaseError(_("“%(campaign)s”已结束，不能再抽取。") % {"campaign": campaign})
    if Draw._base_manager.filter(campaign=campaign, seed=seed).exists():
        raise CaseError(_("这个种子在本计划中已经用过；同一种子只抽一次。"))
    whom = population_of(campaign, body, actor, now)
    if not 1 <= n <= len(whom.enterprises):
        raise CaseError(_("可抽的企业有 %(n)d 家，请填 1 至 %(n)d。") % {"n": len(whom.enterprises)})
    if not 1 <= n_inspectors <= len(whom.inspectors):
        words = {"n": len(whom.inspectors), "body": body}
        raise CaseError(_("%(body)s证件有效的执法人员有 %(n)d 名，不够抽取。") % words)
    made = Draw._base_manager.create(
        campaign=campaign,
        unit=body,
        territory=campaign.territory,
        seed=seed,
        drawn_at=now,
        drawn_by=actor,
        population=list(whom.enterprises),
        inspectors=list(whom.inspectors),
        n=n,
        n_inspectors=n_inspectors,
        result=drawn(seed, whom.enterprises, n, whom.inspectors, n_inspectors),
        algorithm=lots.ALGORITHM,
    )
    content = {"seed": seed, "n": n, "of": len(whom.enterprises), "result": made.result}
    record_change("hazards.draw", made.pk, actor=actor, now=now, verb="draw", content=content)
    return made


def drawn(
    seed: str, population: Iterable[str], n: int, inspectors: Iterable[str], each: int
) -> list[list[object]]:
    """Return the result as a draw keeps it: [credit code, [certificate numbers]] in the order of the lots."""
    found = lots.draw_with_inspectors(seed, population, n, inspectors, each)
    return [[code, numbers] for code, numbers in found.items()]


def drawn_again(made: Draw, seed: str = "") -> list[list[object]]:
    """Return what the kept population gives by a seed, its own unless another is asked for."""
    return drawn(seed or made.seed, made.population, made.n, made.inspectors, made.n_inspectors)


@dataclass(frozen=True)
class Planned:
    """What became of the visits of a draw: those planned now, and the sentences of those refused."""

    visits: Sequence[Visit]
    refused: Sequence[str]


@transaction.atomic
def plan_drawn(made: Draw, *, actor: Person, now: datetime, planned_on: date, announced: bool) -> Planned:
    """Plan a visit to each drawn enterprise that has none from this draw; what one refuses stops no other.

    The draw is locked, so that two who plan it at once make one visit to each.
    """
    made = Draw._base_manager.select_for_update().get(pk=made.pk)
    enterprises = {one.credit_code: one for one in Enterprise.objects.filter(credit_code__in=_codes(made))}
    there = set(
        Visit._base_manager.filter(campaign=made.campaign, reason=REASON)
        .filter(Q(cancelled_at=None) | Q(merged_into__isnull=False, merged_into__cancelled_at=None))
        .filter(body=made.unit, planned_at__gte=made.drawn_at)
        .values_list("enterprise__credit_code", flat=True)
    )
    visits, refused = [], []
    for code, numbers in made.result:
        enterprise = enterprises.get(code)
        if enterprise is None or code in there:
            continue
        inspectors = Inspector.objects.filter(number__in=numbers).select_related("person")
        try:
            visits.append(
                plan_visit(
                    Whereabouts(enterprise),
                    actor=actor,
                    now=now,
                    body=made.unit,
                    planned_on=planned_on,
                    reason=REASON,
                    announced=announced,
                    campaign=made.campaign,
                    inspectors=[one.person for one in inspectors],
                )
            )
        except NotYourTurn:
            raise
        except CaseError as error:
            refused.append(str(error))
    return Planned(visits, refused)


def _codes(made: Draw) -> list[str]:
    return [code for code, _numbers in made.result]
