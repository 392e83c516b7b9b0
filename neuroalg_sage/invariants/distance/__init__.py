"""Critical points of distances: ED, polar and ML degrees, discriminants, Voronoi cells."""
