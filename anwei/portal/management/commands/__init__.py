"""Commands of the portal, one a file."""
