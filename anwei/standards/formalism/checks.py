"""What in the records of closures is a reason for a second look, closure by closure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from anwei.standards.formalism.closures import Closure, Photo, Seen, facts, nearest, seen_at
from anwei.standards.formalism.grouping import grouped
from anwei.standards.formalism.pictures import is_same, same_pairs
from anwei.standards.formalism.signals import Family, Signal
from anwei.standards.formalism.words import alike
from anwei.standards.geography.points import distance

CLOCKS_DIFFER = timedelta(hours=1)  # a camera's clock may be so wrong before a photo counts as older
CLOCK_UNSET = timedelta(days=365)  # older still, and the camera never knew the date
FAR = 1000.0  # metres from the site: a works is wide and a position in a yard off by 100 m
MINUTES = timedelta(minutes=10)
FASTEST = 120.0 / 3.6  # metres a second on a county's roads
APART = 3000.0  # metres; nearer, two clocks and two positions may say anything
AROUND = timedelta(hours=1)  # how long before and after a verification its verifier is looked for elsewhere
AGAIN = timedelta(days=365)
SHOWN = 10  # cases named in one sentence
FEWEST_TEXTS = 3
OF_THE_VERIFIER = frozenset(
    {
        "same_before_verified",
        "same_fixed_verified",
        "same_elsewhere_verified",
        "older_verified",
        "far_verified",
        "minutes",
        "no_road",
        "two_places",
        "same_words_verified",
    }
)
"""What the verifier did. That a plant handed in an old photo, or that a thing broke again, names nobody."""
MOST_AUTHORS, SHARE_OF_AUTHORS = (
    2,
    0.3,
)  # a text that more people use, of all who write, is the office's phrase

Found = Iterator[tuple[int, Signal]]


def check(closures: Sequence[Closure]) -> dict[int, list[Signal]]:
    """Return the signals of each closure that has any, by its key."""
    found: dict[int, list[Signal]] = defaultdict(list)
    for each in (_pictures, _reused, _older, _elsewhere, _haste, _two_places, _words, _again):
        for key, signal in each(closures):
            found[key].append(signal)
    return dict(found)


def _pictures(closures: Sequence[Closure]) -> Found:
    """Before and after are one picture; or the verifier handed in the photo of who put it right."""
    for one in closures:
        for code, first, second in (
            ("same_before_after", one.found.photos, one.fixed.photos),
            ("same_before_verified", one.found.photos, one.verified.photos),
            ("same_fixed_verified", one.fixed.photos, one.verified.photos),
        ):
            if pair := next(((a, b) for a in first for b in second if _one_picture(a, b)), None):
                yield one.key, Signal(code, Family.PHOTOS, facts(pair), is_strong=True)


def _reused(closures: Sequence[Closure]) -> Found:
    """Hold photos of different sites against each other: one picture in two cases, strong in three.

    The first to hand it in may well be whose it is: never strong. Photos of who put it right and of who
    verified are each held against their own kind. Those of one site are not held against each other: one
    picture may show two things put right there, and two inspectors side by side take the same one.
    """
    for code, part in (("same_elsewhere", 0), ("same_elsewhere_verified", 1)):
        files: dict[str, list[tuple[Closure, Photo]]] = defaultdict(list)
        for one in closures:
            for photo in (one.fixed, one.verified)[part].photos:
                files[photo.sha256].append((one, photo))
        distinct = list(files.values())
        pairs = same_pairs([uses[0][1].hashes for uses in distinct])
        for group in grouped(len(distinct), pairs):
            uses = [use for place in group for use in distinct[place]]
            if len({one.whose for one, _photo in uses}) < 2:
                continue
            rests_on = facts(photo for _one, photo in uses)
            first = min(uses, key=lambda use: ((use[0].fixed, use[0].verified)[part].at, use[1].key))[0]
            for one in {one.key: one for one, _photo in uses}.values():
                others = sorted({other.key for other, _photo in uses if other.whose != one.whose})
                told = {"n": len(others), "hazards": others[:SHOWN]}
                strong = len(others) > 1 and one is not first
                yield one.key, Signal(code, Family.PHOTOS, rests_on, strong, told)


def _older(closures: Sequence[Closure]) -> Found:
    """Every photo that is to show it put right was taken before it was found."""
    for one in closures:
        for code, step in (("older_fixed", one.fixed), ("older_verified", one.verified)):
            taken = [photo.taken_at for photo in step.photos if photo.taken_at]
            if taken and (newest := max(taken)) < one.found_at - CLOCKS_DIFFER:
                strong = newest > one.found_at - CLOCK_UNSET
                told = {"taken_at": newest.isoformat()}
                yield one.key, Signal(code, Family.PHOTOS, facts(step.photos), strong, told)


def _elsewhere(closures: Sequence[Closure]) -> Found:
    """Photos were taken far from the site and from where anybody else stood.

    Where others stood with them, the place of the site is wrong on the map.
    """
    for one in closures:
        if one.there is None:
            continue
        for code, family, step, rest in (
            ("far_fixed", Family.PHOTOS, one.fixed, (*one.found.photos, *one.verified.photos)),
            ("far_verified", Family.PRESENCE, one.verified, (*one.found.photos, *one.fixed.photos)),
        ):
            metres = nearest(step.photos, one.there)
            if metres is None or metres <= FAR:
                continue
            together = (nearest(rest, photo.taken_from) for photo in step.photos if photo.taken_from)
            if not any(near is not None and near <= FAR for near in together):
                told = {"kilometres": round(metres / 1000, 1)}
                yield one.key, Signal(code, family, facts(step.photos), told=told)


def _haste(closures: Sequence[Closure]) -> Found:
    """Verify within minutes of what was handed in, by somebody no photo shows on site.

    Strong where a photo shows the verifier so far away that no road leads there in the time. Put right on the
    spot (立查立改) it is no sign by itself.
    """
    stood: dict[int | None, list[tuple[int, Photo]]] = defaultdict(list)
    for one in closures:
        stood[one.verified.person] += [(one.key, photo) for photo, _seen in seen_at(one.verified.photos)]
    for one in closures:
        passed = one.verified.at - one.fixed.at
        if passed > MINUTES:
            continue
        own = one.there and nearest(one.verified.photos, one.there)
        if own is not None and own <= FAR:
            continue
        times = {f"time:{one.fixed.key}", f"time:{one.verified.key}"} | facts(one.verified.photos)
        elsewhere = _unreachable(one, stood[one.verified.person])
        told: dict[str, Any] = {"minutes": max(1, round(passed.total_seconds() / 60))}
        if elsewhere is not None and own is None:
            other, photo, metres = elsewhere
            told |= {"kilometres": round(metres / 1000, 1), "hazard": other}
            yield one.key, Signal("no_road", Family.HASTE, frozenset(times | {photo.fact}), True, told)
        elif not one.is_on_the_spot:
            yield one.key, Signal("minutes", Family.HASTE, frozenset(times), told=told)


def _unreachable(one: Closure, stood: Sequence[tuple[int, Photo]]) -> tuple[int, Photo, float] | None:
    """Return a photo of the verifier from which the site was not to be reached while it waited for them."""
    if one.there is None:
        return None
    for other, photo in stood:
        if other == one.key or photo.taken_at is None or photo.taken_from is None:
            continue
        metres = distance(photo.taken_from, one.there)
        away = max(abs(photo.taken_at - one.fixed.at), abs(photo.taken_at - one.verified.at))
        if away <= AROUND and metres > APART and metres > FASTEST * away.total_seconds():
            return other, photo, metres
    return None


def _two_places(closures: Sequence[Closure]) -> Found:
    """One person's cameras say they were at two places between which no road leads in the time."""
    walks: dict[int, list[tuple[Seen, Photo, int]]] = defaultdict(list)
    for one in closures:
        if one.verified.person is not None:
            walks[one.verified.person] += [
                (seen, photo, one.key) for photo, seen in seen_at(one.verified.photos)
            ]
    for walk in walks.values():
        walk.sort(key=lambda stop: (stop[0][0], stop[1].key))
        for ((left, here), photo, one_key), ((came, there), other, other_key) in pairwise(walk):
            metres, seconds = distance(here, there), (came - left).total_seconds()
            if one_key != other_key and metres > APART and metres > FASTEST * seconds:
                told = {"kilometres": round(metres / 1000, 1), "minutes": round(seconds / 60)}
                for key, twin in ((one_key, other_key), (other_key, one_key)):
                    rests_on, words = facts((photo, other)), told | {"hazard": twin}
                    yield key, Signal("two_places", Family.PRESENCE, rests_on, True, words)


