"""Whoever acts at a post that a case names reads that case and takes its turn there, and sees no neighbour."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.canaries import CASE_DOORS, leaks, unpacked
from tests.matrix.examples import walk
from tests.matrix.photos import traces
from tests.matrix.world import NAMED, SEES, World, canary

pytestmark = pytest.mark.django_db
LISTS = ("cases/", "work/", "search/")


@pytest.mark.parametrize("role", NAMED)
def test_the_case_is_read_whole(world: World, visitors: dict[str, Caller], role: str) -> None:
    """Its page, its photo as it was handed in, its dossier; in the lists it stands, and nothing beside it."""
    page, photo = f"/cases/{world.named.finished.pk}/", f"/evidence/{world.named.evidence.pk}/"
    for path in (page, f"/cases/{world.named.signing.pk}/", f"{page}dossier.zip"):
        answer = visitors[role].call("GET", path)
        assert answer.status == 200 and canary("n").encode() in unpacked(answer.body), path
    for path, telling in ((page, 2), (photo, 3), (f"{page}dossier.zip", 3), (f"{photo}?size=small", 0)):
        answer = visitors[role].call("GET", path)
        told = [word for word in traces("n") if word.encode() in unpacked(answer.body)]
        assert (answer.status, len(told)) == (200, telling), path
    listed = visitors[role].call("GET", "/cases/").body
    assert canary("n").encode() in listed and world.places["x"].warning.number.encode() not in listed


@pytest.mark.parametrize("role", NAMED)
def test_each_takes_the_turn_of_the_own_post_alone(
    world: World, visitors: dict[str, Caller], role: str
) -> None:
    turns = (
        (world.named.signing, "sign", "implementer", {}),
        (world.named.finished, "inspect", "supervisor", {"finding": "已到场"}),
    )
    for case, verb, seat, words in turns:
        body = {"version": case.version, "key": "matrix", **words}
        answer = visitors[role].call("POST", f"/cases/{case.pk}/{verb}/", body)
        done = (answer.status, bool(answer.changed), answer.sealed)
        assert done == ((302, True, True) if NAMED[role] == seat else (403, False, False)), verb


@pytest.mark.parametrize("role", [role for role in NAMED if role not in SEES])
def test_the_neighbours_stay_out_of_sight(world: World, visitors: dict[str, Caller], role: str) -> None:
    """At every door that begins with a case, and at every page of plant X; the first of the six walks everywhere."""
    wrong, n_closed, n_heard = [], 0, 0
    for route, place, path in walk(world):
        if place != "x" and not route.pattern.startswith(CASE_DOORS):
            continue
        answer = visitors[role].call("GET", path)
        wrong += [f"{word} heard: {path}" for word in leaks(world, role, route, answer)]
        wrong += [f"gets in: {path} {answer.status}"] if place and answer.status < 400 else []
        wrong += [f"changes {answer.changed}: {path}"] if answer.changed else []
        n_closed += bool(place)
        n_heard += canary("n").encode() in unpacked(answer.body)
    assert not wrong, "\n".join(wrong)
    assert n_closed > 50 and n_heard


@pytest.mark.parametrize("role", SEES)
def test_others_see_it_by_their_scope_alone(world: World, visitors: dict[str, Caller], role: str) -> None:
    """Those of plant X read it without the position: of the three posts none is theirs."""
    page, photo = f"/cases/{world.named.finished.pk}/", f"/evidence/{world.named.evidence.pk}/"
    seen = role != "display" and ("x" in SEES[role] or role in NAMED)  # a wall shows no case
    for path in (page, photo, f"{photo}?size=small", f"{page}dossier.zip"):
        answer = visitors[role].call("GET", path)
        assert answer.let_in is seen, (path, answer.status)
        if role not in NAMED:
            assert not [word for word in traces("n") if word.encode() in unpacked(answer.body)], path
