"""Accounts: passwords, second factor, lock-out, sessions, the three administrators."""
