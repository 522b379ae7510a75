"""`import_communes`: outlines from a file become versions with dates; nothing else of a commune changes."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.gis.db.models.functions import IsValid
from django.core.management import CommandError, call_command

from gis.actions.models import Record
from gis.exchange.models import ImportRun
from gis.geometry.crs import transformer
from gis.layers.versions import version_of_layer
from gis.live.models import Event
from gis.places.models import Commune, CommuneOutline
from land.models import Parcel
from support.vectors import square, write_vectors

SINCE = "--valid-from=2025-07-01"


def run(path: Path, *options: str) -> str:
    """What the command prints; raises `CommandError` with its account in `notes`."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_communes", path, *options, stdout=out, stderr=err)
    except CommandError as error:
        error.add_note(err.getvalue())
        raise
    return out.getvalue()


def counts() -> tuple[int, int, int, int]:
    last = ImportRun.objects.latest("at")
    return last.read, last.stored, last.unchanged, last.refused


def area_km2() -> float:
    return sum(outline.geom.area for outline in CommuneOutline.objects.filter(valid_to=None)) / 1e6


@pytest.fixture
def official(shared_data: Path) -> Path:
    return shared_data / "admin" / "qn_communes_2025_full.gpkg"


def test_the_official_file_gives_54_valid_units_and_again_none(db: None, official: Path) -> None:
    before, parcels = version_of_layer("communes"), dict(Parcel.objects.values_list("pk", "commune_id"))
    printed = run(official, SINCE, "--source", "Nghị quyết 1679")
    assert counts() == (54, 54, 0, 0) and area_km2() == pytest.approx(5822, abs=1)
    held = CommuneOutline.objects.filter(valid_to=None)
    assert held.annotate(valid=IsValid("geom")).filter(valid=True, schematic=False).count() == 54
    assert set(held.values_list("source", "valid_from")) == {("Nghị quyết 1679", date(2025, 7, 1))}
    assert dict(Parcel.objects.values_list("pk", "commune_id")) == parcels
    assert version_of_layer("communes") != before and Event.objects.filter(key="communes").exists()
    assert Record.objects.filter(action="places.renew_outlines").count() == 54
    assert "06970" in printed and "06978" in printed, "the alias is told"
    run(official, SINCE)
    assert counts() == (54, 0, 54, 0) and CommuneOutline.objects.filter(valid_to=None).count() == 54


def test_the_same_outlines_in_another_format_and_system_give_the_same_area(
    db: None, official: Path, shared_data: Path, tmp_path: Path
) -> None:
    run(shared_data / "admin" / "qn_communes_2025.geojson", SINCE)
    assert counts() == (54, 54, 0, 0) and area_km2() == pytest.approx(5822, abs=1)
    _meta, _fids, wkb, columns = pyogrio.raw.read(official, columns=["code", "name"])
    to_utm = transformer(4326, 32648)
    shapes = shapely.transform(
        shapely.from_wkb(wkb), lambda points: np.column_stack(to_utm.transform(points[:, 0], points[:, 1]))
    )
    names = {"code": list(columns[0]), "name": list(columns[1])}
    path = write_vectors(tmp_path / "communes.shp", list(shapes), names, crs="EPSG:32648", encoding="UTF-8")
    run(path, "--valid-from=2026-01-01")
    assert counts() == (54, 54, 0, 0) and area_km2() == pytest.approx(5822, abs=1)
    run(official, "--valid-from=2026-07-01")
    assert counts() == (54, 0, 54, 0), "a millimetre of another way is no other outline"


def communes(path: Path, codes: list[Any], shapes: list[Any] | None = None, **columns: list[Any]) -> Path:
    made = shapes or [square(430_000 + place * 2000, 2_330_000, 1000) for place in range(len(codes))]
    return write_vectors(path, made, {"ma_xa": codes, **columns})


def test_a_new_version_ends_the_one_before_and_both_stay(db: None, tmp_path: Path) -> None:
    run(communes(tmp_path / "one.gpkg", ["06970"]), SINCE)
    moved = [square(440_000, 2_330_000, 1000)]
    run(communes(tmp_path / "two.gpkg", ["06970"], moved), "--valid-from=2026-07-01")
    versions = CommuneOutline.objects.filter(commune="06970").order_by("valid_from")
    dates = [(one.valid_from, one.valid_to) for one in versions]
    assert dates == [(date(2025, 7, 1), date(2026, 7, 1)), (date(2026, 7, 1), None)]
    record = Record.objects.filter(target="commune:06970").latest("at", "id")
    assert record.changes["valid_from"] == ["2025-07-01", "2026-07-01"] and record.reason == "two.gpkg"


def test_a_second_outline_for_the_same_day_is_refused(db: None, tmp_path: Path) -> None:
    run(communes(tmp_path / "one.gpkg", ["06970"]), SINCE)
    with pytest.raises(CommandError) as refusal:
        run(communes(tmp_path / "two.gpkg", ["06970"], [square(440_000, 2_330_000)]), SINCE)
    assert "valid_from" in refusal.value.__notes__[0] and "01/07/2025" in refusal.value.__notes__[0]
    assert CommuneOutline.objects.get(commune="06970").geom.area == pytest.approx(1e6)


def test_codes_are_known_by_their_alias_and_without_the_zero_at_the_front(db: None, tmp_path: Path) -> None:
    run(communes(tmp_path / "one.gpkg", [6978, 6652]), SINCE)
    renewed = CommuneOutline.objects.filter(valid_to=None, schematic=False)
    assert set(renewed.values_list("commune", flat=True)) == {"06970", "06652"}


def test_one_unit_under_two_codes_and_an_unknown_unit_are_refused(db: None, tmp_path: Path) -> None:
    path = communes(tmp_path / "one.gpkg", ["06970", "06978", "99999"])
    with pytest.raises(CommandError) as refusal:
        run(path, SINCE)
    (account,) = refusal.value.__notes__
    assert " 2, commune: 06970" in account and " 3, commune:" in account and "99999" in account
    assert not CommuneOutline.objects.filter(schematic=False).exists()
    run(path, SINCE, "--skip-refused")
    assert counts() == (3, 1, 0, 2)


def test_names_and_areas_are_compared_and_never_taken(db: None, tmp_path: Path) -> None:
    path = communes(tmp_path / "one.gpkg", ["06970"], ten=["Ba Trẻ"], dien_tich=[12.5])
    before = Commune.objects.get(code="06970")
    printed = run(path, SINCE)
    assert "Ba Trẻ" in printed and "12.5 km²" in printed and "06652" in printed, "what differs, and who is missing"
    after = Commune.objects.get(code="06970")
    assert (after.name, after.area_official_km2) == (before.name, before.area_official_km2)


def test_a_file_without_a_column_of_codes_is_refused_with_its_columns(db: None, tmp_path: Path) -> None:
    path = write_vectors(tmp_path / "one.gpkg", [square(430_000, 2_330_000)], {"id": ["06970"], "note": ["x"]})
    with pytest.raises(CommandError, match="id, note"):
        run(path, SINCE)
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"code": "id"}', encoding="utf-8")
    run(path, SINCE, f"--mapping={mapping}")
    assert counts() == (1, 1, 0, 0)


def test_a_dry_run_stores_nothing(db: None, tmp_path: Path) -> None:
    run(communes(tmp_path / "one.gpkg", ["06970"]), SINCE, "--dry-run")
    assert not CommuneOutline.objects.filter(schematic=False).exists()
