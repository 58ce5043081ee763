"""Evidence is given out only to those who may see its case."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from anwei.cases.evidence import IMAGE_TYPES, path_of, response
from anwei.cases.models import Case, Evidence
from anwei.cases.photos import thumbnail
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out a file, or with `?size=small` the small picture of a photo."""
    visible = Case.objects.visible_to(person_of(request))
    shown = get_object_or_404(Evidence, pk=pk, case__in=visible)
    try:
        if request.GET.get("size") == "small" and shown.media_type in IMAGE_TYPES.values():
            return HttpResponse(thumbnail(path_of(shown.stored_as)), content_type="image/jpeg")
        return response(shown)
    except FileNotFoundError as error:
        raise Http404 from error
