"""研判 of a month: what its records say, in sentences, each with its chart, its rows and its method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.analytics.patterns.counting import CHANCE, told
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.analytics.patterns.seasons import clauses_by, season_of
from anwei.analytics.patterns.sight import sights
from anwei.cases.indicators import FEWEST, Indicator, Values, indicator, indicators
from anwei.cases.periods import Span, month_after
from anwei.cases.verdicts import verdict_words
from anwei.hazards.counts import TOWNSHIP
from anwei.hazards.rates_page import clause_words
from anwei.methods.counts import compare, share_interval
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.scope import sees_the_county
from anwei.oversight.figures import Figures, figures
from anwei.sites.queries import township_names

MONTHS_BEFORE = 12
ACCIDENTS = "acc_cnt"
EVENTS = (ACCIDENTS, "hazards_found", "hazards_major")
HURT = ("acc_death", "large_cnt")  # told beside the accidents
SHARES = ("rectification_rate", "on_time_rate", "repeat_rate")
STANDING = ("past_limit", "major_open")
FEWEST_OF_A_CLAUSE = 2  # with one each no clause is the one that failed most
TOP = 8  # townships of a chart


@dataclass(frozen=True)
class Statement:
    """One sentence with what it rests on; `bars` are (label, number), `address` opens its rows.

    `legend` says more of the bars' labels: the counts behind a percentage, the words of a clause.
    """

    title: str
    sentence: str
    bars: Sequence[tuple[str, float]]
    address: str
    method: str
    legend: Sequence[tuple[str, str]] = ()

    @property
    def has_chart(self) -> bool:
        """Whether there is something to compare: one bar alone shows nothing, nor do zeros."""
        return len(self.bars) > 1 and any(number for _label, number in self.bars)


def statements(person: Person, now: datetime, month: date) -> list[Statement]:
    """Return what can be said of a month that a person sees, numbers frozen where the month is frozen.

    Accidents come first, then hazards, what is open, where, when in the year and which clause.
    """
    before = _months(month)
    last = min(month_after(month) - timedelta(days=1), max(day_of(now), month))
    span = Span(before[0], last)
    known = {one.key: one for one in indicators()}
    wanted = [known[key] for key in (*EVENTS, *HURT, *SHARES, *STANDING) if key in known]
    found = figures(person, now, span, wanted)
    said: list[Statement] = []
    said += [_event(one, found, month, last) for one in wanted if one.key in EVENTS]
    said += [_share(one, found, month) for one in wanted if one.key in SHARES]
    standing = [one for one in wanted if one.key in STANDING]
    if month == day_of(now).replace(day=1):
        said += [_stands(one, found) for one in standing]
    else:
        said += _stood(standing, found, month)
    said += [*_hot(person, month), *_season(person, now, month), *_clause(person, now, month, last)]
    return said


def _event(one: Indicator, found: Figures, month: date, last: date) -> Statement:
    """Compare a month's events with those of the year before it, by as many days as each had."""
    n = int(found.number(one, [f"{month:%Y-%m}"]).n)
    begun = one.first_day()
    before = [each for each in _months(month)[:-1] if begun is not None and each >= begun]
    counts = [int(found.number(one, [f"{each:%Y-%m}"]).n) for each in before]
    words = {"label": one.label, "n": n, "unit": one.unit, "year": month.year, "month": month.month}
    sentence = _("%(year)d年%(month)d月%(label)s %(n)d %(unit)s") % words
    if one.key == ACCIDENTS and n:
        sentence += _hurt(found, month)
    if len(before) < 3:
        sentence += _("；以往不足三个月，样本不足，不比较。")
    else:
        days, days_before = (last - month).days + 1, (month - before[0]).days
        verdict = _("成批查出，不作检验")
        if one.event:
            verdict = verdict_words(
                compare(n, sum(counts), exposure=days, exposure_before=days_before).verdict
            )
        usual = sum(counts) / days_before * days
        sentence += _("；按此前 %(n)d 个月的日均，同样天数应有 %(usual).1f，%(verdict)s。") % {
            "n": len(before),
            "usual": usual,
            "verdict": verdict,
        }
    bars = [(f"{each:%y-%m}", float(n_of)) for each, n_of in zip(before, counts, strict=True)]
    return Statement(
        str(one.label),
        sentence,
        [*bars, (f"{month:%y-%m}", float(n))],
        _opened(one, found, month, last),
        (
            _("按天数折算，两个件数用精确二项检验比较（%(source)s）")
            if one.event
            else _("按天数折算（%(source)s）")
        )
        % {"source": one.cited},
    )


