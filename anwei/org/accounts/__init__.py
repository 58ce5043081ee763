"""Accounts at the door: passwords, second factor, lock-out, sessions, three administrators, who may change whose."""
