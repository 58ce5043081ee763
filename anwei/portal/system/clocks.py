"""Clocks and ladders as figures: limits of warnings, statutory deadlines, rungs of escalation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.monitoring.models import Severity
from anwei.portal.system.figures import UNITS, WITHOUT_NUMBER, Field, Figure, Value, length, whole
from anwei.standards import deadlines as statutory
from anwei.standards import ladders as escalation
from anwei.standards import limits
from anwei.standards.clocks import (
    DISPOSAL,
    EXTENSION,
    ISSUED,
    WARNING_CLOCKS,
    ClockRule,
    ExtensionRule,
    default_warning_clocks,
    warning_clocks,
)
from anwei.standards.ladders import Rung

TOLD = {
    "turn": gettext_lazy("当前办理岗位"),
    "implementer": gettext_lazy("落实岗位"),
    "supervisor": gettext_lazy("监督岗位"),
    "responsible": gettext_lazy("责任岗位"),
    "above": gettext_lazy("上级负责人"),
    "office": gettext_lazy("县安委办"),
}
LEVELS = {**dict(Severity.choices), ISSUED: gettext_lazy("人工发布的企业预警")}


class WarningClocks:
    """How soon a warning must be signed for and disposed of, by level."""

    code, key = "warning-clocks", WARNING_CLOCKS
    label = gettext_lazy("预警时限")
    hint = gettext_lazy(
        "各级预警多久签收、查明原因并处置、退回后重新处置、核查确认，以及处置时限能否延期。没有条款规定，按惯例预置，县里可改。"
    )

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each clock of each level."""
        rows = []
        for level, defaults in default_warning_clocks().items():
            for default, rule in zip(defaults, warning_clocks(level, own), strict=True):
                rows.append(
                    Figure(
                        f"{level}.{rule.key}",
                        str(LEVELS[level]),
                        rule.name,
                        length(rule.limit, rule.unit),
                        length(default.limit, default.unit),
                        default.citation,
                        default.confidence,
                        _limit_fields(rule.limit, rule.unit, ("minute", "hour", "same_day", "natural")),
                        rule.key in own.get(level, {}),
                    )
                )
                if default.key == DISPOSAL:
                    rows.append(_extension(level, default, rule, own))
        return rows

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one limit, or how often and by how many days one may be extended."""
        level, _dot, step = name.partition(".")
        value = _entered_terms(entered) if step == EXTENSION else _entered_limit(entered)
        return {**own, level: {**own.get(level, {}), step: value}}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one limit out."""
        level, _dot, step = name.partition(".")
        return {**own, level: {key: rule for key, rule in own.get(level, {}).items() if key != step}}


