"""Where a place is: coordinates and their datums, township polygons, and the townships that addresses name.

`points` reads coordinates as people write them, `datums` converts between WGS84/CGCS2000, GCJ-02 and BD-09,
`regions` holds polygons, `geojson` reads and writes them, `suggestions` guesses a wrong datum, `addresses`
finds the township in an address.
"""
