"""Who sees the signals: the county's committee office, and nobody else."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.committee_office import is_of_the_office
from anwei.org.policy import View, person_of, signed_in


def for_the_office(view: View) -> View:
    """Open a view to the county's committee office; others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_of_the_office(person_of(request), timezone.now()):
            raise PermissionDenied(_("此页由县安委办使用。"))
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return signed_in(guarded)
