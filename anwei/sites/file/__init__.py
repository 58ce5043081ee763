"""The file of an enterprise: the sheets of this room, its head, its timeline, and how it leaves on paper."""
