"""A warning handled by the doors people use: its forms, its photos, its first two steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.monitoring.models import Warning
from anwei.org.models import Person
from tests.kernel.county import County, photo
from tests.kernel.recordings import wav

SignIn = Callable[[Person], Client]
STATED = {"evidence_taken_at": "2026-11-24T10:00", "evidence_place": "一号罐区"}


def keys_of(client: Client, warning: Warning, verb: str, pk: int | None = None) -> dict[str, str]:
    """The hidden fields of a verb's form as the page of the warning, or of the case `pk`, carries them."""
    page = client.get(f"/cases/{pk or warning.pk}/").content.decode()
    form = re.search(rf'<form[^>]*action="/cases/{pk or warning.pk}/{verb}/".*?</form>', page, re.S)
    assert form, f"no form for {verb}"
    return dict(re.findall(r'<input type="hidden" name="(version|key)" value="([^"]*)"', form[0]))


def act(client: Client, warning: Warning, verb: str, **fields: Any) -> Any:
    return client.post(f"/cases/{warning.pk}/{verb}/", keys_of(client, warning, verb) | fields, follow=True)


def picture(name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo().content, content_type="image/jpeg")


def recording() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.wav", wav(), content_type="audio/wav")


def disposal() -> dict[str, Any]:
    return {"cause": "风机停转", "measure": "已撤人并恢复通风", "evidence": picture(), **STATED}


def sign_and_dispose(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    act(worker, warning, "dispose", **disposal())
