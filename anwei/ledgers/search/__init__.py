"""Search over the names in all registers: a room says in its `search.py` what of it can be found."""

from __future__ import annotations

from anwei.ledgers.search.registers import Searchable, Words, register_search, searchables

__all__ = ["Searchable", "Words", "register_search", "searchables"]
