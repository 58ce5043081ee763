"""`GET /live/?tags=1,2,3`: the stream of events of one screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from anwei.monitoring.live.hub import hub
from anwei.monitoring.live.watcher import Watcher
from anwei.monitoring.models import Tag
from anwei.org.policy import person_of, shown_on_walls
from anwei.org.scope import grants

MOST_TAGS = 1000
RECONNECT_MS = 1000


@shown_on_walls
@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """Send `joined`, `episode`, `alarms`, `samples` and `age` until the page or the account goes away."""
    watcher = await sync_to_async(_watcher)(request)
    response = StreamingHttpResponse(_events(watcher), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # a proxy in front must not collect events
    return response


def _watcher(request: HttpRequest) -> Watcher:
    person = person_of(request)
    asked = {int(number) for number in re.findall(r"\d{1,9}", request.GET.get("tags", ""))}
    visible = Tag.objects.visible_to(person).filter(pk__in=sorted(asked)[:MOST_TAGS])
    return Watcher(
        person=int(person.pk),
        session=request.session.session_key or "",
        session_hash=person.get_session_auth_hash(),
        grants=grants(person),
        tags=frozenset(visible.values_list("pk", flat=True)) if asked else frozenset(),
    )


async def _events(watcher: Watcher) -> AsyncIterator[bytes]:
    hub().join(watcher)
    try:
        yield f"retry: {RECONNECT_MS}\n\n".encode()
        while (events := await watcher.next()) is not None:
            yield events
    finally:
        hub().leave(watcher)
