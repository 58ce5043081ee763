"""What the services of this room refuse."""

from __future__ import annotations


class OrgError(Exception):
    """A rule of the organisation was not met; the text is a sentence for the user."""
