"""Random histories of a case against an oracle that knows the rules from the table in the text only.

Nothing closes without the papers and a second person; whoever acts, acts in turn, by appointment or as a
recorded deputy; the second person is seen through every delegation; overdue equals the oracle.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from anwei.cases import intake
from anwei.cases.errors import CaseError
from anwei.cases.models import Case, Entry, Evidence
from anwei.cases.services import advance
from anwei.cases.sweep import OVERDUE, sweep
from anwei.ledgers import seal
from anwei.org.models import Delegation, Person
from anwei.org.services import delegate, revoke
from tests.kernel.county import NOW, County, build, in_post, open_repair, photo

N_HISTORIES, N_STEPS = 60, 15
N_PROVED, N_PARTS = 10_000, 20  # histories in `make proof`, told in parts of their own seed
# verb: (from, to, post)
TABLE = {
    "order": ("registered", "assigned", "duty"),
    "sign": ("assigned", "acting", "safety"),
    "finish": ("acting", "review", "safety"),
    "inspect": ("review", "review", "duty"),
    "close": ("review", "closed", "duty"),
    "return_back": ("review", "acting", "duty"),
}
PAPERS: dict[str, dict[str, Any]] = {
    "finish": {"way": "repair", "evidence": [photo()]},
    "inspect": {"finding": "好"},
    "return_back": {"reason": "漏"},
}
POSTS = {"officer": {"duty"}, "second_officer": {"duty"}, "worker": {"safety"}, "both": {"duty", "safety"}, "boss": set()}  # fmt: skip
# deputy: (post, for whom); `twin` checks in the name of a person who may have done the work
DEPUTIES = {"stand_in": ("safety", "worker"), "aide": ("duty", "officer"), "twin": ("duty", "both")}
WHO = (*POSTS, *DEPUTIES)


class Histories(RuleBasedStateMachine):
    people: dict[str, Person]
    county: County
    lent_at_first: dict[str, Delegation]
    n_told = n_closed = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = NOW
        self.case: Case = open_repair(self.county)
        self.phase = "registered"
        self.inspected = False
        self.implementers: set[str] = set()
        self.due: dict[str, datetime] = {}
        self.n_overdue = 0
        self.n_entries = 1
        self.clicks: list[tuple[str, str, str]] = []  # verb, who, key
        self.lent = dict(self.lent_at_first)

    def teardown(self) -> None:
        Histories.n_closed += self.phase == "closed"
        Histories.n_told += 1
        assert seal.verify().first_broken is None
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def names_of(self, who: str, post: str) -> set[str] | None:
        """Whose act it is when `who` acts at a post: the hand, and whom it represents; None: not theirs."""
        if post in POSTS.get(who, set()):
            return {who}
        if who in self.lent and DEPUTIES[who][0] == post:
            return {who, DEPUTIES[who][1]}
        return None

    def allowed(self, verb: str, who: str, complete: bool) -> bool:
        source, _target, post = TABLE[verb]
        names = self.names_of(who, post)
        in_turn = self.phase == source and names is not None
        second_person = post != "duty" or not (names or set()) & self.implementers
        papers = complete or verb not in PAPERS
        return in_turn and second_person and papers and (verb != "close" or self.inspected)

    def follow(self, verb: str, who: str) -> None:
        source, target, post = TABLE[verb]
        self.n_entries += 1
        self.inspected = verb == "inspect" or (source == target and self.inspected)
        self.phase = target
        if post == "safety":
            self.implementers |= self.names_of(who, post) or set()
        self.due.pop(verb, None)
        if verb == "order":
            self.due = {"sign": self.now + timedelta(minutes=30), "finish": self.now + timedelta(hours=4)}
        if verb == "return_back":
            self.due = {"finish": self.now + timedelta(hours=4)}

    @rule(
        verb=st.sampled_from(sorted(TABLE)),
        who=st.sampled_from(WHO),
        complete=st.booleans(),
        stale=st.integers(0, 5).map(lambda n: n == 0),
    )
    def attempt(self, verb: str, who: str, complete: bool, stale: bool) -> None:
        self.act(verb, who, complete, stale)

    @rule(choices=st.lists(st.integers(0, 60), min_size=1, max_size=4))
    def go_on(self, choices: list[int]) -> None:
        """Most random verbs are refused; this rule takes some that are not, so that cases come to an end."""
        for choice in choices:
            pairs = [(verb, who) for verb in TABLE for who in WHO if self.allowed(verb, who, True)]
            if pairs:
                self.act(*pairs[choice % len(pairs)], True, False)

    def act(self, verb: str, who: str, complete: bool, stale: bool) -> None:
        expected = self.allowed(verb, who, complete) and not stale
        papers = PAPERS.get(verb, {}) if complete else {}
        key = f"k{len(self.clicks)}"
        version = self.case.version - 1 if stale else self.case.version
        try:
            self.case = advance(
                self.case, verb, actor=self.people[who], now=self.now, version=version, key=key, **papers
            )
        except CaseError as refusal:
            assert not expected, refusal
            assert str(refusal).endswith("。")
        else:
            assert expected, (verb, who, complete, stale)
            self.clicks.append((verb, who, key))
            self.follow(verb, who)

    @rule(deputy=st.sampled_from(sorted(DEPUTIES)))
    def come_and_go(self, deputy: str) -> None:
        """End a delegation, or grant it anew."""
        if lent := self.lent.pop(deputy, None):
            revoke(lent, actor=self.people[DEPUTIES[deputy][1]], now=self.now, reason="返岗")
        else:
            self.lent[deputy] = lend(deputy, self.county, self.people, self.now)

    @rule()
    @precondition(lambda self: self.clicks)
    def click_again(self) -> None:
        verb, who, key = self.clicks[-1]
        case = advance(self.case, verb, actor=self.people[who], now=self.now, key=key)
        assert case.version == self.case.version

    @rule(minutes=st.sampled_from([1, 29, 31, 239, 241]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        missed = {(verb, due) for verb, due in self.due.items() if due < self.now}
        assert sweep(self.now).n_overdue == len(missed - self.told())
        assert sweep(self.now).n_overdue == 0

    def told(self) -> set[tuple[str, datetime]]:
        """Return the missed clocks that the timeline told of before this moment."""
        verbs = {"签收": "sign", "完成": "finish"}
        entries = Entry.objects.filter(case=self.case.pk, verb=OVERDUE, at__lt=self.now)
        return {
            (verbs[entry.content["clock"]], datetime.fromisoformat(entry.content["due_at"]))
            for entry in entries
        }

    @invariant()
    def the_case_stands_where_the_oracle_says(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        assert case.phase == self.phase
        assert case.deadline == (min(self.due.values()) if self.due else None)
        assert Entry.objects.filter(case=case).exclude(verb=OVERDUE).count() == self.n_entries
        assert (case.phase == "closed") == (case.closed_at is not None) == (case.outcome != "")

    @invariant()
    def nothing_closes_without_papers_and_a_second_person(self) -> None:
        if self.phase != "closed":
            return
        entries = list(Entry.objects.filter(case=self.case.pk).exclude(verb=OVERDUE))
        finish, inspect, close = (
            [entry for entry in entries if entry.verb == verb][-1] for verb in ("finish", "inspect", "close")
        )
        assert finish.number < inspect.number < close.number
        assert Evidence.objects.filter(entry=finish).exists() and finish.content["way"]
        hands = [entry for entry in entries if entry.post_id == self.county.safety.pk]
        worked = set().union(*map(people_of, hands))
        assert not worked & (people_of(close) | people_of(inspect))


def people_of(entry: Entry) -> set[int | None]:
    represented = entry.content.get("acting_for")
    return {entry.actor_id} | ({represented["id"]} if represented else set())


def lend(deputy: str, county: County, people: dict[str, Person], now: datetime) -> Delegation:
    post, principal = DEPUTIES[deputy]
    return delegate(
        getattr(county, post),
        principal=people[principal],
        deputy=people[deputy],
        from_at=now,
        to_at=now + timedelta(days=300),
        reason="出差",
        actor=people[principal],
        now=now,
    )


def tell_histories(n_histories: int, n_steps: int, first: int | None = None) -> None:
    """Tell random histories of a new county: the same at every run, or those of the seed `first`."""
    county = build()
    Histories.county = county
    Histories.n_told = Histories.n_closed = 0
    Histories.people = {name: getattr(county, name) for name in ("officer", "worker", "boss")}
    Histories.people["second_officer"] = in_post("second_officer", county.duty)
    Histories.people["both"] = in_post("both", county.duty, county.safety)
    Histories.people |= {deputy: in_post(deputy) for deputy in DEPUTIES}
    Histories.lent_at_first = {deputy: lend(deputy, county, Histories.people, NOW) for deputy in DEPUTIES}
    run_state_machine_as_test(
        Histories if first is None else seed(first)(type("Seeded", (Histories,), {})),
        settings=settings(
            max_examples=n_histories,
            stateful_step_count=n_steps,
            derandomize=first is None,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Histories.n_told >= n_histories
    assert Histories.n_closed >= n_histories / 10, "too few histories come to their end to prove anything"


@pytest.mark.django_db
def test_random_histories() -> None:
    tell_histories(N_HISTORIES, N_STEPS)


@pytest.mark.proof
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(N_PARTS))
def test_ten_thousand_random_histories(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The one photo is examined in a child once a part: what children refuse is proved elsewhere.
    monkeypatch.setattr(intake, "_examined", cache(intake._examined))
    tell_histories(N_PROVED // N_PARTS, N_STEPS, first=part)
