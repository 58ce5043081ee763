"""到期清单: one page and one sheet of what ended or will, narrowed by kind, band, township and sector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.export import download
from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.ledgers.release import Leaving, NotExported, release
from anwei.org.models import SECTOR_CHOICES
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.expiries.kinds import BANDS, Expiry, expiries, expiry_kinds
from anwei.sites.queries import TOWNSHIP_DIGITS, township_names

ROWS = 50
FORMS = ("xlsx", "csv")
FILTERS = ("kind", "band", "township", "sector", "enterprise")


@signed_in
@require_GET
def expiry_list(request: HttpRequest) -> HttpResponse:
    """Show what ended or ends within 90 days in a person's scope, or give it out as a sheet."""
    person, today = person_of(request), timezone.localdate()
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    narrowed = {
        "township": chosen["township"],
        "sector": chosen["sector"],
        "owner": number_in(chosen["enterprise"]),
    }
    seen = expiries(person, today, narrowed=narrowed)
    of_kind = [row for row in seen if chosen["kind"] in ("", row.kind.code)]
    shown = [row for row in of_kind if chosen["band"] in ("", str(row.band))]
    if (form := request.GET.get("export", "")) in FORMS:
        return _sheet(request, form, shown)
    bands, kinds = Counter(row.band for row in of_kind), Counter(row.kind.code for row in seen)
    context = {
        "page": ClampedPaginator(shown, ROWS).get_page(request.GET.get("page", "1")),
        "n_seen": len(seen),
        "bands": [(str(band), label, bands[band]) for band, label in BANDS.items()],
        "kinds": [(kind.code, kind.label, kinds[kind.code]) for kind in expiry_kinds()],
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "townships": township_names(),
        "sectors": SECTOR_CHOICES,
        "forms": FORMS,
        "may_try": may_keep_registers(person),
    }
    return render(request, "sites/expiries/list.html", context)


def _sheet(request: HttpRequest, form: str, rows: Sequence[Expiry]) -> HttpResponse:
    """Return the rows as a sheet that leaves by the gate of every export."""
    kept = request.GET.copy()
    kept.pop("export")
    query = unquote_plus(kept.urlencode())
    leaving = Leaving("expiries", len(rows), person_of(request), timezone.now(), query=query)
    try:
        release(leaving, form)
    except NotExported as error:
        context = {"label": _("到期清单"), "sentence": error}
        return render(request, "ledgers/refused.html", context, status=413)
    return download(_("到期清单"), form, _lines(rows), leaving.watermark)


def _lines(rows: Sequence[Expiry]) -> Iterator[list[object]]:
    """Yield the heading, then the rows as people read them."""
    names, sectors = township_names(), dict(SECTOR_CHOICES)
    yield [
        _("种类"), _("单位"), _("内容"), _("到期日期"), _("还有"), _("该办什么"), _("乡镇"), _("行业")
    ]  # fmt: skip
    for row in rows:
        yield [
            str(row.kind.label),
            row.whose,
            row.what,
            None if row.kind.undated else row.day,
            row.remaining,
            str(row.kind.act),
            names.get(row.territory[:TOWNSHIP_DIGITS], row.territory),
            str(sectors.get(row.sector or "", row.sector or "")),
        ]
