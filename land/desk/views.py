"""The page of the desk. What it draws and says stands in it as JSON; all else comes from `/api/land/`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gis.access.middleware import viewer_on
from gis.access.viewer import PROVINCE, Viewer
from gis.places.models import Commune
from gis.problems import BadParameter, NotFound
from gis.web.pages.texts import map_texts
from land.codes import DRAFTERS, LAND_APPROVER, LAND_CHECKER, READERS, WRITERS
from land.desk.texts import desk_texts
from land.models import Draft, Parcel, Restriction, Right, SourceDocument
from land.operations import reading

LARGEST_DRAFT = 2**31 - 1


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """`?sheet=06685/1` or `?parcel=…` opens a sheet, `?draft=…` a draft (`&edit=1`: to draw it anew)."""
    viewer = viewer_on(request)
    if not viewer.areas(DRAFTERS):
        return _closed(request, viewer)
    response = render(request, "land/desk.html", {"config": _config(request, viewer)})
    response["Cache-Control"] = "private, no-store"
    return response


def _closed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """For everybody who does not work here: what is needed."""
    return render(
        request, "land/desk_closed.html", {"signed_in": viewer.signed_in}, status=403 if viewer.signed_in else 401
    )


def _config(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    parcel = request.GET.get("parcel", "")
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "user": viewer.username,
        "token": get_token(request),
        "today": timezone.localdate().isoformat(),
        "communes": _communes(viewer),
        "documents": [[value, str(name)] for value, name in SourceDocument.Kind.choices],
        "rights": [[value, str(name)] for value, name in Right.Kind.choices],
        "restrictions": [[value, str(name)] for value, name in Restriction.Kind.choices],
        "states": [[value, str(name)] for value, name in Draft.State.choices],
        "sheet": _sheet_of(viewer, parcel) if parcel else request.GET.get("sheet", ""),
        "parcel": parcel,
        "draft": _number(request.GET.get("draft", "")),
        "edit": request.GET.get("edit") == "1",
        "texts": {**map_texts(), **desk_texts()},
    }


def _communes(viewer: Viewer) -> list[dict[str, Any]]:
    """Where the viewer works, and what he does there."""
    areas = viewer.areas(DRAFTERS)
    rows = Commune.objects.order_by("name")
    if areas != PROVINCE:
        rows = rows.filter(code__in=areas.split(","))
    return [
        {
            "code": row.code,
            "name": row.name,
            "draws": viewer.holds(WRITERS, row.code),
            "checks": viewer.holds({LAND_CHECKER}, row.code),
            "approves": viewer.holds({LAND_APPROVER}, row.code),
        }
        for row in rows
    ]


def _sheet_of(viewer: Viewer, identifier: str) -> str:
    if not reading.IDENTIFIER.fullmatch(identifier):
        raise NotFound(field="parcel")
    rows = Parcel.objects.current().visible_in(viewer.areas(READERS)).filter(identifier=identifier)
    row = rows.values("commune_id", "sheet").first()
    if row is None:
        raise NotFound(field="parcel")
    return f"{row['commune_id']}/{row['sheet']}"


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > LARGEST_DRAFT:
        raise BadParameter(field="draft", expected="1, 2, 3, …")
    return int(text)
