"""Planning inspections: who may, how often, whom first, merged how, and what the day's report says."""
