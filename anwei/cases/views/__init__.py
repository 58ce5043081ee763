"""Pages of this room: the list, one case and its verbs, a person's desk, evidence."""
