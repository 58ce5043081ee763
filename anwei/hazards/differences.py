"""有什么不同: what the figures of a period say that one should ask about, in sentences with their rows.

A sentence is only said where chance does not explain it, or where a single row is one too many (a major
hazard past its limit). Against the days before, the count is binomial given both (the exact comparison of
two Poisson counts: Przyborowski and Wilenski, Biometrika 31, 1940, 313-323); a place is compared with its
peers as in `standards.formalism.peers`; of all said of one kind at most one in twenty
is expected to be chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anwei.cases.periods import Span
from anwei.hazards.counts import (
    CLAUSE,
    DECIDED,
    FOUND,
    MAJOR_PAST_LIMIT,
    SECTOR,
    TOO_LATE,
    TOWNSHIP,
    Count,
)
from anwei.hazards.rates import BAND_COUNTS, Numbers, Rates
from anwei.hazards.timing import NO_CLAUSE
from anwei.standards.formalism.peers import Tally, benjamini_hochberg, many

SHOWN = 6
RARE = 0.05
NEGLIGIBLE = 1e-12
FEWEST_RISEN = 5  # of a clause, before a rise is worth a sentence
Address = Callable[[Count, Mapping[str, str]], str]  # of a count, narrowed further
Name = Callable[[str, str], str]  # of a dimension and a value


@dataclass(frozen=True)
class Difference:
    """One sentence: how grave ("red", "orange", "offline"), its words, where its rows are."""

    severity: str
    text: str
    address: str


def differences(found: Rates, before: Span | None, address: Address, name: Name) -> list[Difference]:
    """Return at most `SHOWN` sentences, the gravest first; `before` names the days compared with.

    With nothing found in those days no comparison is made: a county that had not begun to record is not one
    that had no hazards.
    """
    compared = before if found.before[""] else None
    said = [
        *_standing(found.whole, address),
        *_late(found, TOWNSHIP, address, name),
        *_late(found, SECTOR, address, name),
        *([*_risen(found, address, name), _altogether(found, compared, address)] if compared else []),
    ]
    return said[:SHOWN]


def at_least(n: int, of: int) -> float:
    """Return the probability that `n` or more of `of` fall into the later of two periods of one length."""
    if 2 * n <= of:  # the other tail is the shorter one, and the two are alike
        return 1.0 - at_least(of - n + 1, of) if n > 0 else 1.0
    total = 0.0
    for k in range(n, of + 1):
        term = exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + of * log(0.5))
        total += term
        if term < NEGLIGIBLE * total:
            break
    return min(1.0, total)


def _standing(whole: Numbers, address: Address) -> Iterator[Difference]:
    if n := whole[MAJOR_PAST_LIMIT.key]:
        text = ngettext("重大隐患超期未改 %(n)d 件。", "重大隐患超期未改 %(n)d 件。", n) % {"n": n}
        yield Difference("red", text, address(MAJOR_PAST_LIMIT, {}))
    longest = BAND_COUNTS[-1]
    if n := whole[longest.key]:
        text = ngettext("超期 90 天以上未改 %(n)d 件。", "超期 90 天以上未改 %(n)d 件。", n) % {"n": n}
        yield Difference("red", text, address(longest, {}))


def _late(found: Rates, dimension: str, address: Address, name: Name) -> Iterator[Difference]:
    """Say which places are late more often than their peers."""
    values = sorted(found.by.get(dimension, {}))
    tallies = [
        Tally(place, dimension, numbers[TOO_LATE.key], numbers[DECIDED.key])
        for place, numbers in enumerate(found.by[dimension][value] for value in values)
        if numbers[DECIDED.key]
    ]
    for one in many(tallies):
        if not one.is_unusual:
            continue
        value = values[one.tally.key]
        text = _(
            "%(name)s整改超期 %(n)d / %(of)d（%(share)s）；其他 %(peers)d 个合计 %(theirs)d / %(total)d。"
        ) % {
            "name": name(dimension, value),
            "n": one.tally.count,
            "of": one.tally.exposure,
            "share": f"{one.tally.count / one.tally.exposure:.0%}",
            "peers": one.n_peers,
            "theirs": one.peers_count,
            "total": one.peers_exposure,
        }
        yield Difference("orange", text, address(TOO_LATE, {dimension: value}))


def _risen(found: Rates, address: Address, name: Name) -> Iterator[Difference]:
    """Say which clauses were found more often than in the days before."""
    clauses = sorted(found.by.get(CLAUSE, {}).items())
    counts = [(one, numbers[FOUND.key], found.before[one]) for one, numbers in clauses if one != NO_CLAUSE]
    compared = [at_least(n, n + earlier) if n else 1.0 for _clause, n, earlier in counts]
    for place in sorted(benjamini_hochberg(compared, RARE), key=lambda place: compared[place]):
        clause, n, earlier = counts[place]
        if n >= FEWEST_RISEN:
            text = _("%(clause)s：发现 %(n)d 件，此前同样天数 %(before)d 件。") % {
                "clause": name(CLAUSE, clause),
                "n": n,
                "before": earlier,
            }
            yield Difference("orange", text, address(FOUND, {CLAUSE: clause}))


def _altogether(found: Rates, before: Span, address: Address) -> Difference:
    n, earlier = found.whole[FOUND.key], found.before[""]
    more, less = at_least(n, n + earlier), at_least(earlier, n + earlier)
    verdict = _("变化不显著")
    if min(more, less) < RARE / 2:
        verdict = _("明显增多") if more < less else _("明显减少")
    text = _("发现 %(n)d 件，此前同样天数（%(days)s）%(before)d 件，%(verdict)s。") % {
        "n": n,
        "days": before.label,
        "before": earlier,
        "verdict": verdict,
    }
    return Difference("offline", text, address(FOUND, {}))