class Deadlines:
    """The limits of the law, which a county may only tighten, and those that no law names."""

    code, key = "deadlines", statutory.DEADLINES
    label = gettext_lazy("法定时限")
    hint = gettext_lazy("每条注明依据。法律规定的时限，县里只能更严；无条款或者凭记忆录入的，可以改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each deadline, in groups by the kind of business."""
        groups = {"accident": _("事故"), "hazard": _("隐患"), "tip_off": _("举报")}
        rows = statutory.deadlines(own)
        return [
            Figure(
                key,
                groups.get(key.partition(".")[0], ""),
                f"{default.what}（{default.who}，{default.event}起）",
                length(rows[key].limit, rows[key].unit),
                length(default.limit, default.unit),
                default.citation,
                default.confidence,
                _limit_fields(rows[key].limit, rows[key].unit, _units(default)),
                key in own,
                default.on_breach or default.note,
            )
            for key, default in statutory.default_deadlines().items()
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one limit."""
        return {**own, name: _entered_limit(entered)}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one limit out."""
        return {key: limit for key, limit in own.items() if key != name}


class Ladders:
    """When somebody is reminded, and when the matter goes up."""

    code, key = "ladders", escalation.LADDERS
    label = gettext_lazy("催办阶梯")
    hint = gettext_lazy("时限到期前后各级催办、督办、警示的时点。没有条款规定，县里可改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each rung of each ladder."""
        rows = []
        for key, default in escalation.default_ladders().items():
            rungs = {rung.code: rung for rung in escalation.ladders(own)[key].rungs}
            for rung in default.rungs:
                current = rungs.get(rung.code, rung)
                rows.append(
                    Figure(
                        f"{key}.{rung.code}",
                        default.label,
                        f"{rung.label} → {'、'.join(str(TOLD[to]) for to in current.to)}",
                        _moment(current),
                        _moment(rung),
                        default.citation,
                        default.confidence,
                        _rung_fields(current),
                        current != rung,
                    )
                )
        return rows

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the moment of one rung; the ladder becomes the county's own as a whole."""
        ladder, _dot, code = name.partition(".")
        rungs = [asdict(rung) for rung in escalation.ladders(own)[ladder].rungs]
        for rung in rungs:
            if rung["code"] == code and rung["share"] is not None:
                rung["share"] = whole(entered, "share") / 100
            elif rung["code"] == code:
                rung["limit"], rung["unit"] = whole(entered, "limit"), entered.get("unit", rung["unit"])
        return {**own, ladder: rungs}

    def reset(self, own: Value, name: str) -> Value:
        """Let one rung be as it was by default."""
        ladder, _dot, code = name.partition(".")
        default = {rung.code: asdict(rung) for rung in escalation.default_ladders()[ladder].rungs}
        rungs = [default[code] if rung["code"] == code else rung for rung in own.get(ladder, [])]
        return {**own, ladder: rungs} if rungs else own


def _extension(level: str, default: ClockRule, rule: ClockRule, own: Value) -> Figure:
    """Return the row that says whether the disposal of a level may be extended."""
    terms = rule.extension
    return Figure(
        f"{level}.{EXTENSION}",
        str(LEVELS[level]),
        _("%(clock)s：延期") % {"clock": rule.name},
        _terms(terms),
        _terms(default.extension),
        default.citation,
        default.confidence,
        (
            Field("times", _("最多几次（0 为不能延期）"), terms.times if terms else 0, is_number=True),
            Field("limit", _("最多延长几日"), terms.limit or "" if terms else "", is_number=True),
        ),
        EXTENSION in own.get(level, {}),
    )


def _terms(terms: ExtensionRule | None) -> str:
    if terms is None:
        return _("不能延期")
    return _("最多 %(times)d 次，至原定期限后 %(length)s") % {
        "times": terms.times,
        "length": length(terms.limit, terms.unit),
    }


def _entered_terms(entered: Mapping[str, str]) -> Value:
    times, limit = whole(entered, "times"), whole(entered, "limit")
    if times and not limit:
        raise ValueError(_("请填写大于零的整数。"))
    return {"times": times, "limit": limit}


def _moment(rung: Rung) -> str:
    if rung.share is not None:
        return _("用去 %(n)d%% 时") % {"n": round(rung.share * 100)}
    if rung.limit == 0:
        return _("到期时")
    words = length(rung.limit, rung.unit)
    return _("到期前 %(time)s") % {"time": words} if rung.before else _("超期 %(time)s") % {"time": words}


def _rung_fields(rung: Rung) -> tuple[Field, ...]:
    if rung.share is not None:
        return (Field("share", _("用去时限的百分之几"), round(rung.share * 100), is_number=True),)
    return _limit_fields(rung.limit, rung.unit, tuple(escalation.STEPS))


def _limit_fields(limit: int | None, unit: str, units: tuple[str, ...]) -> tuple[Field, ...]:
    choices = tuple((code, str(UNITS[code])) for code in units)
    return (
        Field("limit", _("数值"), "" if limit is None or unit in WITHOUT_NUMBER else limit, is_number=True),
        Field("unit", _("单位"), unit, choices=choices),
    )


def _units(row: statutory.StatutoryDeadline) -> tuple[str, ...]:
    """Return the units that may be chosen: those of the law's limit, or any where no law names it."""
    if not row.changeable:
        return limits.units_within(row.unit)
    return ("immediate", "minute", "hour", "same_day", "natural", "working", "month")


def _entered_limit(entered: Mapping[str, str]) -> Value:
    unit = entered.get("unit", "")
    limit = whole(entered, "limit")
    if unit not in UNITS:
        raise ValueError(_("请选择单位。"))
    if unit not in WITHOUT_NUMBER and limit < 1:
        raise ValueError(_("请填写大于零的整数。"))
    return {"limit": limit, "unit": unit}
