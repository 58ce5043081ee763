"""The registers of the room, one declaration a file."""
