"""The alarm engine: limits, silence and bad data over columns."""
