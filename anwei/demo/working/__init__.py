"""Invented people at work, by the services, on a moving clock: they inspect, file, put right and verify."""
