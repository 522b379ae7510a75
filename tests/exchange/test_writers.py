"""Lists as files: every form is read by GDAL, written while it is read, and holds what its reader may see."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
from django.test import Client
from pyproj import CRS

from gis.access.grants import viewer_of
from gis.access.models import User
from gis.access.viewer import Viewer
from gis.exchange.jobs.models import Job
from gis.exchange.writers import FORMS, Table, form_named, geopackage
from gis.layers import registry
from gis.layers.query import LayerQuery
from support.jobs import run_waiting

LAYERS = ("parcels", "forest_plots", "mining_concessions", "storm_fixes", "storm_tracks", "rescue_assets", "gauges")


def table(name: str, viewer: Viewer, told: Callable[[int], None] = lambda _done: None, **more: object) -> Table:
    layer = registry.get(name, viewer)
    return Table(LayerQuery(layer, viewer, **more), told)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LAYERS)
def test_gdal_reads_every_form_of_every_kind_of_layer(db: None, tmp_path: Path, name: str) -> None:
    rows = table(name, Viewer.public())
    number = rows.query.count(10**6)
    for form in FORMS.values():
        if name == "parcels" and form.name == "xlsx":
            continue  # the slowest, and like the others
        path = tmp_path / f"{form.name}.{form.suffix}"
        form.write(rows, path)
        more = {"HEADERS": "FORCE"} if form.name == "xlsx" else {}
        info = pyogrio.read_info(path, **more)
        assert info["features"] == number + (1 if form.name == "xlsx" else 0), form.name  # the headings follow the note
    info = pyogrio.read_info(tmp_path / "gpkg.gpkg")
    srid = registry.get(name, Viewer.public()).srid
    assert CRS(info["crs"]).to_epsg() == srid
    assert list(info["fields"]) == [field.name for field in rows.fields]


def test_columns_of_a_geopackage_have_the_titles_that_people_know(db: None, tmp_path: Path) -> None:
    form_named("gpkg").write(table("mining_concessions", Viewer.public()), tmp_path / "one.gpkg")
    with closing(sqlite3.connect(tmp_path / "one.gpkg")) as file:
        titles = dict(file.execute("SELECT column_name, title FROM gpkg_data_columns"))
        assert titles["licensed_area_ha"] == "Diện tích được cấp phép"
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("name", ["csv", "geojson"])
def test_the_first_piece_leaves_before_the_last_row_is_read(db: None, name: str) -> None:
    written: list[int] = []
    pieces = form_named(name).pieces
    assert pieces is not None
    running = pieces(table("parcels", Viewer.public(), written.append))
    assert next(running)
    assert next(running)
    assert len(written) <= 1
    assert sum(1 for _piece in running) > 1000


def test_a_geopackage_is_written_in_batches(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    whole = geopackage.write_batch

    def watched(path: str, shapes: list[bytes], *arguments: object, **options: object) -> None:
        sizes.append(len(shapes))
        whole(path, shapes, *arguments, **options)

    monkeypatch.setattr(geopackage, "BATCH", 700)
    monkeypatch.setattr(geopackage, "write_batch", watched)
    rows = table("parcels", Viewer.public())
    form_named("gpkg").write(rows, tmp_path / "many.gpkg")
    assert max(sizes) == 700
    assert sum(sizes) == rows.query.count(10**6) == pyogrio.read_info(tmp_path / "many.gpkg")["features"]


def test_a_long_list_is_made_in_the_background_with_what_its_owner_may_see(
    fresh_database: str, settings: object, tmp_path: Path
) -> None:
    settings.DOWNLOAD_ROWS, settings.JOB_RESULTS = 5, tmp_path / "results"  # type: ignore[attr-defined]
    address, leader = "/land/parcels/?land_use=CQP", User.objects.get(username="leader")
    client, stranger = Client(), Client()
    assert stranger.post("/land/parcels/", {"f": "csv"}).status_code == 401
    assert stranger.get("/land/parcels/", {"f": "csv"}).status_code == 413
    client.force_login(leader)
    assert b'name="f" value="gpkg"' in client.get(address).content
    answer = client.post(address, {"f": "csv"})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}"
    run_waiting()
    text = b"".join(client.get(f"/jobs/{job.pk}/result").streaming_content).decode()  # type: ignore[attr-defined]
    wanted = LayerQuery(registry.get("parcels", viewer_of(leader)), viewer_of(leader), where=(("land_use", "CQP"),))
    assert text.count("\n") == 1 + (wanted.count() or 0) > 1
    stranger.force_login(User.objects.get(username="viewer"))
    assert stranger.get(f"/jobs/{job.pk}/result").status_code == 404
