"""Reading every sealed row again: do all chains and all hours hold, and where do they not?

One pass over each table in the order of its primary key (rows of a chain come in the order of their numbers),
raw columns, no model instances, shared among processes by chain (`anwei.ledgers.scan`). What does not seem to
hold is read once more under lock, because others may write meanwhile; only then it is called broken.
"""

from __future__ import annotations

import gc
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.utils.translation import gettext as _

from anwei.ledgers import anchor
from anwei.ledgers.erasure import empty_spelling, erasure_of
from anwei.ledgers.hours import first_break
from anwei.ledgers.keyring import sealed_models, seals
from anwei.ledgers.links import FIRST, chain_key, chain_name
from anwei.ledgers.models import ChainHead, GlobalHead, SealedRow
from anwei.ledgers.raw import Link, links_of
from anwei.ledgers.scan import Say, Share, Tail, read_share

CHUNK = 5000
MOST_NAMED = 50  # broken chains that one verification names


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
    """How many rows and files were read, and where they do not hold: the first place of each broken chain."""

    rows: int
    broken: tuple[Broken, ...] = ()
    files: int = 0

    @property
    def first_broken(self) -> Broken | None:
        """The first place that does not hold; None when all is as it was written."""
        return next(iter(self.broken), None)


def verify(*, processes: int = 1, say: Say = lambda n_rows: None) -> Verification:
    """Read every sealed row; name where each broken chain, and the first broken hour, does not hold.

    `say` is told now and then how many rows were read. More than one of `processes` fork: only for a process
    without other threads and without an open transaction.
    """
    anchored = anchor.anchored()  # before the heads: a head is written there after it is in the database
    heads = list(GlobalHead.objects.order_by("number"))
    shares = _read(processes, heads, say)
    broken: list[Broken] = []
    for name in sorted(set().union(*(share.doubtful for share in shares)))[:MOST_NAMED]:
        with transaction.atomic():
            broken.extend(_verify_named(name).broken)
    hour = first_break(heads, anchored, shares[0].hours, seals())
    if hour is not None:
        broken.append(Broken(GlobalHead._meta.label_lower, *hour))
    return Verification(sum(share.n_rows for share in shares), tuple(broken))


def verify_chain(model: type[SealedRow], *key: Any) -> Verification:
    """Read the rows of one chain, named by the values of its `chain_fields`, and say whether it holds."""
    name = chain_name(model._meta.label_lower, key)
    head = ChainHead.objects.filter(chain=name).values_list("number", "digest", "seal").first()
    n_links, number, digest, keyed = 0, 0, FIRST, seals()
    for link in links_of(model, key):
        n_links += 1
        if link.number != number + 1:
            return _broken(n_links, name, number + 1, _("记录缺失或被调换"))
        if not _content_holds(model, link):
            return _broken(n_links, name, link.number, _("内容被改动"))
        if keyed.link(name, link.number, link.values, link.content_digest, digest) != link.digest:
            return _broken(n_links, name, link.number, _("记录被改动"))
        number, digest = link.number, link.digest
    end = _end_break(head, number, digest, keyed.head(name, number, digest))
    return Verification(n_links) if end is None else _broken(n_links, name, *end)


def _read(processes: int, heads: list[GlobalHead], say: Say) -> list[Share]:
    """Let each process read its share; this one reads the first, and with it the hours."""
    models = sealed_models()
    labels = [model._meta.label_lower for model in models]
    through = {label: [head.through.get(label, 0) for head in heads] for label in labels}
    rows = ChainHead.objects.values_list("chain", "number", "digest", "seal").iterator(CHUNK)
    tails: dict[str, Tail] = {chain: (number, digest, seal) for chain, number, digest, seal in rows}
    shares = [Share(place, processes) for place in range(processes)]
    arguments = (models, through, tails)
    collects = gc.isenabled()
    gc.disable()  # no cycles are made here, and the collector would walk the growing tails again and again
    try:
        if processes == 1:
            return [read_share(shares[0], *arguments, say)]
        connections.close_all()  # a child must open its own
        with ProcessPoolExecutor(processes - 1, get_context("fork")) as pool:
            others = [pool.submit(read_share, share, *arguments) for share in shares[1:]]
            return [read_share(shares[0], *arguments, say), *(other.result() for other in others)]
    finally:
        if collects:
            gc.enable()


def _verify_named(name: str) -> Verification:
    """Verify the chain that a head names, even a name that an intruder made up."""
    try:
        label, key = chain_key(name)
        model = apps.get_model(label)
        return verify_chain(model, *key)
    except (ValueError, LookupError, TypeError):
        return _broken(0, name, 1, _("链尾封印被改动"))


def _end_break(head: Tail | None, number: int, digest: str, seal: str) -> tuple[int, str] | None:
    """Compare a chain's last link with its head: a tail that was cut is seen here."""
    if head is None:
        return (number, _("链尾封印缺失")) if number else None
    if number == 0:
        return 1, _("全部记录被删除")
    if head[:2] != (number, digest):
        return number + 1, _("末尾记录缺失")
    return None if head[2] == seal else (number, _("链尾封印被改动"))


def _content_holds(model: type[SealedRow], link: Link) -> bool:
    """Say whether a row's content is what was sealed, or was erased by an act that is itself sealed."""
    if seals().content(link.contents) == link.content_digest:
        return True
    if link.contents != empty_spelling(model):
        return False
    record = erasure_of(model, link.pk, link.content_digest)
    return record is not None and not verify_chain(type(record), record.register, record.row).broken


def _broken(n_rows: int, chain: str, number: int, reason: str) -> Verification:
    return Verification(n_rows, (Broken(chain, number, reason),))
