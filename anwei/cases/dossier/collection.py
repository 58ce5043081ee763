"""What belongs in a dossier for one reader: the case and its children, files, papers, within scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.db.models import Max

from anwei.cases.desk import RELATED
from anwei.cases.evidence import path_of
from anwei.cases.intake import safe_name
from anwei.cases.kinds import kind_of, specific
from anwei.cases.models import Case, Entry, Evidence
from anwei.cases.originals import copy_of, gets_originals, has_copy
from anwei.ledgers.confined import Failed
from anwei.ledgers.models import PaperVersion
from anwei.ledgers.papers import files as paper_files
from anwei.ledgers.papers.queries import papers_of
from anwei.org.models import Person

COPY_SUFFIX = ".jpg"
State = frozenset[tuple[int, int, int]]  # key and version of each case, and the number of its last entry


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
    state: State  # how the cases stood before their files and entries were read
    with_originals: frozenset[int]  # cases of whose files the reader is given the originals
    with_beginnings: frozenset[int]  # cases whose first entry the reader is given as it stands

    @property
    def originals(self) -> bool:
        """Whether the files of the case itself are given as originals."""
        return self.cases[0].pk in self.with_originals


def collect(case: Case, person: Person, now: datetime) -> Collection:
    """Return what `person` is given of a case today, with its children as far as they may be seen."""
    cases, n_hidden = _family(case, person)
    last = _last_entries(cases)
    state = frozenset((each.pk, each.version, last.get(each.pk, 0)) for each in cases)
    pieces: list[Piece] = []
    lost: list[str] = []
    with_originals = frozenset(each.pk for each in cases if gets_originals(person, each, now))
    for each in cases:
        originals = each.pk in with_originals
        for number, evidence in enumerate(_evidence(each), start=1):
            try:
                pieces.append(_piece(each, evidence, number, original=originals or not has_copy(evidence)))
            except (FileNotFoundError, Failed):
                lost.append(f"{each.number} {evidence.name}")
        for number, version in enumerate(_versions(each), start=1):
            try:
                pieces.append(_paper(each, version, number))
            except FileNotFoundError:
                lost.append(f"{each.number} {version.name}")
    told = frozenset(each.pk for each in cases if kind_of(each).tells_beginning(specific(each), person))
    return Collection(cases, pieces, n_hidden, lost, state, with_originals, told)


def stands_still(found: Collection) -> bool:
    """Say whether the cases are as they were read; a reminder or a granted extension raises no version."""
    rows = Case._base_manager.filter(pk__in=[case.pk for case in found.cases]).values_list("pk", "version")
    last = _last_entries(found.cases)
    return found.state == {(pk, version, last.get(pk, 0)) for pk, version in rows}


def _last_entries(cases: Sequence[Case]) -> dict[int, int]:
    entries = Entry.objects.filter(case__in=[case.pk for case in cases]).order_by()
    return dict(entries.values_list("case").annotate(last=Max("number")))


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


def _versions(case: Case) -> Iterator[PaperVersion]:
    """Yield the valid version of each issued paper."""
    return (paper.valid for paper in papers_of("cases.case", case) if paper.valid is not None)


def _paper(case: Case, version: PaperVersion, number: int) -> Piece:
    content = paper_files.path_of(version.stored_as).read_bytes()
    path = f"公文/{case.number}/{number:03d}-{safe_name(version.name)}"
    return Piece(path, case.number, None, version.name, content, version.sha256, is_original=True)
