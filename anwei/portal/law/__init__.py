"""Law at hand: search of laws, articles, criteria, checklist items and fines, and the page of one."""
