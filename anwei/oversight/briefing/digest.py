"""The digest printed at the end of a briefing: over all that is told, so that anybody can repeat it."""

from __future__ import annotations

import json
from hashlib import sha256

from anwei.oversight.models import Briefing

TEXTS = ("causes", "problems", "next_steps")


def digest_of(briefing: Briefing, *, reasons: bool = True) -> str:
    """Return the SHA-256 over the canonical JSON of snapshot, layout, words, differences and why.

    Keys sorted, no spaces, UTF-8. Briefings made before the reason was covered have it without `reasons`.
    """
    told = {
        "snapshot": briefing.snapshot,
        "layout": briefing.layout,
        **{name: getattr(briefing, name) for name in TEXTS},
        "differences": briefing.differences,
    }
    if reasons:
        told |= {"corrects": str(briefing.corrects or ""), "reason": briefing.reason}
    spelled = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(spelled.encode()).hexdigest()
