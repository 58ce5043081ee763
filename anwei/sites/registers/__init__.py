"""The registers of this room, one noun a file."""
