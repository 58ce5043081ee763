"""Calling the numbers that must answer day and night, before the night on which they must."""
