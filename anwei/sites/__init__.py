"""What is watched: enterprises and their key sites, on the map."""
