"""The settings of tests: the product's own, and one small room that proves how small rooms are."""

from __future__ import annotations

from anwei.portal.settings import *  # noqa: F403
from anwei.portal.settings import INSTALLED_APPS as ROOMS

INSTALLED_APPS = [*ROOMS, "tests.smallroom"]
