"""What must not be heard: the words and numbers of plants that a role may not see, packed or plain."""

from __future__ import annotations

import io
import re
import zipfile

from tests.matrix.callers import Answer
from tests.matrix.photos import JPEG, TAKEN_OF, told_by, traces
from tests.matrix.routes import Route
from tests.matrix.world import NAMED, SEES, World, canary, mail, phone

PART = "anary"  # of every canary, and none itself: a page may repeat what it was asked for
PACKED = b"PK\x03\x04"
CASE_DOORS = ("cases/", "evidence/", "work/", "notices/", "search/")
"""Where those at the posts of a case read of it, and of its plant the name and nothing else."""
ORIGINALS: dict[str, set[str]] = {
    **{place: {f"enterprise_{place}", "office", "display"} for place in "xyz"},
    "n": {*NAMED},
}
"""Case -> who is given its photo as it was handed in: the units of its three posts."""
KEEPERS: dict[str, tuple[str, ...]] = {
    "security_admin": ("org/accounts/", "delegations/"),
    "audit_admin": ("org/accounts/",),
    "system_admin": ("notices/deliveries/", "org/posts/<int:pk>/transfer/", "suggestions/"),
}
"""Where an administrator reads of people and units wherever they are: it is the office itself."""
WITHOUT_PHONES = ("display", "system_admin", "audit_admin")  # a screen on a wall has no business with them
COVERED = ("enterprises/", "ledgers/", "org/", "search/")
"""Where a telephone number stands masked even for those in whose scope its owner works, ..."""
NAME_OF_X = re.compile(f"{canary('x')}(公司|厂(?!长))".lower().encode())
UNCOVERED = ("export/",)  # ... unless it is asked for in full, with a reason


def unpacked(body: bytes) -> bytes:
    """Return a body with what is packed in it: sheets, documents, archives, the position in a photo."""
    if body.startswith(JPEG):
        return body + told_by(body)
    if not body.startswith(PACKED):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        return b"\n".join(
            [*(name.encode() for name in names), *(unpacked(archive.read(name)) for name in names)]
        )


def leaks(world: World, role: str, route: Route, answer: Answer) -> list[str]:
    """Return the canaries in an answer that a role must not read there, and the secrets that nobody may."""
    seen = SEES.get(role, "")
    if route.pattern.startswith(KEEPERS.get(role, ("?",))):
        hidden = []
    else:
        hidden = [canary(place) for place in "xyz" if place not in seen]
        hidden += [] if "x" in seen or role in NAMED else [canary("n")]
    hidden += [word for case in TAKEN_OF if role not in ORIGINALS[case] for word in traces(case)]
    silent = [place for place in "xyz" if place not in seen or role in WITHOUT_PHONES]
    if (
        route.pattern.startswith(COVERED)
        and not route.pattern.endswith(UNCOVERED)
        and role != "security_admin"
    ):
        silent = list("xyz")
    hidden += [text(place, number) for text in (phone, mail) for place in silent for number in (1, 2, 3)]
    hidden += world.secrets
    text = unpacked(answer.body).lower()
    if role in NAMED and route.pattern.startswith(CASE_DOORS):
        text = NAME_OF_X.sub(b"", text)
    return [word for word in hidden if word.lower().encode() in text]
