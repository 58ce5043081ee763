"""The sample by lot, and what somebody saw on site: both are written once and never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.documents.services import add_document
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.cases.models import Document
from anwei.hazards.models import Hazard, Origin, Recheck, RecheckDraw, RecheckItem, SignalReport
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.services import record_change
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person
from anwei.standards.inspections import lots

LONGEST_SEED = 64
MOST = 200  # items of one draw: more is no sample
REGISTER = "hazards.recheck"
HAZARD, ENTERPRISE = "hazard", "enterprise"


def population_of(report: SignalReport) -> list[str]:
    """Return the keys of all closures and enterprises that are suggested, as lots are drawn from them."""
    content = report.content
    hazards = [f"{HAZARD}:{one['key']}" for one in content["hazards"]]
    return hazards + [f"{ENTERPRISE}:{one['key']}" for one in content["enterprises"]]


@transaction.atomic
def draw(
    report: SignalReport, *, actor: Person, now: datetime, seed: str, n: int, n_random: int
) -> RecheckDraw:
    """Draw `n` of what is suggested, and `n_random` closures without any signal to compare with.

    Raises NotYourTurn for who is not of the committee's office, CaseError for a seed used before or numbers
    that do not fit.
    """
    _require_office(actor, now)
    seed, population = seed.strip(), population_of(report)
    others = [f"{HAZARD}:{key}" for key in report.content["others"]]
    if not seed or len(seed) > LONGEST_SEED:
        raise CaseError(_("请写种子（不超过 %(n)d 字）。") % {"n": LONGEST_SEED})
    if RecheckDraw.objects.filter(seed=seed).exists():
        raise CaseError(_("这个种子已经用过；同一种子只抽一次。"))
    for asked, least, there in ((n, 1, len(population)), (n_random, 0, len(others))):
        if not least <= asked <= min(there, MOST):
            words = {"least": least, "most": min(there, MOST)}
            raise CaseError(_("抽取件数须在 %(least)d 至 %(most)d 之间。") % words)
    made = RecheckDraw.objects.create(
        seed=seed,
        drawn_at=now,
        drawn_by=actor,
        computed_at=report.at,
        population=population,
        others=others,
        n=n,
        n_random=n_random,
        algorithm=lots.ALGORITHM,
    )
    signals = {
        f"{kind}:{one['key']}": one["signals"]
        for kind, rows in ((HAZARD, report.content["hazards"]), (ENTERPRISE, report.content["enterprises"]))
        for one in rows
    }
    for place, key in enumerate(drawn(made), start=1):
        kind, _colon, pk = key.partition(":")
        RecheckItem.objects.create(
            draw=made, place=place, signals=signals.get(key, []), **{f"{kind}_id": int(pk)}
        )
    content = {"seed": seed, "n": n, "n_random": n_random, "of": len(population), "result": drawn(made)}
    record_change(f"{REGISTER}.draw", made.pk, actor=actor, now=now, verb="draw", content=content)
    return made


def drawn(made: RecheckDraw) -> list[str]:
    """Return what a kept draw gives by its seed: the suggested, then the ones to compare with."""
    return lots.draw(made.seed, made.population, made.n) + lots.draw(made.seed, made.others, made.n_random)


@dataclass(frozen=True)
class Look:
    """What somebody saw on site; `key` is that of the form."""

    outcome: str
    note: str
    photos: Sequence[Upload] = ()
    key: str = ""


@transaction.atomic
def record(item: RecheckItem, look: Look, *, actor: Person, now: datetime) -> Recheck:
    """Write down what was seen on site. What does not hold is filed at once as a hazard that repeats the old.

    Raises NotYourTurn; CaseError without words, or what `file_hazard` raises; RefusedEvidence.
    """
    _require_office(actor, now)
    if not look.note.strip():
        raise CaseError(_("请写明现场看到的情况。"))
    fails = look.outcome == Recheck.Outcome.FAILS
    hazard = _filed(item, look, actor, now) if fails else None
    if hazard is not None and (sent_before := Recheck.objects.filter(hazard=hazard).first()) is not None:
        return sent_before
    made = Recheck.objects.create(
        item=item,
        by=actor,
        at=now,
        outcome=look.outcome,
        note=look.note.strip(),
        hazard=hazard,
        document=None if fails else _kept(item, look, actor, now),
    )
    content = {"item": item.pk, "outcome": look.outcome, "hazard": None if hazard is None else hazard.number}
    record_change(REGISTER, made.pk, actor=actor, now=now, verb="recheck", content=content)
    return made


@dataclass(frozen=True)
class Borne:
    """How many looked at again for a reason there were, and of how many the record did not hold."""

    family: str  # of signals; "" for those drawn without any
    n: int
    n_fails: int


def borne_out() -> list[Borne]:
    """Return by family of signals how many of those looked at again did not hold; last those without any."""
    last: dict[int, tuple[list[dict[str, str]], str]] = {}
    rows = Recheck.objects.order_by("at", "pk").values_list("item", "item__signals", "outcome")
    for item, signals, outcome in rows:
        last[item] = signals, outcome
    n, fails = Counter[str](), Counter[str]()
    for signals, outcome in last.values():
        for family in {one["family"] for one in signals} or {""}:
            n[family] += 1
            fails[family] += outcome == Recheck.Outcome.FAILS
    return [Borne(family, n[family], fails[family]) for family in sorted(n, reverse=True)]


def _filed(item: RecheckItem, look: Look, actor: Person, now: datetime) -> Hazard:
    old = item.hazard
    where = Whereabouts(item.enterprise)
    if old is not None:
        where = Whereabouts(old.enterprise, old.site, old.territory, old.sector)
    return file_hazard(
        where,
        actor=actor,
        now=now,
        origin=Origin.UPPER,
        description=look.note,
        found_at=now,
        place="" if old is None else old.place,
        photos=look.photos,
        repeat_of=old,
        key=look.key,
    )


def _kept(item: RecheckItem, look: Look, actor: Person, now: datetime) -> Document | None:
    """Keep the photo of what holds in the documents of the enterprise or the place."""
    if not look.photos:
        return None
    if len(look.photos) > 1:
        raise CaseError(_("属实的附一张照片即可。"))
    hazard = item.hazard
    thing = item.enterprise or (None if hazard is None else hazard.enterprise or hazard.site)
    if thing is None:
        raise CaseError(_("这里没有企业或场所档案可放照片，请在情况中写明。"))
    title = _("抽查照片 %(item)s") % {"item": item if hazard is None else hazard.number}
    return add_document(
        thing, look.photos[0], title=title[:120], kind=Document.Kind.PHOTO, actor=actor, now=now
    )


def _require_office(actor: Person, now: datetime) -> None:
    if not is_of_the_office(actor, now):
        raise NotYourTurn(_("抽查由县安委办办理。"))
