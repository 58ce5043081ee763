"""Why a paper could not go on; each says so in a sentence for the user."""

from __future__ import annotations


class PaperError(Exception):
    """The act was not done."""


class NotYourHand(PaperError):
    """The person may not do this act, or must not because they had another part in the paper."""
