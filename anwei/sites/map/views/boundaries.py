"""The townships' polygons: the list, the import from GeoJSON with a dry run, and the drawing of one.

Where a township ends is the county's business: its committee office keeps it too, beside the administrator.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from anwei.ledgers.models import Change
from anwei.org.accounts.administration import is_of_the_county
from anwei.org.accounts.recent import recent
from anwei.org.models import Post, Territory
from anwei.org.policy import county_administrators, person_of
from anwei.sites.map.boundaries import MAX_BYTES, DryRun, read_boundaries, write_boundaries
from anwei.sites.map.townships import townships
from anwei.sites.models import Datum
from anwei.standards.geography import datums
from anwei.standards.geography.geojson import read_regions
from anwei.standards.geography.regions import Region
from anwei.standards.geography.shapes import BadShape, read_lines, region_of_geometry, written_lines

REGISTER = Territory._meta.label_lower
LAST = 10


@county_administrators(Post.Kind.SYSTEM_ADMIN, office=True)
@require_http_methods(["GET", "POST"])
@recent
def map_boundaries(request: HttpRequest) -> HttpResponse:
    """List the townships; try a file of polygons (`try`), or write what was tried (`write`)."""
    dry_run, error = None, ""
    if request.method == "POST":
        try:
            if "write" in request.POST:
                return _written(request)
            dry_run = _tried(request)
        except BadShape as fault:
            error = _(fault.sentence) % fault.values
        except ValueError as fault:
            error = str(fault)
    rows = list(townships().order_by("code"))
    context = {
        "rows": rows,
        "n_drawn": sum(row.boundary is not None for row in rows),
        "dry_run": dry_run,
        "error": error,
        "datums": Datum.choices,
        "datum": request.POST.get("datum", Datum.CGCS2000),
        "changes": _changes(),
        "keeps_system": _keeps_system(request),
    }
    return render(request, "sites/map/boundaries.html", context, status=422 if error else 200)


@county_administrators(Post.Kind.SYSTEM_ADMIN, office=True)
@require_http_methods(["GET", "POST"])
@recent
def map_boundary(request: HttpRequest, code: int) -> HttpResponse:
    """Draw the polygon of one township on the map or as lines of coordinates."""
    township = townships().filter(code=str(code)).first()
    if township is None:
        raise Http404
    error, reason = "", request.POST.get("reason", "")
    lines = "" if township.boundary is None else written_lines(_region(township), _("孔"))
    if request.method == "POST":
        lines = request.POST.get("lines", "")
        try:
            region = read_lines(township.name, township.code, lines)
            changed = write_boundaries([region], actor=person_of(request), now=timezone.now(), reason=reason)
            told = _("已保存，并写入变更记录。") if changed else _("没有改动。")
            messages.success(request, told)
            return redirect("map_boundary", code=code)
        except BadShape as fault:
            error = _(fault.sentence) % fault.values
        except ValueError as fault:
            error = str(fault)
    context = {
        "township": township,
        "lines": lines,
        "reason": reason,
        "error": error,
        "changes": _changes(township.code),
        "keeps_system": _keeps_system(request),
    }
    return render(request, "sites/map/boundary.html", context, status=422 if error else 200)


def _keeps_system(request: HttpRequest) -> bool:
    """Say whether the person came from the system pages, which the committee office does not have."""
    return is_of_the_county(person_of(request), timezone.now(), Post.Kind.SYSTEM_ADMIN)


def _tried(request: HttpRequest) -> DryRun:
    """Return what the file that was sent would change. Raises ValueError for none, or one too large."""
    file = request.FILES.get("file")
    if file is None:
        raise ValueError(_("请选择 GeoJSON 文件。"))
    if (file.size or 0) > MAX_BYTES:
        raise ValueError(_("文件超过 %(n)d MB。") % {"n": MAX_BYTES // 1024**2})
    try:
        datum = Datum(request.POST.get("datum", ""))
    except ValueError as error:
        raise ValueError(_("请从列表中选择坐标系。")) from error
    return read_boundaries(file.read(), datums.Datum[datum.name])


def _written(request: HttpRequest) -> HttpResponse:
    """Write what a dry run showed. Raises ValueError, as a sentence, where it cannot be."""
    imported = read_regions(request.POST.get("document", ""))
    if imported.problems or not imported.regions:
        raise ValueError(_("请先试运行。"))
    changed = write_boundaries(
        imported.regions, actor=person_of(request), now=timezone.now(), reason=request.POST.get("reason", "")
    )
    sentence = ngettext(
        "已写入 %(n)d 个乡镇的边界和变更记录。",
        "已写入 %(n)d 个乡镇的边界和变更记录。",
        len(changed),
    )
    messages.success(request, sentence % {"n": len(changed)})
    return redirect("map_boundaries")


def _region(township: Territory) -> Region:
    return region_of_geometry(township.name, township.code, township.boundary or {})


def _changes(code: str = "") -> list[tuple[Change, str]]:
    """Return the last changes of polygons with the township's name, of all or of one."""
    rows = Change.objects.filter(register=REGISTER).select_related("actor").order_by("-at", "-pk")
    rows = rows.filter(row=code) if code else rows
    names = dict(Territory.objects.values_list("code", "name"))
    return [(row, names.get(row.row, row.row)) for row in rows[:LAST]]
