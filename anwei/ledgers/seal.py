"""The sealed chain: what was written cannot be changed, cut, swapped or removed without being seen.

Every chain (the timeline of a case, the change log of a register row) is HMAC-SM3 over each row, the digest
of its content and the seal of the row before; the key lies in the data folder, outside the database.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder
from anwei.ledgers import anchor
from anwei.ledgers.models import ChainHead, GlobalHead, SealedRow

Row = TypeVar("Row", bound=SealedRow)
Link = tuple[int, list[Any], list[Any], str, str]  # number, values, contents, content digest, seal
FIRST = ""  # the seal before the first link
CHUNK = 5000


@dataclass(frozen=True)
class Broken:
    """The place where a chain does not hold."""

    chain: str
    number: int
    reason: str

    def __str__(self) -> str:
        return _("%(chain)s 第 %(number)s 条：%(reason)s") % vars(self)


@dataclass(frozen=True)
class Verification:
    """What `verify` found: how many rows it read, and the first link that does not hold."""

    rows: int
    first_broken: Broken | None


def sealed_models() -> list[type[SealedRow]]:
    """Return every model whose rows are sealed, in the order of the installed rooms."""
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


def append(row: Row) -> Row:
    """Number, chain, seal and insert `row` as the last link of its chain.

    Must run in the transaction of what it records; the chain is locked until that ends.
    """
    model = type(row)
    chain = _chain(model, [getattr(row, name) for name in model.chain_fields])
    head, _created = ChainHead.objects.select_for_update().get_or_create(
        chain=chain, defaults={"number": 0, "digest": FIRST, "seal": ""}
    )
    row.number = head.number + 1
    row.at = row.at.astimezone(UTC)
    row.content = storable(row.content)
    row.content_digest = _mac(["content", *(getattr(row, name) for name in model.content_fields)])
    row.digest = _link(chain, row.number, _values(row), row.content_digest, head.digest)
    row.save(force_insert=True)
    head.number, head.digest, head.seal = row.number, row.digest, _head_seal(chain, row.number, row.digest)
    head.save()
    return row


@transaction.atomic
def seal_head(now: datetime) -> GlobalHead | None:
    """Seal everything written since the last global head; None when that head is of the same hour."""
    last = GlobalHead.objects.order_by("number").last()
    if last is not None and _hour(last.at) == _hour(now):
        return None
    _wait_for_writers()
    before: dict[str, int] = last.through if last is not None else {}
    through = {}
    for model in sealed_models():
        newest = model._default_manager.order_by("pk").values_list("pk", flat=True).last()
        through[model._meta.label_lower] = newest or before.get(model._meta.label_lower, 0)
    number = 1 if last is None else last.number + 1
    digest, n_new = _head_digest(number, now, before, through, FIRST if last is None else last.digest)
    n_rows = n_new + (0 if last is None else last.n_rows)
    head = GlobalHead.objects.create(number=number, at=now, through=through, n_rows=n_rows, digest=digest)
    transaction.on_commit(lambda: anchor.write(head))
    return head


def verify() -> Verification:
    """Read every sealed row and say whether all chains and global heads hold.

    Others may write meanwhile: a chain that does not seem to hold is read once more under lock.
    """
    n_rows = 0
    heads = {head.chain: head for head in ChainHead.objects.iterator(CHUNK)}
    for model in sealed_models():
        for chain, links in _chains(model):
            n_links, broken = _check_links(chain, links, heads.pop(chain, None))
            n_rows += n_links
            if broken is not None:
                with transaction.atomic():
                    broken = verify_chain(model, *json.loads(chain)[1:]).first_broken
            if broken is not None:
                return Verification(n_rows, broken)
    for chain in heads:
        return Verification(n_rows, Broken(chain, 1, _("全部记录被删除")))
    return Verification(n_rows, _global_break())


def verify_chain(model: type[SealedRow], *key: Any) -> Verification:
    """Read the rows of one chain, named by the values of its `chain_fields`, and say whether it holds."""
    chain = _chain(model, key)
    head = ChainHead.objects.filter(chain=chain).first()
    links = next((links for _chain_name, links in _chains(model, key)), iter(()))
    return Verification(*_check_links(chain, links, head))


def _check_links(chain: str, links: Iterator[Link], head: ChainHead | None) -> tuple[int, Broken | None]:
    """Return how many links were read and the first that does not hold."""
    n_links, last = 0, (0, FIRST)
    for number, values, contents, content_digest, digest in links:
        n_links += 1
        if number != last[0] + 1:
            return n_links, Broken(chain, last[0] + 1, _("记录缺失或被调换"))
        if _mac(["content", *contents]) != content_digest:
            return n_links, Broken(chain, number, _("内容被改动"))
        if _link(chain, number, values, content_digest, last[1]) != digest:
            return n_links, Broken(chain, number, _("记录被改动"))
        last = (number, digest)
    return n_links, _head_break(chain, head, last)


def _head_break(chain: str, head: ChainHead | None, last: tuple[int, str]) -> Broken | None:
    if head is None:
        return Broken(chain, last[0], _("链尾封印缺失"))
    if (head.number, head.digest) != last:
        return Broken(chain, last[0] + 1, _("末尾记录缺失"))
    if head.seal != _head_seal(chain, *last):
        return Broken(chain, last[0], _("链尾封印被改动"))
    return None


def _global_break() -> Broken | None:
    before: dict[str, int] = {}
    last, n_rows = FIRST, 0
    anchored = anchor.anchored()
    for expected, head in enumerate(GlobalHead.objects.order_by("number"), start=1):
        digest, n_new = _head_digest(expected, head.at, before, head.through, last)
        n_rows += n_new
        if (head.number, head.digest, head.n_rows) != (expected, digest, n_rows):
            return Broken(GlobalHead._meta.label_lower, expected, _("整点封存之前的记录被改动"))
        if anchored.pop(expected, digest) != digest:
            return Broken(GlobalHead._meta.label_lower, expected, _("整点封存与数据库之外的存底不符"))
        before, last = head.through, head.digest
    if anchored:
        return Broken(
            GlobalHead._meta.label_lower, min(anchored), _("数据库之外存底的整点封存在数据库中缺失")
        )
    return None


def _chains(model: type[SealedRow], key: Sequence[Any] | None = None) -> Iterator[tuple[str, Iterator[Link]]]:
    """Yield each chain of a model, or the one named by `key`, with its links in order."""
    n_chain, n_sealed, n_content = map(len, (model.chain_fields, model.sealed_fields, model.content_fields))
    columns = (
        *model.chain_fields,
        "number",
        *model.sealed_fields,
        *model.content_fields,
        "content_digest",
        "digest",
    )
    rows = model._default_manager.order_by(*model.chain_fields, "number").values_list(*columns)
    if key is not None:
        rows = rows.filter(**dict(zip(model.chain_fields, key, strict=True)))
    for found, group in groupby(rows.iterator(CHUNK), key=itemgetter(slice(n_chain))):
        yield (
            _chain(model, found),
            (
                (
                    row[n_chain],
                    list(row[n_chain + 1 : n_chain + 1 + n_sealed]),
                    list(row[n_chain + 1 + n_sealed : n_chain + 1 + n_sealed + n_content]),
                    row[-2],
                    row[-1],
                )
                for row in group
            ),
        )


def _values(row: SealedRow) -> list[Any]:
    return [getattr(row, name) for name in row.sealed_fields]


def _chain(model: type[SealedRow], key: Sequence[Any]) -> str:
    return json.dumps([model._meta.label_lower, *key], ensure_ascii=False, separators=(",", ":"))


def _link(chain: str, number: int, values: list[Any], content_digest: str, previous: str) -> str:
    return _mac(["link", chain, number, values, content_digest, previous])


def _head_seal(chain: str, number: int, digest: str) -> str:
    return _mac(["head", chain, number, digest])


def _head_digest(
    number: int, at: datetime, before: dict[str, int], through: dict[str, int], previous: str
) -> tuple[str, int]:
    """Return the seal over the rows after `before` up to `through` (keys by model), and their number."""
    digests = hmac.new(_key(settings.DATA), digestmod="sm3")
    n_rows = 0
    for model in sealed_models():
        label = model._meta.label_lower
        rows = model._default_manager.filter(pk__gt=before.get(label, 0), pk__lte=through.get(label, 0))
        for pk, digest in rows.order_by("pk").values_list("pk", "digest").iterator(CHUNK):
            digests.update(f"{label} {pk} {digest}\n".encode())
            n_rows += 1
    return _mac(
        ["global", number, at.astimezone(UTC), through, n_rows, digests.hexdigest(), previous]
    ), n_rows


def _wait_for_writers() -> None:
    """Let running transactions commit first, so that no smaller primary key appears behind the head."""
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in sealed_models())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE")


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _mac(content: list[Any]) -> str:
    return hmac.digest(_key(settings.DATA), msgspec.json.encode(content, order="deterministic"), "sm3").hex()


def storable(content: Any) -> Any:
    """Return `content` as any database will give it back: JSON types, whole numbers without a fraction.

    PostgreSQL's jsonb reads 1e22 back as an integer, so a float that is whole is stored as one.
    """
    return _whole(json.loads(json.dumps(content, cls=DjangoJSONEncoder)))


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


@cache
def _key(folder: DataFolder) -> bytes:
    return folder.secret("chain")
