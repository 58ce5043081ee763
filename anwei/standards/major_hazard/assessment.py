"""S, R and the level of one unit by GB 18218-2018, each step with its clause and what a person must confirm.

Sentences are kept as message and values, so that a page says them in its user's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from anwei.language import gettext_noop
from anwei.standards.major_hazard.matching import find, is_cas, qualifier, remark
from anwei.standards.major_hazard.tables import (
    Category,
    Chemical,
    Level,
    categories,
    rules,
    toxic_gases,
)
from anwei.standards.sentences import Sentence, Unassessable, decimal, rounded

STRENGTHS = ("%", "无水")  # marks in table 1's brackets of what decides whether the row applies at all


@dataclass(frozen=True)
class Stock:
    """One chemical of a unit as a person enters it.

    `chemical` is a name or CAS number of table 1, or any name beside `categories`, the symbols of table 2.
    `quantity` is the design maximum in tonnes (clause 4.2.2), or what is there in fact (`is_actual`).
    """

    chemical: str
    quantity: Fraction
    categories: tuple[str, ...] = ()
    is_actual: bool = False


@dataclass(frozen=True)
class Share:
    """What one chemical adds to a unit: q/Q and β·q/Q."""

    name: str
    quantity: Fraction
    critical: Fraction
    beta: Fraction
    steps: tuple[Sentence, ...]
    confirm: tuple[Sentence, ...]

    @property
    def ratio(self) -> Fraction:
        """q/Q."""
        return self.quantity / self.critical


@dataclass(frozen=True)
class Assessment:
    """The result of one unit; no `r`, `alpha`, `level` where S < 1 or the people nearby are not known."""

    standard: str
    shares: tuple[Share, ...]
    people: int | None
    s: Fraction
    alpha: Fraction | None
    r: Fraction | None
    level: Level | None
    steps: tuple[Sentence, ...]
    confirm: tuple[Sentence, ...]

    @property
    def is_major_hazard(self) -> bool:
        """Clause 4.2.1: S of at least 1."""
        return self.s >= 1


def assess(stocks: Sequence[Stock], people: int | None) -> Assessment:
    """Assess one unit: the chemicals in it, and the permanent residents within 500 m beyond the boundary.

    Raises Unassessable where a chemical is in no table, and ValueError for a negative number of people.
    """
    if people is not None and people < 0:
        raise ValueError("people must not be negative")
    shares = tuple(share_of(stock) for stock in stocks)
    s = sum((share.ratio for share in shares), Fraction())
    steps = [step for share in shares for step in share.steps]
    confirm = [point for share in shares for point in share.confirm]
    terms = " + ".join(f"{decimal(share.quantity)}/{decimal(share.critical)}" for share in shares)
    steps.append(
        Sentence("4.2.1", gettext_noop("S = {terms} = {s}"), {"terms": terms or "0", "s": rounded(s)})
    )
    alpha = r = level = None
    if s < 1:
        steps.append(Sentence("4.2.1", gettext_noop("S < 1，不构成重大危险源，不分级")))
    elif people is None:
        steps.append(Sentence("4.2.1", gettext_noop("S ≥ 1，构成重大危险源")))
        confirm.append(Sentence("4.3.2", gettext_noop("厂界外 500 m 内常住人口未填，不能取 α，不能分级")))
    else:
        alpha = rules().alpha(people)
        total = sum((share.beta * share.ratio for share in shares), Fraction())
        r = alpha * total
        level = rules().level(r)
        steps += _grading(shares, people, alpha, r, level)
    return Assessment(rules().standard, shares, people, s, alpha, r, level, tuple(steps), tuple(confirm))


def _grading(
    shares: Sequence[Share], people: int, alpha: Fraction, r: Fraction, level: Level
) -> list[Sentence]:
    terms = " + ".join(
        f"{decimal(share.beta)}×{decimal(share.quantity)}/{decimal(share.critical)}" for share in shares
    )
    return [
        Sentence("4.2.1", gettext_noop("S ≥ 1，构成重大危险源")),
        Sentence(
            "4.3.2 表5",
            gettext_noop("厂界外 500 m 内常住人口 {people} 人，α = {alpha}"),
            {"people": str(people), "alpha": decimal(alpha)},
        ),
        Sentence(
            "4.3.2",
            gettext_noop("R = {alpha} ×（{terms}）= {r}"),
            {"alpha": decimal(alpha), "terms": terms, "r": rounded(r)},
        ),
        Sentence(
            "4.3.3 表6", gettext_noop("R = {r}，{level}重大危险源"), {"r": rounded(r), "level": level.name}
        ),
    ]


def share_of(stock: Stock) -> Share:
    """Look up critical quantity and correction factor of one chemical.

    Raises Unassessable where it is in no table or a category does not exist.
    """
    if stock.quantity < 0:
        raise Unassessable(gettext_noop("数量不能为负：{quantity}"), quantity=decimal(stock.quantity))
    known = [_category(symbol) for symbol in stock.categories]
    found = find(stock.chemical) if stock.chemical else ()
    if found:
        return _named(stock, found, known)
    if known:
        return _by_category(stock, known)
    if not stock.chemical:
        raise Unassessable(gettext_noop("化学品和危险性类别都没有填"))
    if is_cas(stock.chemical):
        raise Unassessable(gettext_noop("表1 没有 CAS 号 {cas}，请填写表2 的危险性类别"), cas=stock.chemical)
    raise Unassessable(gettext_noop("表1 没有“{name}”，请填写表2 的危险性类别"), name=stock.chemical)


def _category(symbol: str) -> Category:
    found = categories().get(symbol.strip().upper())
    if found is None:
        raise Unassessable(gettext_noop("表2 没有危险性类别“{symbol}”"), symbol=symbol)
    return found


def _named(stock: Stock, found: Sequence[Chemical], known: Sequence[Category]) -> Share:
    """A chemical named in table 1 (clause 4.1.2 a): of several rows the lowest critical quantity."""
    chemical = min(found, key=lambda row: (row.critical, row.number))
    confirm = []
    if len(found) > 1:
        names = "、".join(f"{row.name}（{decimal(row.critical)} t）" for row in found)
        message = gettext_noop("“{words}”在表1 中有多项：{names}；现按临界量最小的一项计算，请核定")
        confirm.append(Sentence("4.1.2", message, {"words": stock.chemical, "names": names}))
    elif any(mark in (limit := qualifier(chemical, stock.chemical)) for mark in STRENGTHS):
        message = gettext_noop("表1 的“{name}”限于{limit}，请核定“{words}”是否符合")
        values = {"name": chemical.name, "limit": limit, "words": stock.chemical}
        confirm.append(Sentence("4.1.2", message, values))
    if said := remark(chemical, stock.chemical):
        message = gettext_noop("“{words}”按表1 的“{name}”整体计算，请核定“{said}”是否改变类别（混合物）")
        values = {"words": stock.chemical, "name": chemical.name, "said": said}
        confirm.append(Sentence("4.2.3", message, values))
    beta, source, doubt = _beta_of(chemical, known)
    confirm += [doubt] if doubt else []
    steps = (
        Sentence(
            "4.1.2 表1",
            gettext_noop("{name}：表1 第 {number} 项，临界量 Q = {critical} t，实际最大量 q = {quantity} t")
            if stock.is_actual
            else gettext_noop(
                "{name}：表1 第 {number} 项，临界量 Q = {critical} t，设计最大量 q = {quantity} t"
            ),
            {
                "name": chemical.name,
                "number": str(chemical.number),
                "critical": decimal(chemical.critical),
                "quantity": decimal(stock.quantity),
            },
        ),
        source,
    )
    return Share(chemical.name, stock.quantity, chemical.critical, beta, steps, tuple(confirm))


def _beta_of(chemical: Chemical, known: Sequence[Category]) -> tuple[Fraction, Sentence, Sentence | None]:
    """Table 3 by name, else table 4 by the category entered, else by the suggested one, to be confirmed."""
    if chemical.beta is not None:
        return chemical.beta, _table3(chemical.name, chemical.beta), None
    if known:
        category, doubt = _highest_beta(chemical.name, known)
        return category.beta, _table4(chemical.name, category), doubt
    gas = chemical.suggested.removeprefix("TABLE3:")
    if gas in toxic_gases():
        beta, step = toxic_gases()[gas], _table3(gas, toxic_gases()[gas])
    else:
        beta, step = categories()[gas].beta, _table4(chemical.name, categories()[gas])
    message = gettext_noop("{name}：标准未给出类别，β 按“{suggested}”预填为 {beta}，须按安全技术说明书核定")
    values = {"name": chemical.name, "suggested": gas, "beta": decimal(beta)}
    return beta, step, Sentence("4.3.2", message, values)


def _by_category(stock: Stock, known: Sequence[Category]) -> Share:
    """A chemical not named in table 1: by category, the lowest critical quantity (clause 4.1.2 b)."""
    lowest = min(known, key=lambda category: category.critical)
    name = stock.chemical or lowest.symbol
    gas = toxic_gases().get(stock.chemical)
    highest, doubt = _highest_beta(name, known)
    beta, source = (gas, _table3(name, gas)) if gas else (highest.beta, _table4(name, highest))
    step = Sentence(
        "4.1.2 表2",
        gettext_noop(
            "{name}：{symbol} {hazard}（{scope}），临界量 Q = {critical} t，实际最大量 q = {quantity} t"
        )
        if stock.is_actual
        else gettext_noop(
            "{name}：{symbol} {hazard}（{scope}），临界量 Q = {critical} t，设计最大量 q = {quantity} t"
        ),
        {
            "name": name,
            "symbol": lowest.symbol,
            "hazard": lowest.hazard,
            "scope": lowest.scope,
            "critical": decimal(lowest.critical),
            "quantity": decimal(stock.quantity),
        },
    )
    return Share(
        name, stock.quantity, lowest.critical, beta, (step, source), (doubt,) if doubt and not gas else ()
    )


def _highest_beta(name: str, known: Sequence[Category]) -> tuple[Category, Sentence | None]:
    """Return the category of the highest factor; the standard leaves open what holds of several: ask."""
    highest = max(known, key=lambda category: category.beta)
    if len({category.beta for category in known}) == 1:
        return highest, None
    message = gettext_noop("{name}：有多种危险性，β 取其中最大的 {beta}（{symbol}），请核定")
    return highest, Sentence(
        "4.3.2", message, {"name": name, "beta": decimal(highest.beta), "symbol": highest.symbol}
    )


def _table3(name: str, beta: Fraction) -> Sentence:
    return Sentence(
        "4.3.2 表3", gettext_noop("{name}：表3 毒性气体，β = {beta}"), {"name": name, "beta": decimal(beta)}
    )


def _table4(name: str, category: Category) -> Sentence:
    return Sentence(
        "4.3.2 表4",
        gettext_noop("{name}：表4 {symbol} {hazard}，β = {beta}"),
        {
            "name": name,
            "symbol": category.symbol,
            "hazard": category.hazard,
            "beta": decimal(category.beta),
        },
    )
