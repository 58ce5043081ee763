"""The pages of graded risk."""
