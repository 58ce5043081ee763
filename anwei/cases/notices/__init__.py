"""Telling people: in the system always, outside it by the channels they and the county chose."""
