"""通报 of 1—N月: numbers are frozen first (`snapshot`); all that is told is a function of it."""
