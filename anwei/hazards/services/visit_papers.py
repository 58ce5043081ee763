"""Making the papers of a visit: at its end, and again when something of it is decided later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone, translation

from anwei.cases.evidence import path_of
from anwei.cases.intake import copy_without_traces
from anwei.hazards.models import Order, PaperNumber, Visit, VisitPaper
from anwei.hazards.services.paper_numbers import (
    MEASURES,
    ORDER,
    RECORD,
    TEMPLATES,
    TRANSFER,
    kinds_of,
    number_of,
    use,
    void_unused,
)
from anwei.hazards.services.visits import remember
from anwei.hazards.visit_papers import without_open_question, words_of
from anwei.ledgers.confined import Failed
from anwei.ledgers.papers import files
from anwei.ledgers.papers.blocks import Block, Paragraph, Picture, blocks_of
from anwei.ledgers.papers.layout import gongwen
from anwei.ledgers.papers.services import county_template
from anwei.org.models import Person

SIGNATURE_WIDTH = 50  # mm


def make_papers(
    visit: Visit, *, actor: Person, now: datetime, printed: Sequence[str] = ()
) -> list[VisitPaper]:
    """Make the papers of an ended visit under the numbers that `actor` took along; void the other numbers.

    `printed` are the kinds that were printed on the spot. Asked again, a paper that says something else by
    now gets a new version under its number; earlier ones stay. In the caller's transaction.
    """
    signature = list(_signature(visit))
    made = [_made(visit, kind, signature, actor=actor, now=now) for kind in _needed(visit, printed)]
    void_unused(visit, actor=actor, now=now)
    return [paper for paper in made if paper is not None]


def _needed(visit: Visit, printed: Sequence[str]) -> list[str]:
    """Return the kinds of paper that a visit needs, as far as its leading body may issue them."""
    found = list(visit.found.all())
    allowed = kinds_of(visit)
    needed = {
        RECORD: True,
        ORDER: any(one.order in (Order.DATED, Order.STOP) for one in found),
        MEASURES: any(one.measures or one.order == Order.STOP for one in found),
        TRANSFER: bool(found) and ORDER not in allowed,
    }
    return [kind for kind in allowed if needed[kind] or kind in printed]


def _made(
    visit: Visit, kind: str, signature: Sequence[Block], *, actor: Person, now: datetime
) -> VisitPaper | None:
    number = _number(visit, kind, actor, now)
    with translation.override("zh-hans"):  # a paper is Chinese whatever language its maker reads
        content, title = _content(visit, number, signature, now)
    last = number.papers.order_by("version").last()
    with files.kept(content, files.DOCX) as file:
        if last is not None and last.sha256 == file.sha256:
            files.path_of(file.stored_as).unlink()
            return None
        use(number, now)
        paper = VisitPaper._base_manager.create(
            visit=visit,
            number=number,
            version=1 if last is None else last.version + 1,
            name=files.safe_name(f"{title}（{visit.number}）.docx"),
            stored_as=file.stored_as,
            n_bytes=file.n_bytes,
            sha256=file.sha256,
            made_by=actor,
            made_at=now,
        )
        told = {"number": number.number, "version": paper.version, "sha256": paper.sha256}
        remember(visit, "paper", told, actor=actor, now=now)
    return paper


def _number(visit: Visit, kind: str, actor: Person, now: datetime) -> PaperNumber:
    """Return the number under which a paper of the visit stands or was printed, else one's own."""
    of_kind = PaperNumber._base_manager.filter(visit=visit, template=TEMPLATES[kind])
    printed = of_kind.exclude(used_at=None).order_by("used_at", "pk")
    standing = of_kind.filter(papers__isnull=False).first() or printed.first()
    return standing or number_of(visit, actor, kind, now)


def _content(
    visit: Visit, number: PaperNumber, signature: Sequence[Block], now: datetime
) -> tuple[bytes, str]:
    """Return a paper as DOCX, and its title."""
    words = words_of(visit, now)
    template = without_open_question(county_template(number.template), words)
    text = template.filled({name: words.get(name, "") or "（无）" for name in template.fields})
    content = gongwen(
        text["title"],
        [*blocks_of(text["body"]), *(signature if "signature" in template.fields else ())],
        number=number.number,
        issuer=number.issuer.name,
        date=timezone.localdate(visit.ended_at or now),
        addressee=text["addressee"],
        red_head=f"{number.issuer.name}文件" if template.red_head else "",
    )
    return content, text["title"]


def _signature(visit: Visit) -> Iterator[Block]:
    """Yield the head's signature as it was drawn, encoded anew: it came from outside."""
    if visit.signature is None:
        return
    yield Paragraph("被检查单位现场负责人签名：", indented=False)
    try:
        picture = copy_without_traces(path_of(visit.signature.stored_as).read_bytes())
    except (FileNotFoundError, Failed):
        yield Paragraph("（签名文件缺失）", indented=False)
    else:
        yield Picture(picture, SIGNATURE_WIDTH)
