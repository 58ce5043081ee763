"""A room of tests: one register and one kind of case, in at most sixty lines together."""
