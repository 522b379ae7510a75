"""Tiles of layers in Web Mercator: vector and picture, by XYZ and by OGC API – Tiles addresses."""
