"""A kind's life as a table of transitions. Pure: no Django.

A malformed table does not import: `Lifecycle` checks itself when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum
from typing import Any, Literal, Protocol


class Phase(StrEnum):
    """Whose turn it is; five for all kinds (docs/house.md section 2)."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    ACTING = "acting"
    REVIEW = "review"
    CLOSED = "closed"


class Role(StrEnum):
    """Which of a case's three posts may act; SYSTEM is the product itself."""

    RESPONSIBLE = "responsible"
    SUPERVISOR = "supervisor"
    IMPLEMENTER = "implementer"
    SYSTEM = "system"


TURN = {
    Phase.REGISTERED: Role.SUPERVISOR,
    Phase.ASSIGNED: Role.IMPLEMENTER,
    Phase.ACTING: Role.IMPLEMENTER,
    Phase.REVIEW: Role.SUPERVISOR,
}

NeedKind = Literal[
    "text",
    "choice",
    "reason",
    "evidence",
    "signature",
    "voice",
    "date",
    "number",
    "boolean",
    "person",
    "post",
]
FILE_KINDS = ("evidence", "signature", "voice")
COLUMN_KINDS = ("text", "choice", "date", "number", "boolean", "person", "post")
WITHDRAWN = "withdrawn"  # the outcome of what was taken back; nothing is ever deleted
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
ENGINE_COLUMNS = frozenset(
    (
        *("id", "kind", "number", "title", "territory", "sector", "enterprise", "site", "parent", "version"),
        *(
            "responsible",
            "supervisor",
            "implementer",
            "phase",
            "outcome",
            "deadline",
            "opened_at",
            "closed_at",
        ),
        *("case", "verb", "actor", "now", "note", "evidence", "key"),  # arguments of `advance`
    )
)


class Label(Protocol):
    """What the user reads: a string, or something that becomes one in the user's language when shown."""

    def __str__(self) -> str: ...


class MalformedLifecycle(ValueError):
    """A table that contradicts itself; the message names every fault."""


@dataclass(frozen=True)
class Offer:
    """A value that a text may take, to be ticked instead of typed: its label and what is said below it."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Need:
    """One paper a verb asks for: at once its guard, its form field and the only column it may write.

    A `reason` goes to the timeline alone. `evidence` is one or more files, `voice` a recording, `signature` a
    name drawn or scanned, or typed by its owner (an e-signature by the own account). Every other kind writes
    the column `name` of the kind's model. A required `boolean` is a declaration that must be ticked; what may
    be answered either way is a choice. `taken_at` and `place`: each photo of this evidence must tell when and
    where it was taken, by its camera or by whoever hands it in. `at_least_one`: whatever else is handed in as
    this evidence, one file is a photo, or a photo or document (no recording alone). `required_where` says of
    a case whether the need is required there, `only_where` whether it is asked there at all. `offers` says
    of a case and a person which values of a text are offered to be ticked.
    """

    name: str
    label: Label
    kind: NeedKind = "text"
    required: bool = True
    choices: tuple[tuple[str, Label], ...] = ()
    taken_at: bool = False
    place: bool = False
    at_least_one: Literal["", "photo", "document"] = ""
    required_where: Callable[[Any], bool] | None = None
    only_where: Callable[[Any], bool] | None = None
    kept: bool = False
    offers: Callable[[Any, Any], Sequence[Offer]] | None = None

    @property
    def writes_column(self) -> bool:
        """Say whether the need is a column of the kind's model."""
        return self.kind in COLUMN_KINDS


