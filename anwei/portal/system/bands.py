"""The bands of LEC and LS as figures: from which value on a risk is yellow, orange, red."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.portal.system.figures import Field, Figure, Value
from anwei.sites.risks.assessing import SETTING
from anwei.sites.risks.bands import ask_for_review
from anwei.standards.risk import methods
from anwei.standards.risk.bands import Unusable
from anwei.standards.risk.grades import GRADES
from anwei.standards.risk.methods import Method
from anwei.standards.sentences import decimal, number

RISING = tuple(grade for grade in reversed(GRADES))  # blue first, which begins at the lowest value
BANDS = "bands"


class RiskBands:
    """What both methods share; a change marks the results that would have another grade by it."""

    method: str
    make: Callable[[Value], Method]

    def reset(self, own: Value, name: str) -> Value:
        """Leave one out; the side of the edges goes with the bands."""
        return {key: value for key, value in own.items() if key not in (name, *(["edge"] * (name == BANDS)))}

    def follow(self, now: datetime) -> None:
        """Ask for a review of what the new bands would grade otherwise."""
        ask_for_review(self.method, now)

    def _bands(self, own: Value, *further: Field) -> Figure:
        method, default = self.make(own), self.make({})
        cuts = tuple(
            Field(grade.key, _("%(grade)s从") % {"grade": _(grade.word)}, cut)
            for grade, cut in zip(RISING[1:], _cuts(method), strict=True)
        )
        return Figure(
            BANDS,
            _(method.name),
            _("分级区间"),
            _shown(method),
            _shown(default),
            _("无条款，可改"),
            methods.bands_confidence(self.method),
            (*cuts, *further),
            BANDS in own,
            _("已有的评估保留作出时的区间；按新区间等级会不同的，标为待重评。"),
        )

    def _usable(self, own: Value) -> Value:
        """Return the setting. Raises ValueError, as a sentence, where the method cannot grade by it."""
        try:
            self.make(own)
        except Unusable as fault:
            raise ValueError(_("；").join(problem.said(_) for problem in fault.problems)) from fault
        return own


class LecBands(RiskBands):
    """D = L × E × C: bands that touch, and one of two tables of C."""

    code, method, key = "lec-bands", "lec", SETTING.format(method="lec")
    make = staticmethod(methods.lec)
    label = gettext_lazy("LEC 分级区间")
    hint = gettext_lazy("作业条件危险性分析法的 D 值从多少起是一般、较大、重大风险；没有国家规定，县里可改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return the bands and the table of C."""
        edges = (("above", _("分界值归低一级")), ("from", _("分界值归高一级")))
        tables = (("industry", _("行业取值表")), ("classic", _("经典取值表")))
        chosen = own.get("consequence", "industry")
        edge = Field("edge", _("分界值"), self.make(own).bands.edge, choices=edges)
        return [
            self._bands(own, edge),
            Figure(
                "consequence",
                _(self.make(own).name),
                _("后果（C）取值表"),
                dict(tables)[chosen],
                tables[0][1],
                _("无条款，可改"),
                "MEMORY",
                (Field("consequence", _("后果（C）取值表"), chosen, choices=tables),),
                "consequence" in own,
            ),
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the three bounds and whose the bound itself is, or the table of C."""
        if name != BANDS:
            return self._usable({**own, name: entered.get(name, "")})
        cuts = _entered_cuts(entered)
        starts = ["0", *cuts]
        rows = [
            {"low": low, "high": high, "grade": grade.key, "words": _words(self.make({}), grade.key)}
            for low, high, grade in zip(starts, [*cuts, None], RISING, strict=True)
        ]
        return self._usable({**own, BANDS: rows, "edge": entered.get("edge", "")})


class LsBands(RiskBands):
    """R = L × S: whole numbers, by one of the known variants or by bounds of the county's own."""

    code, method, key = "ls-bands", "ls", SETTING.format(method="ls")
    make = staticmethod(methods.ls)
    label = gettext_lazy("LS 分级区间")
    hint = gettext_lazy("风险矩阵法的 R 值从多少起是一般、较大、重大风险；没有国家规定，县里可改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return the bands and the variant they may be taken from."""
        default = self.make({}).version.rpartition(" ")[2]
        variant = own.get("variant", "" if BANDS in own else default)
        choices = tuple(
            (
                letter,
                _("方案 %(letter)s：%(bands)s")
                % {"letter": letter, "bands": _shown(self.make({"variant": letter}))},
            )
            for letter in methods.ls_variants()
        )
        return [
            self._bands(own),
            Figure(
                "variant",
                _(self.make(own).name),
                _("常见方案"),
                dict(choices).get(variant, _("自定区间")),
                dict(choices)[default],
                _("无条款，可改"),
                methods.bands_confidence("ls"),
                (Field("variant", _("常见方案"), variant or default, choices=choices),),
                "variant" in own,
            ),
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter three bounds of the county's own, or one of the variants in their place."""
        if name != BANDS:
            return self._usable({name: entered.get(name, "")})
        cuts = [Fraction(cut) for cut in _entered_cuts(entered)]
        if any(cut.denominator > 1 for cut in cuts):
            raise ValueError(_("R 值都是整数，请填写整数。"))
        starts = [Fraction(1), *cuts]
        rows = [
            {"low": decimal(low), "high": decimal(high), "grade": grade.key, "words": grade.word}
            for low, high, grade in zip(
                starts, [*(cut - 1 for cut in cuts), Fraction(25)], RISING, strict=True
            )
        ]
        return self._usable({BANDS: rows})


def _cuts(method: Method) -> list[str]:
    """Return the lowest values of yellow, orange, red."""
    return [
        decimal(min(band.low for band in method.bands.rows if band.grade == grade)) for grade in RISING[1:]
    ]


def _entered_cuts(entered: Mapping[str, str]) -> list[str]:
    """Return three bounds that rise. Raises ValueError."""
    found = [number(entered.get(grade.key, "")) for grade in RISING[1:]]
    cuts = [cut for cut in found if cut is not None]
    if len(cuts) < len(found):
        raise ValueError(_("分界值请填写数字。"))
    if any(low >= high for low, high in pairwise([Fraction(0), *cuts])):
        raise ValueError(_("三个分界值须大于零，并逐级增大。"))
    return [decimal(cut) for cut in cuts]


def _words(method: Method, grade: str) -> str:
    return next(band.words for band in reversed(method.bands.rows) if band.grade.key == grade)


def _shown(method: Method) -> str:
    return _("；").join(
        f"{_(band.grade.word)} {band.formula(method.symbol, method.bands.edge)}" for band in method.bands.rows
    )
