"""Documents of an enterprise's file or a place's: taken in and kept as evidence is, given out by scope."""
