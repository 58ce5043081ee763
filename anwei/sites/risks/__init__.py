"""Graded risk: registering points, assessing them, confirming by a second person, signs on the wall."""