@dataclass(frozen=True)
class Transition:
    """One row of the table: who may do what from where to where, and what must be handed in.

    `after` names verbs that must have been done since the case came into `source`; `children_closed`: first
    every child must be closed; `second_person`: whoever opened the case may not do this. `gives`: the post
    that is named (the row's one need of that kind) has this role on the case from then on. `only_where` says
    for which cases the row exists at all.
    """

    verb: str
    source: Phase
    target: Phase
    role: Role
    _: KW_ONLY
    label: Label  # the button
    line: Label  # the line of the timeline
    needs: tuple[Need, ...] = ()
    outcome: str = ""
    after: tuple[str, ...] = ()
    children_closed: bool = False
    second_person: bool = False
    dangerous: bool = False
    gives: Role | None = None
    only_where: Callable[[Any], bool] | None = None

    @property
    def asks_again(self) -> bool:
        """Whether who does it gives password or code once more: before danger, and before signing."""
        return self.dangerous or any(need.kind == "signature" for need in self.needs)

    def asked_of(self, case: Any) -> Transition:
        """Return the row as it is asked of one case, whose facts say what is required."""
        needs = (
            need
            if (where := need.required_where) is None
            else replace(need, required=where(case), required_where=None)
            for need in self.needs
            if need.only_where is None or need.only_where(case)
        )
        return replace(self, needs=tuple(needs))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with this row by itself."""
        if not IDENTIFIER.fullmatch(self.verb):
            yield "the verb is not an identifier"
        if self.source is Phase.CLOSED:
            yield "nothing leaves closed"
        yield from self._faults_of_closing()
        if self.dangerous and not any(need.kind == "reason" and need.required for need in self.needs):
            yield "a dangerous verb asks for a reason"
        posts = [need for need in self.needs if need.kind == "post"]
        if self.gives is not None and (len(posts) != 1 or not posts[0].required):
            yield "a role is given to the one post that must be named"
        if self.gives is Role.SYSTEM:
            yield "nobody becomes the system"
        yield from self._faults_of_needs()

    def _faults_of_closing(self) -> Iterator[str]:
        if (self.target is Phase.CLOSED) != bool(self.outcome):
            yield "an outcome belongs to closing, and closing has an outcome"
        if self.target is Phase.CLOSED and self.role is not Role.SUPERVISOR and self.outcome != WITHDRAWN:
            yield "only the supervisor closes"
        if self.outcome == WITHDRAWN and not self.dangerous:
            yield "withdrawing is dangerous: it asks for a reason"
        if self.target is Phase.CLOSED and not (self.after or any(need.required for need in self.needs)):
            yield "closing asks for no paper"

    def _faults_of_needs(self) -> Iterator[str]:
        names = [need.name for need in self.needs]
        if len(set(names)) < len(names):
            yield "two needs of one name"
        for need in self.needs:
            if not IDENTIFIER.fullmatch(need.name):
                yield f"need {need.name} is not an identifier"
            if need.kind not in FILE_KINDS and need.name in ENGINE_COLUMNS:
                yield f"need {need.name} would write a column of the engine"
            if need.kind in FILE_KINDS and need.name != need.kind:
                yield f"need {need.name}: {need.kind} is named {need.kind}"
            if (need.kind == "choice") != bool(need.choices):
                yield f"need {need.name}: choices belong to a choice"
            if (need.taken_at or need.place) and need.kind != "evidence":
                yield f"need {need.name}: only evidence tells when and where it was taken"
            if need.at_least_one and need.kind != "evidence":
                yield f"need {need.name}: only evidence is a photo or a document"
            if need.offers is not None and need.kind != "text":
                yield f"need {need.name}: only values of a text are offered"
            if need.required and need.required_where is not None:
                yield f"need {need.name} is required everywhere and somewhere"


@dataclass(frozen=True)
class Lifecycle:
    """All transitions of one kind and the phase in which its cases start.

    Raises MalformedLifecycle when the table is not a life from `start` to closed.
    """

    start: Phase
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        faults = [
            f"{row.verb} from {row.source}: {fault}" for row in self.transitions for fault in row.faults()
        ]
        faults += self._faults()
        if faults:
            raise MalformedLifecycle("; ".join(faults))

    def find(self, verb: str, source: Phase) -> Transition | None:
        """Return the row of `verb` in the phase `source`, or None."""
        return next((row for row in self.transitions if row.verb == verb and row.source == source), None)

    def from_phase(self, source: Phase) -> tuple[Transition, ...]:
        """Return the rows that leave `source`, in the order of the table."""
        return tuple(row for row in self.transitions if row.source == source)

    def label_of(self, verb: str) -> Label:
        """Return the button of `verb`, or the verb itself where the table has none."""
        return next((row.label for row in self.transitions if row.verb == verb), verb)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases this kind passes through, in the order of `Phase`."""
        reached = self._reached()
        return tuple(phase for phase in Phase if phase in reached)

    def _reached(self) -> set[Phase]:
        reached: set[Phase] = set()
        open_ends = {self.start}
        while open_ends:
            reached |= open_ends
            open_ends = {row.target for row in self.transitions if row.source in reached} - reached
        return reached

    def _faults(self) -> Iterator[str]:
        reached = self._reached()
        keys = [(row.verb, row.source) for row in self.transitions]
        for verb, source in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{verb} from {source} stands twice"
        if self.start is Phase.CLOSED or Phase.CLOSED not in reached:
            yield "no life from start to closed"
        for row in self.transitions:
            if row.source not in reached:
                yield f"{row.verb} from {row.source} can never be reached"
            for verb in row.after:
                earlier = self.find(verb, row.source)
                if earlier is None or earlier.target is not row.source or verb == row.verb:
                    yield f"{row.verb} waits for {verb}, which is not done within {row.source}"
        for phase in sorted(reached - {Phase.CLOSED}):
            if not any(row.role is TURN[phase] and row.target is not phase for row in self.from_phase(phase)):
                yield f"it is the turn of {TURN[phase]} in {phase}, who has no way on"
