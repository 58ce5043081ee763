"""The rules of the weekly list: officials read them with their reasons, the committee office changes them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.hazards.planning.bodies import require_official
from anwei.org.accounts.recent import recent
from anwei.org.committee_office import is_of_the_office
from anwei.org.policy import person_of, signed_in
from anwei.portal.system.views import figure_page, figures_page
from anwei.portal.system.watch import WatchFigures


@signed_in
@require_GET
def watch_rules(request: HttpRequest) -> HttpResponse:
    """Show every number of the rules with its reason, its default and what was changed."""
    person = require_official(person_of(request), _("重点关注的规则"))
    read_only = not is_of_the_office(person, timezone.now())
    return figures_page(request, WatchFigures(), "watch_rules.html", read_only=read_only)


@signed_in
@require_http_methods(["GET", "POST"])
@recent
def watch_rule(request: HttpRequest, name: str) -> HttpResponse:
    """Set a number of the rules, or let its default hold again, with a reason."""
    if not is_of_the_office(person_of(request), timezone.now()):
        raise PermissionDenied(_("重点关注的规则由县安委办修改。"))
    return figure_page(request, WatchFigures(), name, "watch_rule.html")
