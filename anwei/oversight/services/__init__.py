"""Verbs of the committee that write."""