def _words(closures: Sequence[Closure]) -> Found:
    """The same long text for different sites, written by few people, three times at least."""
    for code, part in (("same_words_fixed", 0), ("same_words_verified", 1)):
        steps = [(one, (one.fixed, one.verified)[part]) for one in closures]
        writers = {step.person for _one, step in steps}
        most = max(MOST_AUTHORS, SHARE_OF_AUTHORS * len(writers))
        for group in alike([step.text for _one, step in steps]):
            members = [steps[place] for place in group]
            authors = {step.person for _one, step in members}
            sites = {one.whose for one, _step in members}
            if len(members) < FEWEST_TEXTS or len(sites) < FEWEST_TEXTS or len(authors) > most:
                continue
            for one, _step in members:
                told = {"n": len(members), "sites": len(sites)}
                yield one.key, Signal(code, Family.WORDS, frozenset({one.text_facts[part]}), told=told)


def _again(closures: Sequence[Closure]) -> Found:
    """It was found again within a year of being closed off."""
    for one in closures:
        if one.found_again_at is not None and one.found_again_at - one.closed_at <= AGAIN:
            told = {"days": max(0, (one.found_again_at - one.closed_at).days), "hazard": one.again}
            yield one.key, Signal("again", Family.RECURRENCE, frozenset({f"hazard:{one.again}"}), told=told)


def _one_picture(one: Photo, other: Photo) -> bool:
    if one.sha256 == other.sha256:
        return True
    return one.hashes is not None and other.hashes is not None and is_same(one.hashes, other.hashes)
