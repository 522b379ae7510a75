"""Every engine puts the same point at the same place of the legal grid, whatever is imported first."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from pyproj import Transformer

from gis.environment import ROOT
from gis.geometry.crs import CHECK_POINT, CHECK_TOLERANCE_M, LEGAL_PROJ, latitude_first
from gis.maps.grid_check import ENGINES, deviations


def test_all_engines_agree_on_the_check_point(db: None) -> None:
    found = {name: metres for name, _, metres in deviations()}
    assert set(found) == {"pyproj", "rasterio", "GeoDjango", "PostGIS", "Mapnik"}
    assert max(found.values()) <= CHECK_TOLERANCE_M


@pytest.mark.parametrize("first", ["rasterio", "pyproj", "pyogrio", "shapely", "psycopg2", "mapnik"])
def test_the_import_order_changes_nothing(db: None, first: str) -> None:
    """In a fresh process, as settings, servers and commands start; even when somebody imports mapnik first."""
    script = (
        f"import os, {first}\n"
        "for name in ('PROJ_LIB', 'GDAL_DATA', 'PROJ_DATA'):\n"
        f"    {first == 'mapnik'} and os.environ.pop(name, None)\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'gis.settings'\n"
        "import django; django.setup()\n"
        "from gis.maps.grid_check import disagreements\n"
        "print('disagree:', disagreements())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "disagree: []" in done.stdout, done.stderr[-2000:]


def test_the_command_shows_each_engine(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_grid")
    shown = capsys.readouterr().out
    assert all(name in shown for name in ENGINES)


def test_the_other_registered_operation_would_be_noticed() -> None:
    """EPSG:5194, the older set of parameters, is 0.68 m away: far outside the tolerance."""
    other = LEGAL_PROJ.replace("-191.90441429,-39.30318279,-111.45032835", "-192.873,-39.382,-111.202")
    east, north = Transformer.from_crs(4326, other, always_xy=True).transform(CHECK_POINT.lon, CHECK_POINT.lat)
    assert abs(east - CHECK_POINT.easting) + abs(north - CHECK_POINT.northing) > 100 * CHECK_TOLERANCE_M


def test_axis_order_is_the_authoritys() -> None:
    assert latitude_first(4326)
    assert not any(map(latitude_first, (5899, 3405, 3857, 32648)))
