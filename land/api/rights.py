"""Who holds what, for the land offices of the commune and above; nobody else learns of it."""

from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.access.viewer import Viewer
from gis.problems import Invalid, NotFound
from gis.web.api.requests import viewer_in
from land.actions.register_party import register_party
from land.codes import READERS
from land.models import Held, Parcel, Party, Restriction, Right
from land.rights.encumbrances import shape_of

PRIVATE = {"Cache-Control": "private, no-store"}


class ParcelRightsView(APIView):
    """`GET /api/land/parcels/{identifier}/rights`: rights with their holders, and restrictions; those in force, with
    `?history=true` also what was closed."""

    def get(self, request: Request, identifier: str) -> Response:
        _require_reader(viewer_in(request), identifier)
        shown = Q() if request.query_params.get("history") == "true" else Held.IN_FORCE
        rights = Right.objects.filter(shown, parcel=identifier).select_related("document", "ended_with")
        restrictions = Restriction.objects.filter(shown, parcel=identifier)
        restrictions = restrictions.select_related("document", "ended_with", "holder")
        return Response(
            {
                "parcel": identifier,
                "rights": [_right(row) for row in rights.prefetch_related("shares__party").order_by("-pk")],
                "restrictions": [_restriction(row) for row in restrictions.order_by("-pk")],
            },
            headers=PRIVATE,
        )


class PartiesView(APIView):
    """`POST /api/land/parties` with `{"commune", "kind", "name"}`: a party that can hold rights."""

    def post(self, request: Request) -> Response:
        body = request.data
        if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in PARTY_MEMBERS):
            raise Invalid(_("This is no party."), expected=", ".join(PARTY_MEMBERS))
        party = register_party(viewer_in(request), **{name: body[name] for name in PARTY_MEMBERS})
        return Response(_party(party), status=status.HTTP_201_CREATED, headers=PRIVATE)


PARTY_MEMBERS = ("commune", "kind", "name")


def _require_reader(viewer: Viewer, identifier: str) -> None:
    """Raises `NotFound`, `SignInNeeded`, `Forbidden`: by the commune that the parcel is or was in."""
    rows = Parcel.objects.visible_in(viewer.areas(READERS)).filter(identifier=identifier)
    commune = rows.order_by("-version").values_list("commune_id", flat=True).first()
    if commune is None:
        raise NotFound(_("There is no parcel with this identifier."), field="identifier")
    viewer.require(READERS, commune)


def _right(row: Right) -> dict[str, Any]:
    return {
        **_held(row),
        "key": f"right:{row.pk}",
        "kind_name": row.get_kind_display(),
        "rent": row.rent,
        "certificate": row.certificate,
        "holders": [{"party": _party(share.party), "share": str(share)} for share in row.shares.all()],
    }


def _restriction(row: Restriction) -> dict[str, Any]:
    part = shape_of(row)
    return {
        **_held(row),
        "key": f"restriction:{row.pk}",
        "kind_name": row.get_kind_display(),
        "holder": _party(row.holder) if row.holder else None,
        "part": shapely.geometry.mapping(part) if part is not None else None,
    }


def _held(row: Right | Restriction) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "document": str(row.document),
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "recorded_from": row.recorded_from.isoformat(),
        "recorded_to": row.recorded_to.isoformat() if row.recorded_to else None,
        "change": row.change_id,
        "ended_by": row.ended_by_id,
        "ended_with": str(row.ended_with) if row.ended_with else None,
        "follows": row.follows_id,
    }


def _party(party: Party) -> dict[str, Any]:
    return {"id": party.pk, "kind": party.kind, "name": party.name}
