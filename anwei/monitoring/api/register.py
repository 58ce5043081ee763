"""Devices and tags: what there is to ask about.

No postponed annotations here: django-ninja reads them when it wraps a view.
"""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.pagination import paginate

from anwei.monitoring.api.paging import Pages
from anwei.monitoring.api.schemas import DeviceOut, TagOut
from anwei.monitoring.models import Device, Tag
from anwei.monitoring.queries import devices_of, tags_with_rules
from anwei.org.models import Person
from anwei.org.policy import person_of

router = Router(tags=["register"])


def tags_of(person: Person) -> QuerySet[Tag]:
    """Return the tags in the person's scope with all that TagOut shows."""
    return tags_with_rules(Tag.objects.visible_to(person))


@router.get("/devices", response=list[DeviceOut], summary="List devices")
@paginate(Pages)
def list_devices(request: HttpRequest) -> QuerySet[Device]:
    """Return the caller's devices."""
    return devices_of(person_of(request))


@router.get("/devices/{code}", response=DeviceOut, summary="Read one device")
def read_device(request: HttpRequest, code: str) -> Device:
    """Return one device in the caller's scope."""
    return get_object_or_404(devices_of(person_of(request)), code=code)


@router.get("/tags", response=list[TagOut], summary="List tags with their limits")
@paginate(Pages)
def list_tags(
    request: HttpRequest,
    device: Annotated[str, Query(description="code of the device")] = "",
) -> QuerySet[Tag]:
    """Return the caller's tags."""
    tags = tags_of(person_of(request))
    return tags.filter(device__code=device) if device else tags


@router.get("/tags/{number}", response=TagOut, summary="Read one tag")
def read_tag(request: HttpRequest, number: int) -> Tag:
    """Return one tag in the caller's scope."""
    return get_object_or_404(tags_of(person_of(request)), pk=number)