def _hurt(found: Figures, month: date) -> str:
    """Return how many the accidents of a month killed, and how many were larger ones."""
    deaths, larger = (int(found.number(indicator(key), [f"{month:%Y-%m}"]).n) for key in HURT)
    told = _("死亡 %(n)d 人") % {"n": deaths}
    if larger:
        told = _("%(deaths)s，其中较大及以上 %(n)d 起") % {"deaths": told, "n": larger}
    return _("（%(told)s）") % {"told": told}


def _opened(one: Indicator, found: Figures, month: date, last: date) -> str:
    """Return where the rows of a month's number are; of several parts, the page that opens each."""
    parts = found.live[one.key].filled([f"{month:%Y-%m}"])
    if len(parts) > 1:
        return f"{reverse('statistics')}?year={month.year}"
    return one.numerator[parts[0]].link(Span(month, last), {})


def _share(one: Indicator, found: Figures, month: date) -> Statement:
    number = found.number(one, [f"{month:%Y-%m}"])
    n, of = int(number.n), int(number.of or 0)
    if of < FEWEST:
        sentence = _("%(label)s：分母只有 %(of)d 件，样本不足，不算百分比。") % {"label": one.label, "of": of}
    else:
        low, high = share_interval(n, of)
        sentence = _("%(label)s %(share).1f%%（%(n)d / %(of)d），95%% 区间 %(low).1f%% — %(high).1f%%。") % {
            "label": one.label,
            "share": n / of * 100,
            "n": n,
            "of": of,
            "low": low * 100,
            "high": high * 100,
        }
    span = Span(month, month_after(month) - timedelta(days=1))
    counts = [(f"{each:%y-%m}", found.number(one, [f"{each:%Y-%m}"])) for each in _months(month)]
    enough = [(label, int(each.n), int(each.of)) for label, each in counts if each.of and each.of >= FEWEST]
    bars = [(label, round(100 * part / whole, 1)) for label, part, whole in enough]
    legend = [(label, f"{part} / {whole}") for label, part, whole in enough] if len(enough) > 1 else []
    method = f"{one.definition}（{one.cited}）"
    if of >= FEWEST:
        method += _("区间按每件各不相干计算；同一次检查的几件往往一起整改，实际的更宽。")
    if legend:
        method += _("各月百分比，分母不足 %(few)d 件的月份不列") % {"few": FEWEST}
    return Statement(str(one.label), sentence, bars, one.numerator[0].link(span, {}), method, legend)


def _stands(one: Indicator, found: Figures) -> Statement:
    """Tell how many stand open now and in which townships most."""
    places = {cell.township for cell in found.live[one.key].numerator}
    counts = {place: int(found.now(one, township=place).n) for place in places}
    sentence = _("现在%(label)s %(n)d 件") % {"label": one.label, "n": int(found.now(one).n)}
    return _by_township(one, sentence, counts, one.numerator[0].link(None, {}))


def _stood(standing: Sequence[Indicator], found: Figures, month: date) -> Iterator[Statement]:
    """Tell how many stood open when a past month ended; of one that nobody froze in time it is not known."""
    key = f"{month:%Y-%m}"
    for one in standing:
        if not found.is_frozen(one, key):
            continue
        values = found.published.get(one.key, Values())
        places = {cell.township for cell in values.numerator if cell.month == key}
        counts = {place: int(found.number(one, [key], township=place).n) for place in places}
        ends = found.frozen[key].month_ends
        sentence = _("%(day)s 时%(label)s %(n)d 件") % {
            "day": ends,
            "label": one.label,
            "n": int(found.number(one, [key]).n),
        }
        yield _by_township(one, sentence, counts, one.stocks[0].link_then(ends, {}))


def _by_township(one: Indicator, sentence: str, counts: Mapping[str, int], address: str) -> Statement:
    names = township_names()
    by = sorted(
        ((names.get(code, code), n) for code, n in counts.items() if n), key=lambda each: (-each[1], each[0])
    )
    most = _("、").join(_("%(name)s %(n)d") % {"name": name, "n": n} for name, n in by[:3])
    sentence += _("，其中%(most)s。") % {"most": most} if most else _("。")
    bars = [(name, float(n)) for name, n in by[:TOP]]
    return Statement(str(one.label), sentence, bars, address, f"{one.definition}（{one.cited}）")


