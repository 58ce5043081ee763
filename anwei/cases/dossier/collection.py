"""What belongs in a dossier for one reader: the case and its children, files, papers, within scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from anwei.cases.desk import RELATED
from anwei.cases.evidence import path_of
from anwei.cases.intake import safe_name
from anwei.cases.kinds import specific
from anwei.cases.models import Case, Evidence
from anwei.cases.originals import copy_of, gets_originals, has_copy
from anwei.ledgers.confined import Failed
from anwei.ledgers.papers import files as paper_files
from anwei.ledgers.papers.queries import papers_of
from anwei.org.models import Person

COPY_SUFFIX = ".jpg"


@dataclass(frozen=True)
class Piece:
    """One file of the dossier; `sealed_sha256` is what the sealed timeline says of the original."""

    path: str
    case: str
    entry: int | None
    name: str
    content: bytes
    sealed_sha256: str
    is_original: bool


@dataclass(frozen=True)
class Collection:
    """Everything that one person is given of a case; what is missing is counted, never silently left out."""

    cases: list[Case]
    pieces: list[Piece]
    n_children_out_of_scope: int
    lost: list[str]  # names of files that lie no longer where they should, or of which no copy can be made
    originals: bool


def collect(case: Case, person: Person, now: datetime) -> Collection:
    """Return what `person` is given of a case today, with its children as far as they may be seen."""
    cases, n_hidden = _family(case, person)
    pieces: list[Piece] = []
    lost: list[str] = []
    for each in cases:
        originals = gets_originals(person, each, now)
        for number, evidence in enumerate(_evidence(each), start=1):
            try:
                pieces.append(_piece(each, evidence, number, original=originals or not has_copy(evidence)))
            except (FileNotFoundError, Failed):
                lost.append(f"{each.number} {evidence.name}")
        pieces += _papers(each)
    return Collection(cases, pieces, n_hidden, lost, gets_originals(person, case, now))


def _family(case: Case, person: Person) -> tuple[list[Case], int]:
    """Return the case with all below it, parents first, and how many children are out of scope."""
    family, n_hidden = [case], 0
    for parent in family:
        children = Case._base_manager.filter(parent=parent.pk).order_by("pk")
        visible = Case.objects.visible_to(person).filter(parent=parent.pk).select_related(*RELATED, "parent")
        family += [specific(child) for child in visible.order_by("pk")]
        n_hidden += children.count() - visible.count()
    return family, n_hidden


def _evidence(case: Case) -> Iterator[Evidence]:
    return Evidence.objects.filter(case=case.pk).select_related("entry").order_by("pk").iterator()


def _piece(case: Case, evidence: Evidence, number: int, *, original: bool) -> Piece:
    content = path_of(evidence.stored_as).read_bytes() if original else copy_of(evidence)
    name = evidence.name if original else str(PurePosixPath(evidence.name).with_suffix(COPY_SUFFIX))
    return Piece(
        path=f"佐证材料/{case.number}/{number:03d}-{safe_name(name)}",
        case=case.number,
        entry=evidence.entry.number,
        name=evidence.name,
        content=content,
        sealed_sha256=evidence.sha256,
        is_original=original,
    )


def _papers(case: Case) -> Iterator[Piece]:
    """Yield the valid version of each issued paper."""
    for number, paper in enumerate(papers_of("cases.case", case), start=1):
        version = paper.valid
        if version is not None:
            content = paper_files.path_of(version.stored_as).read_bytes()
            path = f"公文/{case.number}/{number:03d}-{safe_name(version.name)}"
            yield Piece(path, case.number, None, version.name, content, version.sha256, True)
