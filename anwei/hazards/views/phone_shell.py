"""The phone page itself: a shell without anybody's data, and the worker that keeps it for no signal."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_GET

from anwei.hazards.paper_words import PAPER_WORDS
from anwei.hazards.services.paper_numbers import TEMPLATES
from anwei.ledgers.papers.blocks import LEVELS
from anwei.ledgers.papers.services import county_template
from anwei.org.policy import signed_in

SHELL = "inspections/phone.html"
WORKER = "worker.js"
FILES = (  # beside the modules, which import each other by their plain names
    "vendor/bootstrap.css",
    "css/gov.css",
    "css/phone.css",
    "vendor/icons.svg",
    "img/mark.svg",
)


@signed_in
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """Show the shell: the words, the empty screens and the wordings of the papers; no person, no visit."""
    return render(request, SHELL, _context())


@signed_in
@require_GET
def phone_worker(request: HttpRequest) -> HttpResponse:
    """Give out the worker with the list of what it keeps; another byte in any of it makes another version."""
    shell = render_to_string(SHELL, _context(), request)
    kept = [*(static(name) for name in _files()), *(_plain(f"js/phone/{name}") for name in _modules())]
    named = {
        "VERSION": sha256(shell.encode() + _digest()).hexdigest()[:16],
        "SHELL": reverse("inspection_phone"),
        "FILES": kept,
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    source = files("anwei.hazards").joinpath("static/js/phone", WORKER).read_text("utf-8")
    return HttpResponse(head + source, content_type="text/javascript; charset=utf-8")


def _context() -> dict[str, Any]:
    return {"main": _plain("js/phone/main.js"), "papers": _papers()}


def _papers() -> dict[str, Any]:
    """Return the wordings of a visit's papers as the county has them, and the words that fill them."""
    named = {kind: county_template(key) for kind, key in TEMPLATES.items()}
    templates = {
        kind: {
            "title_on_list": one.label,
            "title": one.title,
            "addressee": one.addressee,
            "body": one.body,
            "fields": dict(one.fields),
            "red_head": one.red_head,
            "letter": one.letter,
        }
        for kind, one in named.items()
    }
    return {"templates": templates, "words": PAPER_WORDS, "levels": [level.pattern for level in LEVELS]}


def _plain(name: str) -> str:
    """Return the address of a static file without the digest in its name."""
    return urljoin(get_script_prefix(), urljoin(settings.STATIC_URL, name))


@cache
def _modules() -> tuple[str, ...]:
    found = (Path(str(one)).name for one in files("anwei.hazards").joinpath("static/js/phone").iterdir())
    return tuple(sorted(name for name in found if name.endswith(".js") and name != WORKER))


@cache
def _files() -> tuple[str, ...]:
    """Return those that are there: a checkout whose vendored files were not built yet works without them."""
    return tuple(name for name in FILES if finders.find(name))


@cache
def _digest() -> bytes:
    """Return one digest of all files of the shell: they do not change while the process runs."""
    whole = sha256()
    for name in (*_files(), *(f"js/phone/{module}" for module in (*_modules(), WORKER))):
        whole.update(Path(str(finders.find(name))).read_bytes())
    return whole.digest()
