"""`GET /live/watching/`: the sign of life of a watched screen, the cockpit's or the list of alarms.

It counts as activity only while the session has a stream of events open here, and only for holders of duty
posts (`anwei.org.accounts.sessions.watch`). The answer renews the cookie, which a stream cannot.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.monitoring.live.hub import hub
from anwei.org.accounts.sessions import watch
from anwei.org.policy import shown_on_walls


@shown_on_walls
@require_GET
async def watching(request: HttpRequest) -> HttpResponse:
    """Let the session of whoever keeps watch go on."""
    key = request.session.session_key
    if key and hub().is_watched(key):
        await sync_to_async(watch)(request, timezone.now())
    return HttpResponse(status=204)
