"""The documents of an enterprise's file: on its page, on paper, beside each thing, in the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.documents.queries import documents_about, documents_of
from anwei.cases.documents.services import column_of, file_of, may_add
from anwei.ledgers.beside import Aside, contribute_aside
from anwei.ledgers.papers.blocks import Block
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise
from anwei.sites.things import THINGS
from anwei.sites.timeline import Asked as AskedEvents
from anwei.sites.timeline import Event, Source, contribute_events

N_DOCUMENTS = 6


def _documents(thing: Any, person: Person, now: datetime) -> dict[str, Any]:
    """Return the newest documents about a thing, and whether the person may add one."""
    rows = documents_about(thing, person)
    first = list(rows[: N_DOCUMENTS + 1])
    whose = file_of(thing)
    query = f"{column_of(thing) or 'enterprise'}={thing.pk}"
    return {
        "documents": first[:N_DOCUMENTS],
        "n_documents": rows.count() if len(first) > N_DOCUMENTS else len(first),
        "query": query,
        "all": f"enterprise={whose.pk}" if isinstance(whose, Enterprise) else query,
        "may_add": may_add(person, whose, now),
        "today": timezone.localdate(now),
    }


def _print_documents(asked: Asked) -> Iterator[Block]:
    rows = documents_about(asked.enterprise, asked.person)
    lines = [
        [one.title, one.get_kind_display(), str(one.thing), words(one.valid_until), str(one.added_by)]
        for one in rows[: PRINTED + 1]
    ]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    heading = [_("名称"), _("种类"), _("对象"), _("有效期至"), _("提交人")]
    yield from table(heading, lines[:PRINTED], n_rows, (4, 3, 3, 2, 2))


def document_events(asked: AskedEvents) -> Iterator[Event]:
    """Yield when documents came, and when they were withdrawn."""
    rows = documents_of(asked.person).filter(enterprise=asked.enterprise)
    for one in rows[: asked.most]:
        told = _("提交文档：%(title)s") % {"title": one.title}
        yield Event(one.added_at, told, reverse("document", args=[one.pk]), str(one.added_by))
    withdrawn: Any = rows.filter(withdrawn_at__isnull=False)
    for one in withdrawn.order_by("-withdrawn_at")[: asked.most]:
        told = _("撤回文档：%(title)s") % {"title": one.title}
        yield Event(one.withdrawn_at, told, reverse("document", args=[one.pk]), str(one.withdrawn_by))


contribute(
    Sheet(
        "cases/documents/sheet.html",
        _documents,
        10,
        group="documents",
        title=gettext_lazy("文档"),
        wide=True,
        printed=_print_documents,
    )
)
contribute_aside(Aside("cases/documents/sheet.html", _documents, THINGS, place=40))
contribute_events(Source("documents", gettext_lazy("文档"), document_events, place=55))
