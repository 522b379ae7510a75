"""Who holds what, for the land offices of the commune and above; nobody else learns of it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.access.roles import OVERSIGHT
from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.problems import Invalid, NotFound, SignInNeeded
from gis.web.api.requests import viewer_in
from land.actions.identities import LOOK_UP, REVEAL, look_up_identity, reveal_identity, set_identity
from land.actions.register_party import register_party
from land.codes import READERS
from land.models import Held, Parcel, Party, Restriction, Right
from land.rights import identities
from land.rights.encumbrances import shape_of

PRIVATE = {"Cache-Control": "private, no-store"}
PARTY_MEMBERS = ("commune", "kind", "name")
LOG_PAGE = 200
Told = Callable[[Party], dict[str, Any]]


class ParcelRightsView(APIView):
    """`GET /api/land/parcels/{identifier}/rights`: rights with their holders, and restrictions; those in force, with
    `?history=true` also what was closed."""

    def get(self, request: Request, identifier: str) -> Response:
        viewer = viewer_in(request)
        commune = _require_reader(viewer, identifier)
        told = partial(_party, viewer=viewer, commune=commune)
        shown = Q() if request.query_params.get("history") == "true" else Held.IN_FORCE
        rights = Right.objects.filter(shown, parcel=identifier).select_related("document", "ended_with")
        restrictions = Restriction.objects.filter(shown, parcel=identifier)
        restrictions = restrictions.select_related("document", "ended_with", "holder").prefetch_related(
            "holder__numbers"
        )
        return Response(
            {
                "parcel": identifier,
                "rights": [
                    _right(row, told) for row in rights.prefetch_related("shares__party__numbers").order_by("-pk")
                ],
                "restrictions": [_restriction(row, told) for row in restrictions.order_by("-pk")],
            },
            headers=PRIVATE,
        )


class PartiesView(APIView):
    """`POST /api/land/parties` with `{"commune", "kind", "name"}` and, if wanted, `"identity": {"kind", "number"}`: a
    party that can hold rights."""

    def post(self, request: Request) -> Response:
        body = request.data
        if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in PARTY_MEMBERS):
            raise Invalid(_("This is no party."), expected=", ".join(PARTY_MEMBERS))
        viewer = viewer_in(request)
        told = {name: body[name] for name in PARTY_MEMBERS}
        party = register_party(viewer, **told, identity=body.get("identity"))
        return Response(_party(party, viewer, party.commune_id), status=status.HTTP_201_CREATED, headers=PRIVATE)


class PartyView(APIView):
    """`GET /api/land/parties/{number}`: a party, for the land offices of its commune and above."""

    def get(self, request: Request, number: int) -> Response:
        viewer = viewer_in(request)
        if not viewer.signed_in:
            raise SignInNeeded
        party = Party.objects.filter(pk=number).first()
        if party is None or not viewer.holds(READERS, party.commune_id):
            raise NotFound(_("There is no party with this number."), field="number")
        return Response(_party(party, viewer, party.commune_id), headers=PRIVATE)


class PartyIdentityView(APIView):
    """`PUT /api/land/parties/{number}/identity` with `{"kind", "number"}`: enter an identity number.
    `POST` with `{"kind", "purpose"}`: read it, which is logged."""

    def put(self, request: Request, number: int) -> Response:
        viewer, body = viewer_in(request), _object(request)
        party = set_identity(viewer, number, kind=body.get("kind"), number=body.get("number"))
        return Response(_party(party, viewer, party.commune_id), headers=PRIVATE)

    def post(self, request: Request, number: int) -> Response:
        body = _object(request)
        shown = reveal_identity(viewer_in(request), number, kind=body.get("kind"), purpose=body.get("purpose"))
        return Response({"kind": body.get("kind"), "number": shown}, headers=PRIVATE)


class PartyLookUpView(APIView):
    """`POST /api/land/parties/look-up` with `{"kind", "number", "purpose"}`: who of the viewer's communes has this
    identity number. By POST, since addresses are written into logs."""

    def post(self, request: Request) -> Response:
        viewer, body = viewer_in(request), _object(request)
        asked = {name: body.get(name) for name in ("kind", "number", "purpose")}
        found = look_up_identity(viewer, **asked)
        return Response({"parties": [_party(party, viewer, party.commune_id) for party in found]}, headers=PRIVATE)


class IdentityLogView(APIView):
    """`GET /api/land/identity-log`: who looked up or read identity numbers and what for, for administrators and leaders
    of the province; the latest first (`before`: the number of a row)."""

    def get(self, request: Request) -> Response:
        viewer_in(request).require(OVERSIGHT, None)
        rows = Record.objects.filter(action__in=[LOOK_UP, REVEAL]).order_by("-pk")
        before = request.query_params.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 19:
            rows = rows.filter(pk__lt=int(before))
        return Response({"questions": [_question(row) for row in rows[:LOG_PAGE]]}, headers=PRIVATE)


def _question(row: Record) -> dict[str, Any]:
    return {
        "number": row.pk,
        "at": row.at.isoformat(),
        "by": row.actor_name,
        "action": row.action,
        "target": row.target,
        "purpose": row.reason,
        "told": row.changes,
    }


def _object(request: Request) -> Mapping[str, Any]:
    if not isinstance(request.data, Mapping):
        raise Invalid(_("This is no object."), expected=_("a JSON object"))
    return request.data


def _require_reader(viewer: Viewer, identifier: str) -> str:
    """Raises `NotFound`, `SignInNeeded`, `Forbidden`: by the commune that the parcel is or was in."""
    rows = Parcel.objects.visible_in(viewer.areas(READERS)).filter(identifier=identifier)
    commune = rows.order_by("-version").values_list("commune_id", flat=True).first()
    if commune is None:
        raise NotFound(_("There is no parcel with this identifier."), field="identifier")
    viewer.require(READERS, commune)
    return commune


def _right(row: Right, told: Told) -> dict[str, Any]:
    return {
        **_held(row),
        "key": f"right:{row.pk}",
        "kind_name": row.get_kind_display(),
        "rent": row.rent,
        "certificate": row.certificate,
        "holders": [{"party": told(share.party), "share": str(share)} for share in row.shares.all()],
    }


def _restriction(row: Restriction, told: Told) -> dict[str, Any]:
    part = shape_of(row)
    return {
        **_held(row),
        "key": f"restriction:{row.pk}",
        "kind_name": row.get_kind_display(),
        "holder": told(row.holder) if row.holder else None,
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


def _party(party: Party, viewer: Viewer, commune: str) -> dict[str, Any]:
    numbers = identities.shown(party, viewer, commune)
    return {"id": party.pk, "kind": party.kind, "name": party.name, "numbers": numbers}
