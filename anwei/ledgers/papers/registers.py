"""Which registers carry papers: the room of a register says who may see, draft, review and sign there.

Papers lie below the rooms and know neither posts nor scope; a room enters its register by `register_papers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from anwei.ledgers.papers.blocks import Block
from anwei.standards.papers import PaperTemplate


class Act(StrEnum):
    """The three acts through which every paper goes (拟稿—审核—签发)."""

    DRAFT = "draft"
    REVIEW = "review"
    SIGN = "sign"


@dataclass(frozen=True)
class Served:
    """A paper about a row that was issued elsewhere and stands in the list of its papers.

    `url` is "" for who may not open it; `note` says how it was received.
    """

    title: str
    number: str
    at: datetime
    note: str
    url: str


@dataclass(frozen=True)
class Body:
    """What a room sets itself where text is not enough: the body, named attachments, and their pages.

    `title` is the paper's with the breaks of its lines, "" where it fits on one.
    """

    blocks: Sequence[Block]
    attachments: Sequence[str] = ()
    annexes: Sequence[Block] = ()
    title: str = ""


@dataclass(frozen=True)
class PaperRegister:
    """What a room says about the papers of one of its registers.

    `row_for(person, key)` is the row if that person may see it, else None; `templates(row)` are the keys of
    the papers that can be drafted on it now; `issuer(row, template)` is the unit that issues (org.Unit);
    `post_for(person, row, act, now)` the post (org.Post) by which the person may do the act, else None;
    `answering` is the model of its rows and the field with the post that answers for a row's papers;
    `principal_of(person, post, now)` for whom the person acts at that post as a deputy, else None;
    `words(row, template, now)` fills the template's fields; `barred(row, key)` says why a paper that belongs
    to the row may not be issued by its issuer ("": nothing stands against it); `served(row, person)` are the
    papers that stand elsewhere, as that person may see them; `body(key, template)` is the body of a paper
    that is more than the text of its template, None where the text is all;
    `outdated(key, template, now)` says why a paper whose row says otherwise now goes no further ("": it may).
    """

    label: str
    row_for: Callable[[Any, str], Any | None]
    url: Callable[[str], str]
    templates: Callable[[Any], Sequence[str]]
    issuer: Callable[[Any, PaperTemplate], Any]
    post_for: Callable[[Any, Any, Act, datetime], Any | None]
    words: Callable[[Any, PaperTemplate, datetime], Mapping[str, str]]
    answering: tuple[Any, str]
    principal_of: Callable[[Any, Any, datetime], Any | None] = lambda person, post, now: None
    barred: Callable[[Any, str], str] = lambda row, key: ""
    served: Callable[[Any, Any], Sequence[Served]] = lambda row, person: ()
    body: Callable[[str, str], Body | None] = lambda key, template: None
    outdated: Callable[[str, str, datetime], str] = lambda key, template, now: ""


_registers: dict[str, PaperRegister] = {}


def register_papers(register: PaperRegister) -> None:
    """Enter a register; called once, when its room starts."""
    _registers[register.label] = register


def paper_register(label: str) -> PaperRegister:
    """Return what the room of a register said about it.

    Raises KeyError for a register without papers.
    """
    return _registers[label]


def paper_registers() -> tuple[PaperRegister, ...]:
    """Return every register that carries papers."""
    return tuple(_registers.values())
