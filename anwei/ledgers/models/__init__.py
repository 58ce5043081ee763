"""What every register shares: the settings of a county, the change log and the seals of append-only rows."""

from __future__ import annotations

from anwei.ledgers.models.access import Access
from anwei.ledgers.models.erasures import ErasureRequest
from anwei.ledgers.models.imports import SavedView, SheetImport
from anwei.ledgers.models.papers import Paper, PaperHand, PaperSeries, PaperVersion
from anwei.ledgers.models.proposals import Proposal
from anwei.ledgers.models.sealed import DIGEST_LENGTH, AppendOnly, ChainHead, Change, GlobalHead, SealedRow
from anwei.ledgers.models.search import SearchEntry
from anwei.ledgers.models.settings import Setting

__all__ = [
    "DIGEST_LENGTH",
    "Access",
    "AppendOnly",
    "ChainHead",
    "Change",
    "ErasureRequest",
    "GlobalHead",
    "Paper",
    "PaperHand",
    "PaperSeries",
    "PaperVersion",
    "Proposal",
    "SavedView",
    "SealedRow",
    "SearchEntry",
    "Setting",
    "SheetImport",
]
