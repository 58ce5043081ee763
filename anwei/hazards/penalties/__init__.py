"""Penalties: what was decided, its publication within seven working days, and the counter of art. 113."""
