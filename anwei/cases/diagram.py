"""docs/lifecycles.md, drawn from the tables."""

from __future__ import annotations

from collections.abc import Iterator

from anwei.cases.kinds import Kind, kinds
from anwei.cases.lifecycle import Need, Phase, Transition

HEADER = """# Lifecycles

Drawn from the tables by `anwei lifecycles > docs/lifecycles.md`; do not edit by hand. A phase says whose
turn it is (registered and review: the supervisor; assigned and acting: the implementer); a verb marked `!`
asks for a reason. The column "first" names what must be done or true before: verbs, the closing of every
child, another person than the one who opened the case, a guard of the kind.
"""


def document() -> str:
    """Return the page: a diagram and a table for each kind that the rooms of the product declare."""
    return "\n".join([HEADER, *(line for kind in _own_kinds() for line in section(kind))]) + "\n"


def _own_kinds() -> list[Kind]:
    """Return the product's kinds by their code: in which order rooms are read is nobody's promise."""
    own = (kind for kind in kinds() if kind.model.__module__.startswith("anwei."))
    return sorted(own, key=lambda kind: kind.code)


def section(kind: Kind) -> Iterator[str]:
    """Yield the lines of one kind: its diagram, then its table."""
    yield f"## {kind.label} (`{kind.code}`)\n"
    yield "```mermaid\nstateDiagram-v2"
    for phase in kind.lifecycle.phases:
        yield f"    {phase}: {kind.phase_labels[phase]}"
    yield f"    [*] --> {kind.lifecycle.start}"
    if kind.begins_elsewhere is not None:
        phase, where = kind.begins_elsewhere
        yield f"    [*] --> {phase}: {where.__name__}"
    for row in kind.lifecycle.transitions:
        yield f"    {row.source} --> {row.target}: {row.label}"
    yield "    closed --> [*]\n```\n"
    if kind.ladder:
        yield f"Its clocks climb the ladder `{kind.ladder}` (`standards/data/ladders.toml`).\n"
    yield "| verb | from | to | who | what is handed in | first | outcome |"
    yield "|---|---|---|---|---|---|---|"
    for row in kind.lifecycle.transitions:
        cells = (
            f"`{row.verb}`{' !' if row.dangerous else ''} {row.label}",
            _phase(kind, row.source),
            _phase(kind, row.target),
            row.role,
            "; ".join(_need(need) for need in row.needs),
            ", ".join(_first(kind, row)),
            str(kind.outcome_labels[row.outcome]) if row.outcome else "",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _first(kind: Kind, row: Transition) -> Iterator[str]:
    yield from (f"`{verb}`" for verb in row.after)
    if row.children_closed:
        yield "children closed"
    if row.second_person:
        yield "a second person"
    if row.gives is not None:
        yield f"the post named becomes the {row.gives}"
    if check := kind.checks.get(row.verb):
        yield f"papers by `{check.__name__}`"
    if guard := kind.guards.get(row.verb):
        yield f"guard `{guard.__name__}`"


def _phase(kind: Kind, phase: Phase) -> str:
    return f"{phase} {kind.phase_labels[phase]}"


def _need(need: Need) -> str:
    kind = "" if need.kind in ("text", "choice", "reason", "evidence") else f", {need.kind}"
    where = need.required_where
    optional = f", where `{where.__name__}`" if where is not None else "" if need.required else ", optional"
    return f"{need.label} (`{need.name}`{kind}{optional})"
