"""What must not be heard: the words and numbers of plants that a role may not see, packed or plain."""

from __future__ import annotations

import io
import zipfile

from tests.matrix.callers import Answer
from tests.matrix.routes import Route
from tests.matrix.world import SEES, World, canary, mail, phone

PART = "anary"  # of every canary, and none itself: a page may repeat what it was asked for
PACKED = b"PK\x03\x04"
KEEPERS: dict[str, tuple[str, ...]] = {
    "security_admin": ("org/accounts/", "delegations/"),
    "audit_admin": ("org/accounts/",),
    "system_admin": ("notices/deliveries/", "org/posts/<int:pk>/transfer/", "suggestions/"),
}
"""Where an administrator reads of people and units wherever they are: it is the office itself."""
WITHOUT_PHONES = ("display", "system_admin", "audit_admin")  # a screen on a wall has no business with them
COVERED = ("ledgers/", "org/", "search/")
"""Where a telephone number stands masked even for those in whose scope its owner works, ..."""
UNCOVERED = ("export/",)  # ... unless it is asked for in full, with a reason


def unpacked(body: bytes) -> bytes:
    """Return a body with what is packed in it: sheets, documents, archives."""
    if not body.startswith(PACKED):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        return b"\n".join(
            [*(name.encode() for name in names), *(unpacked(archive.read(name)) for name in names)]
        )


def leaks(world: World, role: str, route: Route, answer: Answer) -> list[str]:
    """Return the canaries in an answer that a role must not read there, and the secrets that nobody may."""
    if route.pattern.startswith(KEEPERS.get(role, ("?",))):
        hidden = []
    else:
        hidden = [canary(place) for place in "xyz" if place not in SEES[role]]
    silent = [place for place in "xyz" if place not in SEES[role] or role in WITHOUT_PHONES]
    if (
        route.pattern.startswith(COVERED)
        and not route.pattern.endswith(UNCOVERED)
        and role != "security_admin"
    ):
        silent = list("xyz")
    hidden += [text(place, number) for text in (phone, mail) for place in silent for number in (1, 2, 3)]
    hidden += world.secrets
    text = unpacked(answer.body).lower()
    return [word for word in hidden if word.lower().encode() in text]
