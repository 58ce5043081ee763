"""Marks of the room."""
