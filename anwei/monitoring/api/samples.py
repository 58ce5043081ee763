"""Values: the newest of many tags, the history of one.

No postponed annotations here: django-ninja reads them when it wraps a view.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.errors import HttpError

from anwei.monitoring.api.schemas import LatestOut, Moment, SeriesOut, TagNumber
from anwei.monitoring.bus import doors
from anwei.monitoring.columns import finite, samples_by_tag
from anwei.monitoring.models import Tag
from anwei.org.policy import person_of

MOST_TAGS = 10_000
LONGEST = timedelta(days=366)
router = Router(tags=["samples"])


@router.get("/latest", response=list[LatestOut], summary="Newest sample of each tag")
def latest(
    request: HttpRequest,
    tag: Annotated[list[TagNumber], Query(description="numbers of tags; all of the scope when empty")] = [],  # noqa: B006
    device: Annotated[str, Query(description="code of the device")] = "",
) -> list[dict[str, Any]]:
    """Return the newest sample of the caller's tags that have one; at most 10,000 tags."""
    rows = Tag.objects.visible_to(person_of(request))
    if tag:
        rows = rows.filter(pk__in=tag[:MOST_TAGS])
    if device:
        rows = rows.filter(device__code=device)
    names = {
        number: (code, of) for number, code, of in rows.values_list("pk", "code", "device__code")[:MOST_TAGS]
    }
    if not names:
        return []
    return [
        {
            "number": number,
            "tag": names[number][0],
            "device": names[number][1],
            "ts": ts,
            "value": value,
            "quality": quality,
        }
        for number, (ts, value, quality) in samples_by_tag(doors().last(sorted(names)))
    ]


@router.get("/tags/{number}/history", response=SeriesOut, summary="History of a tag")
def history(
    request: HttpRequest,
    number: int,
    start: Moment,
    end: Moment,
    points: Annotated[int, Query(ge=4, le=20_000, description="at most; extremes are kept")] = 1000,
) -> dict[str, Any]:
    """Return the samples of a tag in the caller's scope from `start` up to `end`, thinned to `points`.

    At most 366 days, `start` not after `end`; above 7 days, values are the extremes of each hour, given at
    its begin and its middle.
    """
    if end < start:
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, _("起始时间 start 晚于结束时间 end。"))
    if end - start > LONGEST:
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, _("时段最长 366 天，请分段查询。"))
    tag = get_object_or_404(Tag.objects.visible_to(person_of(request)), pk=number)
    columns = doors().history(number, _ms(start), _ms(end), points)
    return {
        "number": number,
        "unit": tag.unit,
        "ts": columns["ts"].tolist(),
        "value": [finite(value) for value in columns["value"].tolist()],
        "quality": columns["quality"].tolist(),
    }


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
