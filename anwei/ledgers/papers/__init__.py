"""Official papers: their layout, their numbers, and the three hands through which each goes."""
