"""Web Map Service 1.1.1 and 1.3.0: pictures of the layers for QGIS, GDAL and every other map client.

Coordinates beyond ±180° are not wrapped round: such a part of a picture stays empty. Tracks that cross the
antimeridian are stored in two parts, so that both ends of the world show theirs.
"""
