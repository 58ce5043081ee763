"""The doors by which files and papers of a visit are given out to whoever sees it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from anwei.cases.evidence import SHOWN_IN_THE_PAGE, confined, path_of
from anwei.cases.intake import copy_without_traces
from anwei.cases.originals import COPY_TYPE
from anwei.cases.photos import thumbnail
from anwei.hazards.models import VisitFile, VisitPaper
from anwei.hazards.planning.reading import files_for, takes_part
from anwei.ledgers.confined import Failed
from anwei.ledgers.papers import files
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def visit_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out a file of a visit, or with `?size=small` the small picture of a photo.

    Who does not take part gets a photo encoded anew, which says nothing of camera, time and place.
    """
    person = person_of(request)
    seen = VisitFile.objects.visible_to(person).select_related("visit")
    file: VisitFile = get_object_or_404(seen, pk=pk)
    if not files_for(file.visit, person).filter(pk=pk).exists():
        raise Http404
    path, is_photo = path_of(file.stored_as), file.media_type.startswith("image/")
    try:
        if is_photo and request.GET.get("size") == "small":
            return confined(HttpResponse(thumbnail(path), content_type=COPY_TYPE))
        if is_photo and not takes_part(file.visit, person):
            return confined(HttpResponse(copy_without_traces(path.read_bytes()), content_type=COPY_TYPE))
        shown = file.media_type.startswith(SHOWN_IN_THE_PAGE)
        whole = FileResponse(
            path.open("rb"), as_attachment=not shown, filename=file.name, content_type=file.media_type
        )
        return confined(whole)
    except (FileNotFoundError, Failed) as error:
        raise Http404 from error


@signed_in
@require_GET
def visit_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out a paper of a visit as DOCX."""
    paper: VisitPaper = get_object_or_404(VisitPaper.objects.visible_to(person_of(request)), pk=pk)
    try:
        content = files.path_of(paper.stored_as).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return confined(FileResponse(content, as_attachment=True, filename=paper.name, content_type=files.DOCX))
