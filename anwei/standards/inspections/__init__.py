"""Inspections as data and pure rules: how often, why, whom first, drawn how, and when the key periods are."""
