"""What an intruder with the database's password can do; each tampering says beforehand where it must be found.

A whole chain that goes together with its head leaves nothing that names it; it must be found in its hour.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from anwei.cases.evidence import path_of
from anwei.cases.models import Case, Clock, Entry, Evidence
from anwei.cases.services import advance
from anwei.ledgers import seal
from anwei.ledgers.links import Seals, chain_name
from anwei.ledgers.models import ChainHead, Change
from anwei.ledgers.raw import links_of
from anwei.ledgers.services import record_change
from tests.kernel.county import NOW, County, open_repair, photo

HOUR = "ledgers.globalhead"
Place = tuple[str, int]
Row = dict[str, Any]
SEALED_COLUMNS = {
    Entry: ("number", "at", "actor_id", "post_id", "verb", "from_phase", "to_phase", "note", "content", "key", "case_id", "content_digest", "digest"),
    Change: ("number", "at", "actor_id", "verb", "content", "reason", "register", "row", "content_digest", "digest"),
}  # fmt: skip


def fill(county: County) -> None:
    """A dozen chains of different lengths, six photos, sealed by an hour."""
    colours = iter(("navy", "red", "green", "teal", "olive", "black"))
    for n in range(6):
        case = open_repair(county, note=f"第{n}件")
        case = advance(case, "order", actor=county.officer, now=NOW, note="请办理", key=f"k{n}")
        if n % 2:
            case = advance(case, "sign", actor=county.worker, now=NOW)
            files = [photo(f"{n}.jpg", colour=next(colours)), photo(f"{n}b.jpg", colour=next(colours))]
            advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=files)
    for n in range(6):
        for step in range(1 + n % 4):
            record_change(
                "sites.site", n, actor=county.officer, now=NOW + timedelta(minutes=step), verb="edit",
                content={"limit": [1.5, 2.0 + step], "n": n, "at": NOW}, reason=f"核定{n}",
            )  # fmt: skip
    seal.seal_head(NOW + timedelta(hours=1))


def other_than(value: Any, random_: random.Random) -> Any:
    if isinstance(value, int):
        return value + random_.choice([-1, 1, 7])
    if isinstance(value, str):
        return value[:-1] + "x" if value and not value.endswith("x") else value + "y"
    if isinstance(value, dict):
        return json.dumps({**value, "limit": 99})
    if value is None:
        return 1
    return value + timedelta(microseconds=1)


class World:
    """The rows as they were, read once: the dice are thrown over them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rows = {model: list(model._default_manager.order_by("pk").values()) for model in SEALED_COLUMNS}
        self.papers = list(Evidence.objects.order_by("pk").select_related("case", "entry"))
        self.case_rows = list(Case._base_manager.order_by("pk").values())
        self.cases = {row["id"]: row["number"] for row in self.case_rows}
        self.clocks = list(Clock.objects.order_by("pk").values())

    def row(self, model: type) -> Row:
        return self.dice.choice(self.rows[model])

    def chain(self, model: type, row: Row) -> str:
        return chain_name(model._meta.label_lower, [row[name] for name in model.chain_fields])

    def last_entry(self, case_id: int) -> int:
        return max(row["number"] for row in self.rows[Entry] if row["case_id"] == case_id)

    def chain_rows(self, model: type, row: Row) -> list[Row]:
        return [each for each in self.rows[model] if self.chain(model, each) == self.chain(model, row)]


def write(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [json.dumps(value) if isinstance(value, dict | list) else value for value in values]
        )


def put(model: type, pk: int, **columns: Any) -> None:
    names = ", ".join(f"{name} = %s" for name in columns)
    write(f"UPDATE {model._meta.db_table} SET {names} WHERE id = %s", *columns.values(), pk)


def insert(model: type, row: Row) -> None:
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    write(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})", *row.values())


def edit(world: World, model: type) -> set[Place]:
    row = world.row(model)
    column = world.dice.choice(SEALED_COLUMNS[model])
    value = other_than(row[column], world.dice)
    put(model, row["id"], **{column: value})
    places = {(world.chain(model, row), row["number"])}
    if column == "number" or column in model.chain_fields:  # it is missing here, or one too many there
        changed = row | {column: value}
        places |= {(world.chain(model, changed), n) for n in range(1, 12)}
    return places


