"""What became of a parcel: its versions on both time axes, and its lineage."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.problems import NotFound
from gis.web.api.requests import viewer_in
from land.codes import READERS
from land.lineage import lineage_of
from land.models import Parcel


class ParcelHistoryView(APIView):
    """`GET /api/land/parcels/{identifier}/history`: every version that the viewer may see, the newest first, and the
    descents to and from it."""

    def get(self, request: Request, identifier: str) -> Response:
        areas = viewer_in(request).areas(READERS)
        rows = list(
            Parcel.objects.visible_in(areas)
            .filter(identifier=identifier)
            .select_related("change__document")
            .order_by("-version")
        )
        if not rows:
            raise NotFound(_("There is no parcel with this identifier."), field="identifier")
        return Response({"versions": [_version(row) for row in rows], "lineage": lineage_of(identifier, areas)})


def _version(row: Parcel) -> dict[str, Any]:
    return {
        "version": row.version,
        "sheet": row.sheet,
        "number": row.number,
        "land_use": row.land_use_id,
        "legal_area_m2": str(row.legal_area_m2),
        "area_m2": round(row.area_m2, 4),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "recorded_from": row.recorded_from.isoformat(),
        "recorded_to": row.recorded_to.isoformat() if row.recorded_to else None,
        "source": row.source,
        "change": {"number": row.change_id, "kind": row.change.kind} if row.change else None,
    }
