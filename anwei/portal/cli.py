"""The command `anwei`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line; return the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anwei.portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0
