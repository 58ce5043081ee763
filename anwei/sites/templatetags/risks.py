"""Marks of graded risk: a grade with colour, shape and word; a stored sentence in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anwei.ledgers.templatetags.law import cited
from anwei.sites.models import Assessment, Grade
from anwei.standards.sentences import Sentence

register = template.Library()
NUMBER = re.compile(r"\d+(?:\.\d+)+")  # of a clause, before its table: 4.1.2 表1
STANDARDS = {Assessment.Method.NO_19.value: "应急〔2018〕19号"}


@register.simple_tag
def grade_mark(grade: str) -> SafeString:
    """Draw the mark of a grade ("" is not assessed): colour, shape and word together."""
    if not grade:
        return format_html('<span class="chip">{}</span>', _("未评估"))
    words = {"red": _("红"), "orange": _("橙"), "yellow": _("黄"), "blue": _("蓝")}
    label = f"{dict(Grade.choices)[grade]}·{words[grade]}"
    return format_html('<span class="severity severity-{}">{}</span>', grade, label)


@register.filter
def said(stored: dict[str, Any] | Sentence) -> str:
    """Say a sentence of an assessment, kept or fresh, in the reader's language."""
    sentence = stored if isinstance(stored, Sentence) else Sentence.from_json(stored)
    return sentence.said(_)


@register.filter
def clause(stored: dict[str, Any] | Sentence) -> str:
    """Return the clause that a sentence rests on, in the reader's language."""
    found = stored.clause if isinstance(stored, Sentence) else stored["clause"]
    return _(found) if found else ""


@register.simple_tag
def cited_clause(stored: dict[str, Any] | Sentence, method: str = "") -> str:
    """Return the clause with a link to it, or to the text it stands in: that of 19号, else of GB 18218."""
    words = clause(stored)
    standard = STANDARDS.get(method, "GB 18218-2018")
    number = NUMBER.match(words)
    return cited(f"{standard}第{number[0]}条" if number else standard, words) if words else ""
