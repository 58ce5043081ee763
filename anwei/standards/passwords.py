"""What a password must be, as data: the profile of 等保 (GB/T 22239) and that of OWASP ASVS 5.0.

The two contradict each other (complexity and change against neither), so a county chooses one of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

FIGURES = ("length", "classes", "history", "days")
LONGEST = 128  # characters; more than ASVS V6.2.9 asks a system to allow (64)


@dataclass(frozen=True)
class PasswordProfile:
    """One set of rules; a figure that names no clause of its own is a default a county may change."""

    code: str
    name: str
    source: str
    clause: str
    default: bool
    length: int  # characters at least
    classes: int  # of upper case, lower case, digits, other: how many at least
    history: int  # how many past passwords may not come back, the one in use among them
    days: int  # after how many a new one is asked for; 0 = never
    confidence: Mapping[str, str]  # of each figure: VERIFIED, MEMORY or TEMPLATE
    bounds: Mapping[str, tuple[int, int]]  # of each figure a county may set: least and most

    def changed(self, figures: Mapping[str, Any]) -> PasswordProfile:
        """Return the profile with a county's own figures."""
        own: dict[str, Any] = {name: int(figures.get(name, getattr(self, name))) for name in FIGURES}
        return replace(self, **own)


@cache
def password_profiles() -> dict[str, PasswordProfile]:
    """Return all profiles by code, the default first."""
    text = files("anwei.standards").joinpath("data/passwords.toml").read_text("utf-8")
    found = [_profile(code, row) for code, row in tomllib.loads(text).items()]
    return {profile.code: profile for profile in sorted(found, key=lambda profile: not profile.default)}


def _profile(code: str, row: dict[str, Any]) -> PasswordProfile:
    return PasswordProfile(
        code=code,
        **{name: row[name] for name in ("name", "source", "clause", "default")},
        **{name: row[name]["value"] for name in FIGURES},
        confidence={name: row[name]["confidence"] for name in FIGURES},
        bounds={name: (row[name]["least"], row[name]["most"]) for name in FIGURES if "least" in row[name]},
    )
