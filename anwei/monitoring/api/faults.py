"""What is wrong with a parameter or a member of a body, in the caller's language.

The keys are those of pydantic's error types that our query parameters and bodies can raise
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOMENT = gettext_lazy("应为 ISO 8601 时间，如 2026-11-24T08:00:00+08:00。")
SENTENCES = {
    "missing": gettext_lazy("必填，没有给出。"),
    "literal_error": gettext_lazy("只能是 %(expected)s。"),
    "int_parsing": gettext_lazy("应为整数。"),
    "int_parsing_size": gettext_lazy("数字过大。"),
    "dict_type": gettext_lazy("应为 JSON 对象。"),
    "string_type": gettext_lazy("应为文字。"),
    "string_too_long": gettext_lazy("最多 %(max_length)s 个字。"),
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": gettext_lazy("时间须带时区，如 +08:00 或 Z。"),
    "greater_than_equal": gettext_lazy("不得小于 %(ge)s。"),
    "less_than_equal": gettext_lazy("不得大于 %(le)s。"),
    "less_than": gettext_lazy("应小于 %(lt)s。"),
}


def fault(error: dict[str, Any]) -> str:
    """Return the sentence for one error as pydantic lists it; a type unknown here is named, not explained."""
    sentence = SENTENCES.get(error["type"])
    if sentence is None:
        return _("不符合要求（%(type)s）。") % {"type": error["type"]}
    words = {name: _spelled(value) for name, value in error.get("ctx", {}).items()}
    return str(sentence) % words


def _spelled(value: object) -> str:
    """Return a bound or a choice as the sentence shows it: pydantic joins choices with an English "or"."""
    return str(value).replace(" or ", ", ")
