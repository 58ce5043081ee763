"""Signals in words, with what they rest on: something to look at again, never a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Hazard
from anwei.standards.formalism.signals import Family

FAMILIES = {
    Family.PEERS: gettext_lazy("与同类相比很少发现"),
    Family.WORDS: gettext_lazy("文字雷同"),
    Family.PHOTOS: gettext_lazy("照片"),
    Family.HASTE: gettext_lazy("用时很短"),
    Family.PRESENCE: gettext_lazy("到场"),
    Family.RECURRENCE: gettext_lazy("销号后又发现"),
}
OFTEN = gettext_lazy(
    "%(exposure)s 件销号中 %(count)s 件有此情况；"
    "其他 %(n_peers)s 个的 %(peers_exposure)s 件中 %(peers_count)s 件，按此应约 %(expected)s 件"
)
SENTENCES = {
    "same_before_after": gettext_lazy("整改前、整改后的照片是同一画面"),
    "same_before_verified": gettext_lazy("复查照片与发现时的照片是同一画面"),
    "same_fixed_verified": gettext_lazy("复查照片与企业提交的整改照片是同一画面"),
    "same_elsewhere": gettext_lazy("同一张整改照片还用在其他地点的 %(n)s 件：%(numbers)s"),
    "same_elsewhere_verified": gettext_lazy("同一张复查照片还用在其他地点的 %(n)s 件：%(numbers)s"),
    "older_fixed": gettext_lazy("整改后照片的拍摄时间是 %(moment)s，早于发现时间"),
    "older_verified": gettext_lazy("复查照片的拍摄时间是 %(moment)s，早于发现时间"),
    "far_fixed": gettext_lazy("整改后照片的拍摄位置距现场 %(kilometres)s 公里"),
    "far_verified": gettext_lazy("复查照片的拍摄位置距现场 %(kilometres)s 公里"),
    "minutes": gettext_lazy("提交整改后 %(minutes)s 分钟内就写了复查，照片没有到场位置"),
    "no_road": gettext_lazy(
        "提交整改后 %(minutes)s 分钟内就写了复查，而复查人同一时段在 %(kilometres)s 公里外（%(number)s）"
    ),
    "two_places": gettext_lazy(
        "复查人的照片相隔 %(minutes)s 分钟、相距 %(kilometres)s 公里（另一件 %(number)s）"
    ),
    "same_words_fixed": gettext_lazy("整改情况与其他地点的文字几乎相同：%(sites)s 个地点 %(n)s 件"),
    "same_words_verified": gettext_lazy("复查情况与其他地点的文字几乎相同：%(sites)s 个地点 %(n)s 件"),
    "again": gettext_lazy("销号 %(days)s 天后又发现（%(number)s）"),
    "few_self_checks": gettext_lazy(
        "%(exposure)s 个月自查发现 %(count)s 件；"
        "同行业同规模 %(n_peers)s 家共 %(peers_count)s 件，按此应约 %(expected)s 件"
    ),
    "few_findings": gettext_lazy(
        "%(exposure)s 次检查发现 %(count)s 件；"
        "同类人员 %(n_peers)s 名 %(peers_exposure)s 次检查发现 %(peers_count)s 件，按此应约 %(expected)s 件"
    ),
    **{f"often_{family}": OFTEN for family in Family if family is not Family.PEERS},
}


def numbers_of(signals: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return the numbers of all hazards that the signals name, by key, in one query."""
    keys = {key for one in signals for key in _named(one["told"])}
    return dict(Hazard._base_manager.filter(pk__in=keys).values_list("pk", "number"))


def sentence(signal: Mapping[str, Any], numbers: Mapping[int, str]) -> str:
    """Return a kept signal in words, with its family before; `numbers` are those of `numbers_of`."""
    told = dict(signal["told"])
    named = [numbers[key] for key in _named(told) if key in numbers]
    told |= {"number": "".join(named[:1]), "numbers": _("、").join(named)}
    if "taken_at" in told and (at := parse_datetime(told["taken_at"])) is not None:
        told["moment"] = date_format(localtime(at), "Y-m-d H:i")
    words = str(SENTENCES[signal["code"]]) % told
    return _("%(family)s：%(words)s。") % {"family": FAMILIES[Family(signal["family"])], "words": words}


def _named(told: Mapping[str, Any]) -> list[int]:
    one = told.get("hazard")
    return list(told.get("hazards", ())) or ([one] if one is not None else [])
