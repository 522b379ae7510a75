"""Operations: a piece of the fabric to work on, and previews of what one would do to it."""

import re
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import Count
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID
from gis.problems import BadParameter, SignInNeeded, TooLarge
from gis.web.api.requests import viewer_in
from land.codes import DRAFTERS, READERS
from land.documents import past_day
from land.models import BoundaryPoint, Parcel
from land.operations.kinds import read_operation
from land.operations.preview import preview
from land.science.patch import rings_from_array

COMMUNE = re.compile(r"[0-9]{5}")
SHEET = re.compile(r"([0-9]{5})/([0-9]{1,5})")
MOST_PARCELS = 2_000
"""On one sheet as it is opened for editing."""


class FabricView(APIView):
    """`GET /api/land/fabric?box=E0,N0,E1,N1` or `?sheet=commune/number`: parcels in force with their rings and points,
    in metres of EPSG:5899, for an editor. For those who work on drafts."""

    def get(self, request: Request) -> Response:
        viewer = viewer_in(request)
        if not viewer.signed_in:
            raise SignInNeeded
        rows = list(_asked_for(request, viewer)[: MOST_PARCELS + 1])
        if len(rows) > MOST_PARCELS:
            raise TooLarge(_("At most %d parcels are opened at once.") % MOST_PARCELS, field="box")
        ids = {point for row in rows for point in row.ring if point}
        points = BoundaryPoint.objects.filter(pk__in=ids)
        return Response(
            {
                "srid": LEGAL_SRID,
                "points": {str(point.pk): [point.geom.x, point.geom.y] for point in points},
                "parcels": [_parcel(row, viewer) for row in rows],
            },
            headers={"Cache-Control": "private, no-cache"},
        )


class SheetsView(APIView):
    """`GET /api/land/sheets?commune=…`: the numbers of the commune's sheets, each with how many parcels in force."""

    def get(self, request: Request) -> Response:
        viewer = viewer_in(request)
        if not viewer.signed_in:
            raise SignInNeeded
        rows = Parcel.objects.current().visible_in(viewer.areas(READERS))
        rows = rows.filter(commune_id=_matched(request, "commune", COMMUNE, "06685")[0])
        sheets = rows.values("sheet").annotate(parcels=Count("pk")).order_by("sheet").values("sheet", "parcels")
        return Response({"sheets": list(sheets)}, headers={"Cache-Control": "private, no-cache"})


class PreviewView(APIView):
    """`POST /api/land/previews` with `{"operation": {…}, "effective_on": day}`: what it would do, judged by the rules
    of that day (today, where it is not given), under a hash."""

    def post(self, request: Request) -> Response:
        data = request.data if isinstance(request.data, dict) else {}
        operation, day = data.get("operation"), data.get("effective_on")
        read = read_operation(operation)
        on = past_day(day, "effective_on") if day is not None else None
        return Response(preview(viewer_in(request), read, operation or {}, on).as_answer())


def _asked_for(request: Request, viewer: Viewer) -> Any:
    rows = Parcel.objects.current().visible_in(viewer.areas(READERS)).order_by("sheet", "number", "identifier")
    if "sheet" in request.query_params:
        sheet = _matched(request, "sheet", SHEET, "06685/1")
        return rows.filter(commune_id=sheet[1], sheet=int(sheet[2]))
    return rows.filter(geom__bboverlaps=_box(request))


def _matched(request: Request, name: str, pattern: re.Pattern[str], example: str) -> re.Match[str]:
    """The parameter *name*, which looks like *example*. Raises `BadParameter`."""
    found = pattern.fullmatch(request.query_params.get(name, ""))
    if found is None:
        raise BadParameter(field=name, expected=example)
    return found


def _box(request: Request) -> Polygon:
    try:
        numbers = [float(part) for part in request.query_params.get("box", "").split(",")]
        west, south, east, north = numbers
        if not (west < east and south < north):
            raise ValueError
    except ValueError:
        raise BadParameter(
            _("This is no box."),
            field="box",
            expected=_("least easting, least northing, greatest easting, greatest northing"),
        ) from None
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = LEGAL_SRID
    return box


def _parcel(row: Parcel, viewer: Viewer) -> dict[str, Any]:
    return {
        "identifier": row.identifier,
        "version": row.version,
        "commune": row.commune_id,
        "sheet": row.sheet,
        "number": row.number,
        "land_use": row.land_use_id,
        "legal_area_m2": str(row.legal_area_m2),
        "area_m2": round(row.area_m2, 4),
        "valid_from": row.valid_from.isoformat(),
        "rings": rings_from_array(row.ring),
        "editable": viewer.holds(DRAFTERS, row.commune_id),
    }
