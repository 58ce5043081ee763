"""Documents of an enterprise's file: taken in and kept as evidence is, and given out within scope."""
