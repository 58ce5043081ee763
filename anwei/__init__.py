"""Anwei (安危): a county's work-safety information system."""

__version__ = "0.1.0"