def _hot(person: Person, month: date) -> Iterator[Statement]:
    """Tell the hot spots of the last search that was made for the month."""
    after = month_after(month) + timedelta(days=7)
    search = HotSpotSearch.objects.filter(week__gt=month, week__lt=after).order_by("-week").first()
    if search is None:
        return
    spots = HotSpot.objects.visible_to(person).filter(search__week=search.week).select_related("search")
    shown = sights([one for one in spots if one.level != CHANCE][:2], person)
    method = _(
        "时空扫描（Kulldorff，1997、2005），隐患比检查过的家次里查出的比例，对看过的所有地方和时段一并校正"
    )
    address = f"{reverse('hotspots')}?week={search.week}"
    if not shown:
        sentence = _("您管辖的范围里没有哪里比往常明显集中（变化不显著）。")
        if sees_the_county(person):
            sentence = _("没有哪里比往常明显集中（变化不显著）。")
        yield Statement(_("热点"), sentence, [], address, method)
    for one in shown:
        sentence = _("%(words)s（%(since)s 至 %(until)s）；%(told)s。") % {
            "words": one.words,
            "since": one.spot.since,
            "until": one.spot.until,
            "told": told(one.spot.level),
        }
        bars = [(name, float(n)) for name, n, _rows, _looks in one.doors[:TOP]]
        yield Statement(_("热点"), sentence, bars, reverse("hotspot", args=[one.spot.pk]), method)


def _season(person: Person, now: datetime, month: date) -> Iterator[Statement]:
    season = season_of(indicator("hazards_found"), person, now)
    method = _("按天数折算")
    if season.too_few:
        sentence = _("季节规律：样本不足（现有 %(n)d 件），还不能说哪个月多。") % {"n": season.n}
        yield Statement(_("季节"), sentence, [], reverse("seasons"), method)
        return
    this = season.months[month.month - 1]
    words = {"m": month.month, "ratio": this.ratio}
    sentence = _("往年 %(m)d 月隐患是其他月份的 %(ratio).2f 倍（成批查出，不作检验）") % words
    sentence += _("；只有一年的数，不能当成规律。") if season.one_year else _("。")
    bars = [(str(one.month), float(one.n)) for one in season.months]
    yield Statement(_("季节"), sentence, bars, reverse("seasons"), method)


def _clause(person: Person, now: datetime, month: date, last: date) -> Iterator[Statement]:
    found = clauses_by(TOWNSHIP, person, now, Span(month, last))
    method = _("本月隐患按条款计数；未引条款的另计")
    if not found.rows:
        sentence = _("本月没有引用条款的隐患（未引条款 %(n)d 件），样本不足。") % {"n": found.n_without}
        yield Statement(_("条款"), sentence, [], reverse("failing_clauses"), method)
        return
    clause, n, _cells = found.rows[0]
    counted = {"of": found.n - found.n_without, "without": found.n_without}
    if n < FEWEST_OF_A_CLAUSE:
        sentence = _("没有集中的条款：引用条款的 %(of)d 件没有两件引同一条（未引条款 %(without)d 件）。")
        yield Statement(_("条款"), sentence % counted, [], reverse("failing_clauses"), method)
        return
    sentence = _(
        "不合格最多的条款是“%(clause)s”，%(n)d 件（有条款的共 %(of)d 件，未引条款 %(without)d 件）。"
    ) % {
        "clause": clause_words(clause) or clause,
        "n": n,
        "of": found.n - found.n_without,
        "without": found.n_without,
    }
    bars = [(str(place), float(n_of)) for place, (_key, n_of, _of) in enumerate(found.rows[:TOP], 1)]
    legend = [
        (str(place), f"{clause_words(key)} {key}".strip())
        for place, (key, _n, _of) in enumerate(found.rows[:TOP], 1)
    ]
    yield Statement(_("条款"), sentence, bars, reverse("failing_clauses"), method, legend)


def _months(month: date) -> list[date]:
    """Return the first days of the months before one, and its own."""
    place = month.year * 12 + month.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(place - MONTHS_BEFORE, place + 1)]
