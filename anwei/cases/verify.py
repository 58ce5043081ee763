"""Beside the chains: does each case stand where its timeline says, and are all papers and documents there?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from anwei.cases.documents.verify import document_breaks, document_file_breaks
from anwei.cases.evidence import described, path_of
from anwei.cases.kinds import COLUMNS, kinds, sealed_columns
from anwei.cases.models import Case, Document, Entry, Evidence
from anwei.cases.state import changed_states
from anwei.ledgers import seal
from anwei.ledgers.erasure import erasure_of
from anwei.ledgers.papers.verify import paper_breaks
from anwei.ledgers.scan import Say
from anwei.ledgers.seal import Broken, Verification, storable
from anwei.ledgers.verification import MOST_NAMED

Facts = dict[str, Any]
_of_rooms: list[Callable[..., Iterator[Broken]]] = []


def contribute_breaks(find: Callable[..., Iterator[Broken]]) -> None:
    """Let a room name what of its own files does not hold: `find(files=...)`, as `paper_breaks`."""
    _of_rooms.append(find)


def verify(*, files: bool = True, processes: int = 1, say: Say = lambda n_rows: None) -> Verification:
    """Verify all chains, then cases against their timelines, evidence, documents and, if `files`, the files.

    `processes` and `say` as for `seal.verify`.
    """
    found = seal.verify(processes=processes, say=say)
    with transaction.atomic():  # nobody writes between the two readings
        broken = [*found.broken, *_case_breaks(), *islice(_changed_beginnings(), MOST_NAMED), *_row_breaks()]
        broken += islice(document_breaks(), MOST_NAMED)
        states = islice(changed_states(), MOST_NAMED)
        broken += [Broken(number, last, _("岗位、期限或时限与办理记录不符")) for number, last in states]
    for find in (paper_breaks, *_of_rooms):
        broken += islice(find(files=files), MOST_NAMED)
    papers = Evidence.objects.select_related("case", "entry").order_by("pk")
    if files:
        broken += islice(_file_breaks(papers.iterator()), MOST_NAMED)
        broken += islice(document_file_breaks(), MOST_NAMED)
    n_files = papers.count() + Document._base_manager.count() if files else 0
    return replace(found, broken=tuple(broken), files=n_files)


def _case_breaks() -> Iterator[Broken]:
    last = Entry.objects.filter(case=OuterRef("pk")).order_by("-number")
    cases = Case._base_manager.annotate(
        told=Subquery(last.values("to_phase")[:1]), last=Subquery(last.values("number")[:1])
    )
    for number, n_last in cases.exclude(phase=F("told")).values_list("number", "last")[:MOST_NAMED]:
        yield Broken(number, n_last, _("事项的阶段与办理记录不符"))
    for number in cases.filter(told__isnull=True).values_list("number", flat=True)[:MOST_NAMED]:
        yield Broken(number, 1, _("全部记录被删除"))


def _changed_beginnings() -> Iterator[Broken]:
    """Compare what never changes of a case with its first entry, unless that was erased.

    A name that the entry lacks was declared sealed after it was written.
    """
    for kind in kinds():
        if not kind.sealed:
            continue
        told = dict(
            Entry.objects.filter(number=1, case__kind=kind.code, content__has_key=COLUMNS).values_list(
                "case", "content"
            )
        )
        for case in kind.model._base_manager.filter(pk__in=told).iterator():
            entered, now = told[case.pk][COLUMNS], storable(sealed_columns(case))
            if any(now[name] != entered[name] for name in now.keys() & entered.keys()):
                yield Broken(case.number, 1, _("事项的登记内容与办理记录不符"))


def _row_breaks() -> Iterator[Broken]:
    """Compare the evidence rows with what the sealed entries say was handed in."""
    handed_in: dict[int, list[Facts]] = {}
    for paper in Evidence.objects.order_by("pk").iterator():
        handed_in.setdefault(paper.entry_id, []).append(described(paper))
    for entry in Entry.objects.filter(content__has_key="evidence").select_related("case").iterator():
        if not _is_told(handed_in.pop(entry.pk, []), entry.content["evidence"]):
            yield _unlike(entry)
    for entry in Entry.objects.filter(pk__in=handed_in).select_related("case"):
        if _kept(entry) != [facts["sha256"] for facts in handed_in[entry.pk]]:
            yield _unlike(entry)


def _is_told(rows: list[Facts], told: list[Facts]) -> bool:
    """Say whether rows are as the sealed entry tells; one of an earlier version tells fewer columns."""
    seen = [
        {name: row[name] for name in facts if name in row} for row, facts in zip(rows, told, strict=False)
    ]
    return len(rows) == len(told) and seen == told


def _unlike(entry: Entry) -> Broken:
    return Broken(entry.case.number, entry.number, _("佐证材料与办理记录不符"))


def _kept(entry: Entry) -> list[str] | None:
    """Return the digests of the files of an entry whose text was erased."""
    record = erasure_of(Entry, entry.pk, entry.content_digest)
    return None if record is None else record.content["kept"].get("evidence")


def _file_breaks(papers: Iterable[Evidence]) -> Iterator[Broken]:
    for paper in papers:
        try:
            with path_of(paper.stored_as).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != paper.sha256:
                    yield Broken(paper.case.number, paper.entry.number, _("佐证材料文件被改动"))
        except FileNotFoundError:
            yield Broken(paper.case.number, paper.entry.number, _("佐证材料文件缺失"))
