"""Evidence is given out only to those who may see its case, and whole only to those it concerns."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.cases.evidence import confined, path_of, response
from anwei.cases.models import Case, Evidence
from anwei.cases.originals import COPY_TYPE, copy_of, gets_originals, has_copy
from anwei.cases.photos import thumbnail
from anwei.ledgers.confined import Failed
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out a file, or with `?size=small` the small picture of a photo."""
    person = person_of(request)
    papers = Evidence.objects.select_related("case__responsible", "case__supervisor", "case__implementer")
    shown = get_object_or_404(papers, pk=pk, case__in=Case.objects.visible_to(person))
    try:
        if request.GET.get("size") == "small" and has_copy(shown):
            small = HttpResponse(thumbnail(path_of(shown.stored_as)), content_type=COPY_TYPE)
            return confined(small)
        if has_copy(shown) and not gets_originals(person, shown.case, timezone.now()):
            return confined(HttpResponse(copy_of(shown), content_type=COPY_TYPE))
        return response(shown)
    except (FileNotFoundError, Failed) as error:
        raise Http404 from error
