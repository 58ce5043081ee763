"""The law as data: sectors, set-points, clocks, each with its source. No Django."""