def delete(world: World, model: type) -> set[Place]:
    row = world.row(model)
    write(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row["id"])
    return {(world.chain(model, row), row["number"])}


def swap(world: World, model: type) -> set[Place]:
    """Exchange what two rows say, with their digests or without."""
    first, second = world.dice.sample(world.rows[model], 2)
    columns = ["verb", "at", *model.content_fields]
    if world.dice.random() < 0.5:
        columns += ["content_digest", "digest"]
    for row, other in ((first, second), (second, first)):
        put(model, row["id"], **{name: other[name] for name in columns})
    return {(world.chain(model, row), row["number"]) for row in (first, second)}


def renumber(world: World, model: type) -> set[Place]:
    """Exchange the places of two rows of one chain."""
    rows = world.chain_rows(model, world.row(model))
    first, second = world.dice.sample(rows, 2) if len(rows) > 1 else (rows[0], rows[0])
    put(model, first["id"], number=1_000_000)
    put(model, second["id"], number=first["number"])
    put(model, first["id"], number=second["number"])
    return {(world.chain(model, first), min(first["number"], second["number"]))}


def truncate(world: World, model: type) -> set[Place]:
    """Cut a tail and forge the head as well as one can without the key."""
    row = world.row(model)
    chain, rows = world.chain(model, row), world.chain_rows(model, row)
    for each in rows[row["number"] - 1 :]:
        write(f"DELETE FROM {model._meta.db_table} WHERE id = %s", each["id"])
    if row["number"] == 1:
        write("DELETE FROM ledgers_chainhead WHERE chain = %s", chain)
        return {(HOUR, 1)} | ({(world.cases[row["case_id"]], 1)} if model is Entry else set())
    last = rows[row["number"] - 2]
    write(
        "UPDATE ledgers_chainhead SET number = %s, digest = %s WHERE chain = %s",
        last["number"],
        last["digest"],
        chain,
    )
    return {(chain, last["number"])}


def rehash(world: World, model: type) -> set[Place]:
    """Change a row and seal its tail anew, with a key of one's own or with plain SM3."""
    row = world.row(model)
    chain, own = world.chain(model, row), Seals(b"an intruder's key")
    plain = world.dice.random() < 0.5
    put(model, row["id"], verb="forged")
    key = [row[name] for name in model.chain_fields]
    previous = row["digest"] if row["number"] > 1 else ""
    for link in links_of(model, key):
        if link.number >= row["number"]:
            digest = own.link(chain, link.number, link.values, link.content_digest, previous)
            digest = hashlib.new("sm3", digest.encode()).hexdigest() if plain else digest
            put(model, link.pk, digest=digest)
            previous = digest
    head_seal = hmac.digest(b"", previous.encode(), "sm3").hex()
    write("UPDATE ledgers_chainhead SET digest = %s, seal = %s WHERE chain = %s", previous, head_seal, chain)
    return {(chain, row["number"])}


def insert_row(world: World, model: type) -> set[Place]:
    """Put one row more at the end of a chain, a copy of any, with the head moved on."""
    row, end = world.row(model), world.chain_rows(model, world.row(model))[-1]
    chain, number = world.chain(model, end), end["number"] + 1
    chained = {name: end[name] for name in model.chain_fields}
    added = row | chained | {"id": 900_000, "number": number} | ({"key": ""} if model is Entry else {})
    insert(model, added)
    write(
        "UPDATE ledgers_chainhead SET number = %s, digest = %s WHERE chain = %s", number, row["digest"], chain
    )
    return {(chain, number)}


def move(world: World, model: type) -> set[Place]:
    """Take the last row of one chain to the end of another."""
    first, second = (world.chain_rows(model, world.row(model)) for _ in range(2))
    source, end = first[-1], second[-1]
    if source["id"] == end["id"]:
        return set()
    columns = {name: end[name] for name in model.chain_fields} | {"number": end["number"] + 1}
    put(model, source["id"], **columns)
    return {(world.chain(model, source), source["number"]), (world.chain(model, end), end["number"] + 1)}


