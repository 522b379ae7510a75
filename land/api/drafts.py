"""Drafts: drawn, submitted, checked, approved or handed back. Every step names the version it was made from."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.problems import BadParameter, Invalid, NotFound
from gis.web.api.requests import version_in, viewer_in
from land.actions.drafts import moving
from land.actions.drafts.handling import visible_drafts
from land.actions.drafts.save import save_draft
from land.documents import past_day
from land.models import Draft
from land.operations import reading

PAGE = 100
STEPS: dict[str, Callable[..., Draft]] = {
    "submit": moving.submit_draft,
    "check": moving.check_draft,
    "hand-back": moving.hand_back_draft,
    "approve": moving.approve_draft,
    "withdraw": moving.withdraw_draft,
}


class DraftsView(APIView):
    """`GET /api/land/drafts?state=…&parcel=…`: those that the viewer may see, the latest first. `POST`: a new one."""

    def get(self, request: Request) -> Response:
        rows = visible_drafts(viewer_in(request)).select_related("author", "checker", "approver", "document")
        if "state" in request.query_params:
            rows = rows.filter(state__in=_states(request.query_params["state"]))
        if "parcel" in request.query_params:
            rows = rows.filter(parcels__contains=[reading.identifier(request.query_params["parcel"], "parcel")])
        return Response({"drafts": [_summary(draft) for draft in rows.order_by("-changed_at", "-pk")[:PAGE]]})

    def post(self, request: Request) -> Response:
        draft = save_draft(viewer_in(request), **_drawn(request.data))
        return _answer(draft, status.HTTP_201_CREATED)


class DraftView(APIView):
    """`GET`: one draft with what was shown. `PUT` with If-Match: drawn anew, on the fabric as it is now."""

    def get(self, request: Request, number: int) -> Response:
        draft = visible_drafts(viewer_in(request)).filter(pk=number).first()
        if draft is None:
            raise NotFound(_("There is no draft with this number."), field="number")
        return _answer(draft)

    def put(self, request: Request, number: int) -> Response:
        drawn = _drawn(request.data)
        return _answer(save_draft(viewer_in(request), **drawn, number=number, version=version_in(request)))


class DraftStepView(APIView):
    """`POST /api/land/drafts/{number}/{step}` with If-Match: submit, check, hand-back (with a `note`), approve,
    withdraw."""

    def post(self, request: Request, number: int, step: str) -> Response:
        if step not in STEPS:
            raise NotFound(_("There is no such step."), field="step", expected=", ".join(STEPS))
        told = {"note": _object(request.data).get("note")} if step == "hand-back" else {}
        return _answer(STEPS[step](viewer_in(request), number, version=version_in(request), **told))


def _drawn(data: Any) -> dict[str, Any]:
    """What `save_draft` takes, from a body. Raises `Invalid`."""
    body = _object(data)
    document = body.get("document")
    return {
        "operation": body.get("operation"),
        "title": body.get("title"),
        "document": _object(document) if document is not None else None,
        "effective_on": _day(body.get("effective_on")),
    }


def _day(value: Any) -> date | None:
    return None if value is None else past_day(value, "effective_on")


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Invalid(_("This is no object."), expected=_("a JSON object"))
    return data


def _states(value: str) -> list[str]:
    states = value.split(",")
    if not set(states) <= set(Draft.State.values):
        raise BadParameter(_("There is no such state."), field="state", expected=", ".join(Draft.State.values))
    return states


def _answer(draft: Draft, code: int = status.HTTP_200_OK) -> Response:
    told = {
        **_summary(draft),
        "operation": draft.operation,
        "preview": draft.preview,
        "document": _document(draft),
        "note": draft.note,
    }
    headers = {"ETag": f'"{draft.version}"', "Cache-Control": "private, no-cache"}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = f"/api/land/drafts/{draft.pk}"
    return Response(told, status=code, headers=headers)


def _summary(draft: Draft) -> dict[str, Any]:
    return {
        "number": draft.pk,
        "version": draft.version,
        "title": draft.title,
        "state": draft.state,
        "state_name": draft.get_state_display(),
        "kind": draft.operation["op"],
        "commune": draft.commune_id,
        "parcels": draft.parcels,
        "possible": draft.preview["possible"],
        "author": draft.author.username,
        "checker": draft.checker.username if draft.checker else None,
        "approver": draft.approver.username if draft.approver else None,
        "effective_on": draft.effective_on.isoformat() if draft.effective_on else None,
        "changed_at": draft.changed_at.isoformat(),
        "change": draft.change_id,
    }


def _document(draft: Draft) -> dict[str, str] | None:
    document = draft.document
    if document is None:
        return None
    return {
        "kind": document.kind,
        "number": document.number,
        "issued_on": document.issued_on.isoformat(),
        "issuer": document.issuer,
        "title": document.title,
    }
