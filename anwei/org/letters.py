"""The yearly responsibility letters (责任书) and duty lists (责任清单): who signs with whom, and as DOCX.

A body signs with the one that answers over it: townships and departments with the county government, villages
and enterprises with their township, parts of an enterprise with the enterprise. Whom a county lets sign with
whom is custom, not law (TEMPLATE): it sets that for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.blocks import Block, Heading, Paragraph, Signature, Table
from anwei.ledgers.papers.layout import chinese_date, gongwen, printout
from anwei.ledgers.services import county_setting
from anwei.org.holdings import holdings_on
from anwei.org.models import Confidence, Post, Signing, Unit
from anwei.org.roster import TOWNSHIP_DIGITS

SETTING = "letters"  # key of ledgers.Setting: {kind of unit: side}
OF_THE_COUNTY = (Unit.Kind.GOVERNMENT, Unit.Kind.COMMITTEE)
NOBODY = "none"
SIDES: Mapping[str, str] = {
    Unit.Kind.DEPARTMENT: Unit.Kind.GOVERNMENT,
    Unit.Kind.TOWNSHIP: Unit.Kind.GOVERNMENT,
    Unit.Kind.VILLAGE: "township",
    Unit.Kind.ENTERPRISE: "township",
    Unit.Kind.ENTERPRISE_DEPARTMENT: "parent",
}
CHOICES = {
    "government": gettext_lazy("县政府"),
    "committee": gettext_lazy("县安委会"),
    "township": gettext_lazy("所在乡镇"),
    "parent": gettext_lazy("上级单位"),
    NOBODY: gettext_lazy("不签"),
}
CONTENTS = (
    "一、落实安全生产责任制，主要负责人是第一责任人，管行业必须管安全、管业务必须管安全、管生产经营必须管安全。",
    "二、开展隐患排查治理，重大隐患按要求报告、挂牌督办、限期销号。",
    "三、对监测预警按时签收、处置、反馈。",
    "四、完善应急预案，落实值班值守，定期演练。",
    "五、及时、如实报告生产安全事故。",
)


@dataclass(frozen=True)
class Letter:
    """A letter that must be signed in a year; `signing` is None until it was."""

    upper: Unit
    lower: Unit
    signing: Signing | None

    def holds(self, words: str) -> bool:
        """Say whether one of its sides, or the reference of its proof, holds what was searched for."""
        sides = (self.upper.name, self.lower.name, self.lower.short_name)
        return any(words in text for text in (*sides, self.signing.reference if self.signing else ""))


def sides() -> dict[str, str]:
    """Return with which side each kind of unit signs: the county's own choice, else the default."""
    return {**SIDES, **county_setting(SETTING, {})}


def letters(year: int) -> list[Letter]:
    """Return every letter of a year, the unsigned ones first; what was signed stays, whatever must be now."""
    there = Q(closed_on__isnull=True) | Q(closed_on__year__gt=year)
    units = list(Unit.objects.filter(there).select_related("parent").order_by("territory", "kind", "pk"))
    chosen = sides()
    heads = {str(kind): next((one for one in units if one.kind == kind), None) for kind in OF_THE_COUNTY}
    townships = {unit.territory: unit for unit in units if unit.kind == Unit.Kind.TOWNSHIP}
    signings = Signing.objects.filter(year=year).select_related("upper", "lower")
    signed = {(row.upper_id, row.lower_id): row for row in signings}
    found = []
    for unit in units:
        township = townships.get(unit.territory[:TOWNSHIP_DIGITS])
        uppers: dict[str, Unit | None] = {**heads, "township": township, "parent": unit.parent}
        upper = uppers.get(chosen.get(unit.kind, NOBODY))
        if upper is not None and upper != unit:
            found.append(Letter(upper, unit, signed.pop((upper.pk, unit.pk), None)))
    found += [Letter(row.upper, row.lower, row) for row in signed.values()]
    return sorted(found, key=lambda letter: letter.signing is not None)


def upper_of(lower: Unit, year: int) -> Unit | None:
    """Return with whom a unit signs, None where it signs with nobody."""
    return next((letter.upper for letter in letters(year) if letter.lower == lower), None)


def letter_docx(upper: Unit, lower: Unit, year: int, on: date) -> bytes:
    """Return the responsibility letter of two units, ready to be printed and signed by their heads."""
    head = _head_post(lower)
    blocks: list[Block] = [
        Paragraph(
            f"为落实安全生产责任，{upper.name}（甲方）与{lower.name}（乙方）签订 {year} 年度安全生产责任书。"
        ),
        Heading(1, "一、责任期限"),
        Paragraph(f"自 {year}年1月1日 起至 {year}年12月31日 止。"),
        Heading(1, "二、责任内容"),
        *(Paragraph(text.partition("、")[2]) for text in CONTENTS),
    ]
    if head is not None and head.duties.exists():
        blocks += [Heading(1, "三、主要负责人职责"), _duties(head)]
    blocks += [
        Paragraph("本责任书一式两份，甲乙双方各执一份。责任人变动的，由接任者继续履行。"),
        Signature(
            left=("甲方（盖章）", upper.name, f"负责人：{_holder(upper, on)}", "签字：", "    年  月  日"),
            right=("乙方（盖章）", lower.name, f"负责人：{_holder(lower, on)}", "签字：", "    年  月  日"),
        ),
    ]
    return gongwen(f"{year}年度安全生产责任书", blocks)


def duty_list_docx(post: Post, on: date, *, by: str, at: datetime) -> bytes:
    """Return the duty list of a post: who holds it, each duty with its article, this year's key tasks.

    `by` is who prints it, at the moment `at`.
    """
    holders = "、".join(
        str(holding.person) for holding in holdings_on(on).filter(post=post).select_related("person")
    )
    blocks: list[Block] = [
        Table((("岗位", f"{post.unit.name} {post.title}"), ("责任人", holders or "空缺")), has_header=False),
        Heading(1, "一、岗位职责"),
        _duties(post),
    ]
    if tasks := post.tasks.filter(year=on.year):
        rows = [
            (task.text, chinese_date(task.due_on), task.reference if task.done_on else "未完成")
            for task in tasks
        ]
        blocks += [
            Heading(1, f"二、{on.year}年重点工作"),
            Table((("事项", "期限", "完成依据"), *rows), widths=(5, 2.4, 2.6)),
        ]
    return printout("安全生产责任清单", blocks, by=by, at=at)


def _duties(post: Post) -> Table:
    """A table of duties; what is not the read wording of an article says so."""
    rows = [
        (
            str(duty.number),
            duty.text,
            duty.citation
            + ("" if duty.confidence in (Confidence.VERIFIED, Confidence.COUNTY) else "（凭记忆，待核）"),
        )
        for duty in post.duties.all()
    ]
    return Table((("序号", "职责", "依据"), *rows), widths=(1, 5.6, 3.4))


def _head_post(unit: Unit) -> Post | None:
    return unit.posts.filter(kind=Post.Kind.PRINCIPAL).order_by("pk").first()


def _holder(unit: Unit, on: date) -> str:
    held = holdings_on(on).filter(post__unit=unit, post__kind=Post.Kind.PRINCIPAL).select_related("person")
    return "、".join(str(holding.person) for holding in held) or _("空缺")
