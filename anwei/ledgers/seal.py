"""The sealed chain: what was written cannot be changed, cut, swapped or removed without being seen.

Every chain (the timeline of a case, the change log of a register row) is HMAC-SM3 over each row, the digest
of its content and the seal of the row before; the key lies in the data folder, outside the database.
`anwei.ledgers.verification` reads it all again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model

from anwei.ledgers import anchor
from anwei.ledgers.keyring import sealed_models, seals
from anwei.ledgers.links import FIRST, Hour, chain_name
from anwei.ledgers.models import ChainHead, GlobalHead, SealedRow
from anwei.ledgers.spelling import moment, spelled, storable
from anwei.ledgers.verification import Broken, Verification, verify, verify_chain

__all__ = ["Broken", "Verification", "append", "newest", "seal_head", "storable", "verify", "verify_chain"]

Row = TypeVar("Row", bound=SealedRow)
CHUNK = 5000


def append(row: Row) -> Row:
    """Number, chain, seal and insert `row` as the last link of its chain.

    Must run in the transaction of what it records; the chain is locked until that ends.
    """
    chain = _chain_of(row)
    head, _created = ChainHead.objects.select_for_update().get_or_create(
        chain=chain, defaults={"number": 0, "digest": FIRST, "seal": ""}
    )
    _link_to(head, row)
    row.save(force_insert=True)
    head.save()
    return row


def append_all(model: type[Row], rows: Sequence[Row]) -> None:
    """Append many rows, in their order, by a handful of queries; the same as `append` one by one."""
    chains = sorted({_chain_of(row) for row in rows})
    if (
        connection.features.has_select_for_update
    ):  # others write here: who begins a chain claims its head first
        ChainHead.objects.bulk_create(map(_begun, chains), ignore_conflicts=True)
    heads = {chain: _begun(chain) for chain in chains}
    locked = ChainHead.objects.select_for_update().order_by("chain").filter(chain__in=chains)
    heads |= {head.chain: head for head in locked}
    for row in rows:
        _link_to(heads[_chain_of(row)], row)
    model._default_manager.bulk_create(rows)
    ChainHead.objects.bulk_create(
        heads.values(),
        update_conflicts=True,
        unique_fields=["chain"],
        update_fields=["number", "digest", "seal"],
    )


def _begun(chain: str) -> ChainHead:
    return ChainHead(chain=chain, number=0, digest=FIRST, seal="")


def _link_to(head: ChainHead, row: SealedRow) -> None:
    """Make `row` the next link behind `head`, and `head` the seal over it."""
    keyed, previous = seals(), head.digest
    row.number = head.number = head.number + 1
    row.at = row.at.astimezone(UTC)
    row.content = storable(row.content)
    row.content_digest = keyed.content(spelled(row, row.content_fields))
    row.digest = head.digest = keyed.link(
        head.chain, row.number, spelled(row, row.sealed_fields), row.content_digest, previous
    )
    head.seal = keyed.head(head.chain, row.number, row.digest)


def _chain_of(row: SealedRow) -> str:
    return chain_name(row._meta.label_lower, [getattr(row, name) for name in row.chain_fields])


@transaction.atomic
def seal_head(now: datetime) -> GlobalHead | None:
    """Seal everything written since the last global head; None when that head is of the same hour."""
    if _is_sealed(GlobalHead.objects.order_by("number").last(), now):
        return None
    _lock([GlobalHead], "EXCLUSIVE")  # one at a time: the second finds the head of the first
    last = GlobalHead.objects.order_by("number").last()
    if _is_sealed(last, now):
        return None
    _wait_for_writers(sealed_models())
    before: dict[str, int] = last.through if last is not None else {}
    n_rows = 0 if last is None else last.n_rows
    through, parts = {}, {}
    for model in sealed_models():
        label = model._meta.label_lower
        running, through[label] = seals().running(), before.get(label, 0)
        rows = model._default_manager.filter(pk__gt=through[label]).order_by("pk").values_list("pk", "digest")
        for row in rows.iterator(CHUNK):
            running.feed([row])
            through[label] = row[0]
            n_rows += 1
        parts[label] = running.seal()
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.digest)
    digest = seals().hour(Hour(number, moment(now), through, n_rows, parts), previous)
    head = GlobalHead.objects.create(number=number, at=now, through=through, n_rows=n_rows, digest=digest)
    transaction.on_commit(lambda: anchor.write(head))
    return head


@transaction.atomic
def newest(model: type[SealedRow]) -> int:
    """Return the newest primary key of a model, 0 without rows; what is committed later is newer still."""
    _wait_for_writers([model])
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _wait_for_writers(models: Iterable[type[SealedRow]]) -> None:
    """Let running transactions commit first, so that no smaller primary key appears afterwards."""
    _lock(models, "SHARE")


def _lock(models: Iterable[type[Model]], mode: str) -> None:
    """Lock tables until the end of the transaction; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN {mode} MODE")


def _is_sealed(last: GlobalHead | None, now: datetime) -> bool:
    return last is not None and _hour(last.at) == _hour(now)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
