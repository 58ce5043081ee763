"""GeoJSON for the browser, written small: a point has its key, its name and the code of its category."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from json import dumps
from json.encoder import encode_basestring
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from anwei.sites.map.layers import Feature

TYPE = "application/geo+json"
_POINT = (
    '{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[%.5f,%.5f]},'
    '"properties":{"n":%s,"c":%s%s}}'
)  # five decimals of a degree are about a metre


def points_document(features: Iterable[Feature]) -> bytes:
    """Return the features that have a place: `n` is the name, `c` the category, `w` whose it is."""
    parts = [
        _POINT
        % (
            one.pk,
            one.longitude,
            one.latitude,
            encode_basestring(one.name),  # not `dumps`, which makes an encoder for each text
            encode_basestring(one.category),
            f',"w":{encode_basestring(one.whose)}' if one.whose else "",
        )
        for one in features
        if one.longitude is not None and one.latitude is not None
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'.encode()


def collection(features: list[dict[str, Any]]) -> bytes:
    """Return features of any kind as a FeatureCollection (lon, lat in degrees, CGCS2000)."""
    document = {"type": "FeatureCollection", "features": features}
    return dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def answer(request: HttpRequest, document: bytes) -> HttpResponseBase:
    """Answer with the document, or 304 where the browser says that it has this one already.

    Pages of signed-in people stay out of every cache, so that the script of the map keeps the tag itself.
    """
    tag = f'"{blake2b(document, digest_size=12).hexdigest()}"'
    response = HttpResponse(document, content_type=TYPE, headers={"ETag": tag})
    found: HttpResponseBase = get_conditional_response(request, etag=tag, response=response) or response
    return found
