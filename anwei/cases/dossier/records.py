"""The sealed rows of a case as they lie in the database, in canonical spelling, and what they say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anwei.cases.models import Case, Entry
from anwei.cases.queries import timeline
from anwei.ledgers.links import chain_name
from anwei.ledgers.models import ChainHead, Change, SealedRow
from anwei.ledgers.raw import links_of

FORMAT = "anwei-dossier/1"
CASE_REGISTER = "cases.case"


def chain_of(model: type[SealedRow], *key: Any) -> dict[str, Any]:
    """Return one chain: its name, its rows in canonical spelling, and its head."""
    name = chain_name(model._meta.label_lower, key)
    rows = [
        {
            "number": link.number,
            "values": link.values,
            "contents": link.contents,
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


def case_record(case: Case) -> dict[str, Any]:
    """Return a case with its timeline and its change log: sealed rows, and what they say in words."""
    return {
        "number": case.number,
        "title": case.title,
        "kind": case.kind,
        "phase": case.phase,
        "outcome": case.outcome,
        "parent": case.parent.number if case.parent else None,
        "timeline": chain_of(Entry, case.pk),
        "changes": chain_of(Change, CASE_REGISTER, str(case.pk)),
        "words": list(_words(case)),
    }


def _words(case: Case) -> Iterable[dict[str, Any]]:
    for line in timeline(case):
        entry = line.entry
        yield {
            "number": entry.number,
            "at": entry.at.isoformat(),
            "who": "" if entry.actor is None else str(entry.actor),
            "post": "" if entry.post is None else str(entry.post),
            "line": str(line.line),
            "note": entry.note,
            "papers": [[str(label), value] for label, value in line.papers],
        }
