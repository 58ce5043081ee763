"""`anwei watch`."""
