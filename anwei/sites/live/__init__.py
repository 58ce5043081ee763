"""The live colour of enterprises: facts from every room, rules of the county, one row an enterprise."""
