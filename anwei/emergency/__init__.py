"""Emergencies: the ledger of accidents, and the figures of the years before the system (期初)."""
