"""Pictures of cameras on the page of a place: by addresses that the register has, from no other host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from anwei.org.models import Person
from anwei.org.register_rules import may_keep_registers
from anwei.sites.models import Camera, Site

_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*")  # nothing that a policy would read as more than one host


@dataclass(frozen=True)
class Picture:
    """A camera with the addresses its reader may use, or ""; `withheld` where one holds a secret."""

    camera: Camera
    stream: str
    snapshot: str
    withheld: bool


def pictures_of(site: Site, person: Person) -> list[Picture]:
    """Return the cameras of a place as a person may watch them.

    An address that carries a password or a token is for who keeps the register alone.
    """
    keeps = may_keep_registers(person)
    found = []
    for camera in Camera.objects.visible_to(person).filter(site=site).order_by("code"):
        entered = [camera.stream_url, camera.snapshot_url]
        given = [text if keeps or not carries_secret(text) else "" for text in entered]
        stream, snapshot = (text if origin_of(text) else "" for text in given)
        found.append(Picture(camera, stream, snapshot, given != entered))
    return found


def sources_of(pictures: Iterable[Picture]) -> dict[str, list[str]]:
    """Return what the policy of the page allows besides: the hosts of just these pictures."""
    shown = list(pictures)
    images = {origin_of(one.snapshot) for one in shown if one.snapshot}
    streams = {origin_of(one.stream) for one in shown if one.stream}
    allowed = {"img-src": sorted(images), "media-src": sorted(streams)}
    return {directive: hosts for directive, hosts in allowed.items() if hosts}


def origin_of(text: str) -> str:
    """Return scheme, host and port of a web address, "" for whatever else was entered."""
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or ""):
        return ""
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def carries_secret(text: str) -> bool:
    """Say whether an address may hold a password or a token: before its host or after its path."""
    parts = _split(text)
    return parts is None or "@" in parts.netloc or bool(parts.query or parts.fragment)


def _split(text: str) -> SplitResult | None:
    """Return the parts of an address, None where it is none."""
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return parts