def forge_head(world: World, model: type) -> set[Place]:
    chain, number = world.dice.choice(list(ChainHead.objects.values_list("chain", "number")))
    if world.dice.random() < 0.5:
        write("DELETE FROM ledgers_chainhead WHERE chain = %s", chain)
    else:
        write("UPDATE ledgers_chainhead SET seal = %s WHERE chain = %s", "0" * 64, chain)
    return {(chain, number)}


def forge_hour(world: World, model: type) -> set[Place]:
    column = world.dice.choice(["n_rows = n_rows - 1", "digest = 'x'", "at = '2020-01-01 00:00:00'"])
    write(f"UPDATE ledgers_globalhead SET {column}")
    return {(HOUR, 1)}


def edit_file(world: World, model: type) -> set[Place]:
    paper = world.dice.choice(world.papers)
    path = path_of(paper.stored_as)
    content = bytearray(path.read_bytes())
    content[world.dice.randrange(len(content))] ^= 1 << world.dice.randrange(8)
    path.write_bytes(content if world.dice.random() < 0.7 else content[: len(content) // 2])
    return {(paper.case.number, paper.entry.number)}


def lose_file(world: World, model: type) -> set[Place]:
    paper = world.dice.choice(world.papers)
    path_of(paper.stored_as).unlink()
    return {(paper.case.number, paper.entry.number)}


def swap_files(world: World, model: type) -> set[Place]:
    first, second = world.dice.sample(world.papers, 2)
    one, other = (path_of(paper.stored_as) for paper in (first, second))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return {(paper.case.number, paper.entry.number) for paper in (first, second)}


NOTHING = defaultdict(lambda: "a", n_bytes=1, seconds=1)  # what an empty column is changed from


def edit_paper(world: World, model: type) -> set[Place]:
    """Change what the row of a file says, or take it away."""
    paper = world.dice.choice(world.papers)
    column = world.dice.choice(
        ["sha256", "name", "media_type", "place", "kind", "n_bytes", "seconds", "by_camera"]
    )
    if world.dice.random() < 0.2:
        write("DELETE FROM cases_evidence WHERE id = %s", paper.pk)
    else:
        value = getattr(paper, column)
        value = not value if column == "by_camera" else other_than(value or NOTHING[column], world.dice)
        put(Evidence, paper.pk, **{column: value[:10] if isinstance(value, str) else value})
    return {(paper.case.number, paper.entry.number)}


def edit_case(world: World, model: type) -> set[Place]:
    """Give a case to another post, or more time, beside its timeline."""
    row = world.dice.choice(world.case_rows)
    column = world.dice.choice(["responsible_id", "supervisor_id", "implementer_id", "deadline"])
    value = row[column] or NOW
    posts = [row["responsible_id"], row["supervisor_id"], row["implementer_id"]]
    value = value + timedelta(days=900) if column == "deadline" else world.dice.choice(posts)
    put(Case, row["id"], **{column: value})
    return {(row["number"], world.last_entry(row["id"]))} if value != row[column] else set()


def edit_clock(world: World, model: type) -> set[Place]:
    """Move a clock, call it met, or take it away."""
    row = world.dice.choice(world.clocks)
    column = world.dice.choice(["started_at", "due_at", "first_due_at", "met_at"])
    if world.dice.random() < 0.2:
        write("DELETE FROM cases_clock WHERE id = %s", row["id"])
    else:
        put(Clock, row["id"], **{column: (row[column] or NOW) + timedelta(days=900)})
    return {(world.cases[row["case_id"]], world.last_entry(row["case_id"]))}


TAMPERINGS: tuple[Callable[[World, type], set[Place]], ...] = (
    edit, edit, edit, delete, swap, renumber, truncate, rehash, insert_row, move, forge_head, forge_hour,
    edit_file, lose_file, swap_files, edit_paper, edit_case, edit_clock,
)  # fmt: skip
