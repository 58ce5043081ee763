"""The sealed rows of a case as they lie in the database, in canonical spelling, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anwei.cases.models import Case, Entry, Evidence
from anwei.cases.queries import timeline
from anwei.ledgers.links import chain_name
from anwei.ledgers.models import ChainHead, Change, SealedRow
from anwei.ledgers.raw import links_of

FORMAT = "anwei-dossier/2"
CASE_REGISTER = "cases.case"


def chain_of(model: type[SealedRow], *key: Any, withheld: Mapping[int, Any] | None = None) -> dict[str, Any]:
    """Return one chain: its name, its rows in canonical spelling, and its head.

    Of a row whose number is in `withheld` the content is left out, and stands what that says instead; its
    digest stays, so that the chain still verifies.
    """
    instead = withheld or {}
    name = chain_name(model._meta.label_lower, key)
    rows = [
        {
            "number": link.number,
            "values": link.values,
            **({"withheld": instead[link.number]} if link.number in instead else {"contents": link.contents}),
            "content_digest": link.content_digest,
            "digest": link.digest,
        }
        for link in links_of(model, key)
    ]
    head = ChainHead.objects.filter(chain=name).values("number", "digest", "seal").first()
    return {
        "chain": name,
        "columns": [*model.sealed_fields],
        "contents": [*model.content_fields],
        "rows": rows,
        "head": head,
    }


def case_record(case: Case, *, whole: bool, beginning: bool) -> dict[str, Any]:
    """Return a case with its timeline and its change log: sealed rows, and what they say in words.

    Unless the reader is given it `whole`, where a photo was taken is left out, as it is of the copies; and
    what the first entry keeps unless they are given the `beginning` (who informed of a hazard).
    """
    return {
        "number": case.number,
        "title": case.title,
        "kind": case.kind,
        "phase": case.phase,
        "outcome": case.outcome,
        "parent": case.parent.number if case.parent else None,
        "timeline": chain_of(Entry, case.pk, withheld=_withheld(case, whole=whole, beginning=beginning)),
        "changes": chain_of(Change, CASE_REGISTER, str(case.pk)),
        "words": list(_words(case)),
    }


def _withheld(case: Case, *, whole: bool, beginning: bool) -> dict[int, dict[str, list[str]]]:
    """Return by number the entries whose content is kept back, and what may be told: the files' digests."""
    papers = list(Evidence.objects.filter(case=case.pk).select_related("entry").order_by("pk"))
    numbers = set() if beginning else {1}
    if not whole:
        numbers |= {paper.entry.number for paper in papers if paper.latitude is not None}
    digests = {number: {"evidence": list[str]()} for number in sorted(numbers)}
    for paper in papers:
        if paper.entry.number in numbers:
            digests[paper.entry.number]["evidence"].append(paper.sha256)
    return digests


def _words(case: Case) -> Iterable[dict[str, Any]]:
    for line in timeline(case):
        entry = line.entry
        yield {
            "number": entry.number,
            "at": entry.at.isoformat(),
            "who": entry.actor_name,
            "post": "" if entry.post is None else str(entry.post),
            "line": str(line.line),
            "note": entry.note,
            "papers": [[str(label), value] for label, value in line.papers],
        }
