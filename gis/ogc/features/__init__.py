"""OGC API – Features, Part 1: every layer as GeoJSON."""
