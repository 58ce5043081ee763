"""Pages of units, posts and people, of gaps, and the forms that arrange responsibility."""
