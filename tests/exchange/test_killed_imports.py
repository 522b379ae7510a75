"""Imports that die in the middle: nothing is half-stored, a second run does the rest, nothing is there twice."""

import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from forests.models import ForestPlot
from gis.exchange.models import ImportRun
from gis.places.models import Commune, CommuneOutline
from land.models import BoundaryPoint, Parcel
from support.killing import killed_in_the_middle
from support.vectors import square, write_vectors

EAST, NORTH = 470_000, 2_350_000
SHEETS, PER_SHEET = 8, 120


def plots(folder: Path) -> list[str]:
    count = 2000
    columns = {"lo_id": [f"KILL-{place}" for place in range(count)]}
    shapes = [square(EAST + place % 60 * 100, NORTH + place // 60 * 100) for place in range(count)]
    constants = {
        "commune": "06970", "compartment": "101", "sub_compartment": "1", "plot": "1a", "forest_type": "1",
        "condition": "RTG", "owner_kind": "HGD", "owner_name": "Ước", "legal_area_ha": "1.0", "source": "thử",
    }  # fmt: skip
    return command(folder, "import_layer", "forest_plots", shapes, columns, {"code": "lo_id"}, constants)


def communes(folder: Path) -> list[str]:
    codes = list(Commune.objects.values_list("code", flat=True))
    shapes = [square(EAST + place * 2000, NORTH, 1000) for place in range(len(codes))]
    return [
        *command(folder, "import_communes", "", shapes, {"ma": codes}, {"code": "ma"}, {}),
        "--valid-from=2026-01-01",
    ]


def parcels(folder: Path) -> list[str]:
    centre = CommuneOutline.objects.get(commune="06970", valid_to=None).geom.point_on_surface
    count = SHEETS * PER_SHEET
    shapes = [square(centre.x + place % 40 * 20, centre.y + place // 40 * 20, 20) for place in range(count)]
    columns: dict[str, list[Any]] = {
        "to": [9000 + place // PER_SHEET for place in range(count)],
        "thua": [place % PER_SHEET + 1 for place in range(count)],
    }
    fields = {"sheet": "to", "number": "thua"}
    given = ["--commune=06970", "--officer=land.bache", "--document=BB 1/2026", "--valid-from=2026-01-01"]
    return [*command(folder, "import_parcels", "", shapes, columns, fields, {"land_use": "ODT"}), *given]


def command(
    folder: Path, name: str, layer: str, shapes: list[Any], columns: dict[str, list[Any]], fields: dict[str, str],
    constants: dict[str, str],
) -> list[str]:  # fmt: skip
    path = write_vectors(folder / f"{name}.gpkg", shapes, columns)
    mapping = folder / f"{name}.json"
    values = {field: {"value": value} for field, value in constants.items()}
    mapping.write_text(json.dumps(fields | values), encoding="utf-8")
    return [name, *([layer] if layer else []), str(path), f"--mapping={mapping}"]


def counts() -> tuple[int, ...]:
    last = ImportRun.objects.latest("at", "pk")
    return last.read, last.stored, last.unchanged, last.held, last.refused


def test_an_import_that_is_killed_leaves_nothing_half_and_a_second_run_does_the_rest(
    fresh_database: str, tmp_path: Path
) -> None:
    call_command("shell", command=OFFICER, verbosity=0)
    again = plots(tmp_path)
    killed_in_the_middle(fresh_database, *again, percent=random.randint(1, 50))
    assert not ForestPlot.objects.filter(code__startswith="KILL-").exists() and not ImportRun.objects.exists()
    for stored, unchanged in [(2000, 0), (0, 2000)]:
        call_command(*again, stdout=StringIO(), stderr=StringIO())
        assert counts() == (2000, stored, unchanged, 0, 0)
    assert ForestPlot.objects.filter(code__startswith="KILL-").count() == 2000

    again = communes(tmp_path)
    killed_in_the_middle(fresh_database, *again, percent=random.randint(1, 35))
    assert not CommuneOutline.objects.filter(schematic=False).exists()
    for stored, unchanged in [(54, 0), (0, 54)]:
        call_command(*again, stdout=StringIO(), stderr=StringIO())
        assert counts() == (54, stored, unchanged, 0, 0)


def test_a_register_that_is_killed_has_whole_sheets_and_a_second_run_adds_the_others(
    fresh_database: str, tmp_path: Path
) -> None:
    call_command("shell", command=OFFICER, verbosity=0)
    again = parcels(tmp_path)
    killed_in_the_middle(fresh_database, *again, percent=random.randint(1, 50))
    loaded = Parcel.objects.current().filter(commune="06970", sheet__gte=9000)
    sheets = set(loaded.values_list("sheet", flat=True))
    assert 1 <= len(sheets) < SHEETS and loaded.count() == len(sheets) * PER_SHEET, "each is whole"
    used = {corner for ring in loaded.values_list("ring", flat=True) for corner in ring}
    assert set(BoundaryPoint.objects.filter(source="BB 1/2026").values_list("pk", flat=True)) == used
    call_command(*again, stdout=StringIO(), stderr=StringIO())
    total, before = SHEETS * PER_SHEET, len(sheets) * PER_SHEET
    assert counts() == (total, total - before, before, 0, 0)
    assert loaded.count() == total == loaded.values("sheet", "number").distinct().count()


OFFICER = """
from datetime import date
from gis.access.models import Grant, User
from land.codes import LAND_OFFICER
user = User.objects.create_user("land.bache")
Grant.objects.create(user=user, role=LAND_OFFICER, commune_id="06970", valid_from=date(2020, 1, 1))
"""
