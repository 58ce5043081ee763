"""Why a case does not move; the text of each error is a sentence for the user."""

from __future__ import annotations


class CaseError(Exception):
    """A rule of the case engine was not met."""


class NotYourTurn(CaseError):
    """The person does not hold the post that may do this today, or checks their own work."""


class WrongPhase(CaseError):
    """The verb does not belong to the phase the case is in."""


class MissingPaper(CaseError):
    """Something that must be handed in, or done before, is missing; the sentence names each."""


class NotYet(CaseError):
    """A fact outside the case's own papers stands against the verb; the sentence says which."""


class RefusedDay(NotYet):
    """The day that is asked or signed for is outside what the rule allows."""


class StaleCase(CaseError):
    """Another hand was faster (HTTP 409)."""


class RefusedEvidence(CaseError):
    """A file is not accepted; the sentence says which and why."""
