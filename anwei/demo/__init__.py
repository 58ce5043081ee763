"""The fictional county: fills and plays it through the same doors as everybody."""
