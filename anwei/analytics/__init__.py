"""Early warning on records: whom to look at this week and why, and what such lists were worth."""
