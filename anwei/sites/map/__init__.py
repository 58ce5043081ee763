"""The map (一张图): layers of points, what lies near, the townships' polygons, points in a wrong datum."""
