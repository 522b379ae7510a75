"""Reference systems as Mapnik is told them, with the datum operation written out.

Given only "epsg:5899", Mapnik's PROJ keeps both registered operations to WGS 84 and chooses anew at every
vertex; they differ by 0.68 m. Every VN-2000 system therefore names EPSG:6960 itself.
"""

import warnings
from functools import lru_cache

from pyproj import CRS

from gis.geometry.crs import HELMERT

VN2000 = 4756


@lru_cache(maxsize=64)
def mapnik_srs(srid: int) -> str:
    """The definition of *srid*; Mapnik takes x before y for every one of them."""
    crs = CRS.from_epsg(srid)
    if crs.geodetic_crs is None or crs.geodetic_crs.to_epsg() != VN2000:
        return f"epsg:{srid}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a PROJ string loses the datum: added below
        plain = crs.to_proj4()
    return plain.replace(" +type=crs", f" +towgs84={HELMERT} +type=crs")
