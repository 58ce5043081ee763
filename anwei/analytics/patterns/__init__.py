"""Where and when things gather: hot spots of a week, months of the year, clauses by place."""
