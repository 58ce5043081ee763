"""What pages say about cases of any kind; a kind adds its own by templates of fixed names.

`cases/badge/<kind>.html` (its grade) and `cases/facts/<kind>.html` (why it was opened) are rendered with the
row of the kind's own model as `case`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from anwei.cases import queries
from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Label, Phase
from anwei.cases.models import Case, Evidence
from anwei.cases.until import until
from anwei.ledgers.templatetags.ledgers import moment
from anwei.org.models import Post

register = template.Library()


@register.simple_tag(takes_context=True)
def kind_part(context: template.Context, part: str, case: Case) -> SafeString | str:
    """Render what the case's kind adds to a page as `part`, "" where it adds nothing."""
    try:
        found = get_template(f"cases/{part}/{case.kind}.html")
    except TemplateDoesNotExist:
        return ""
    return found.render({"case": _own_row(case)}, context.get("request"))


def _own_row(case: Case) -> Any:
    """Return the row of the kind's own model; lists fetch it with the case (`with_own_rows`)."""
    model = kind_of(case).model
    return case if isinstance(case, model) else getattr(case, model._meta.model_name or "")


@register.filter
def phase_label(case: Case) -> Label:
    """Return the phase as the case's kind calls it; of a closed case its outcome."""
    kind = kind_of(case)
    return kind.outcome_labels[case.outcome] if case.outcome else kind.phase_labels[Phase(case.phase)]


@register.filter
def kind_label(case: Case) -> Label:
    """Return what the kind of the case is called."""
    return kind_of(case).label


@register.filter
def turn(case: Case) -> Post | None:
    """Return the post whose turn it is, None when the case is closed."""
    return queries.turn_of(case)


@register.filter
def due(at: datetime) -> str:
    """Return until when, as an order says it: the end of a day is its 24:00, not the next day's 00:00."""
    day, hour = until(at)
    if hour != "24:00":
        return moment(at)
    return f"{day:%m-%d} {hour}" if day.year == timezone.localdate().year else f"{day} {hour}"


@register.filter
def file_kind(paper: Evidence) -> str:
    """Return in two or three letters what a document is."""
    kinds = {"wordprocessingml.document": "DOCX", "spreadsheetml.sheet": "XLSX"}
    return kinds.get(paper.media_type.rpartition("officedocument.")[2], "PDF")


@register.filter
def is_overdue(case: Case, now: datetime) -> bool:
    """Say whether the case's earliest unmet clock has run out."""
    return case.deadline is not None and case.deadline < now
