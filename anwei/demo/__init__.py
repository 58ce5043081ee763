"""The fictional county: filled and played through the same doors as everybody."""
