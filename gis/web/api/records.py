"""The shape of kept records over REST: add one (201 with its address), read it with its version, change it from that.

A domain says what a body holds and which actions stand behind it; the views are the same for all.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.access.viewer import Viewer
from gis.web.api.requests import version_in, viewer_in

Body = type[serializers.Serializer[Any]]


class Shown(NamedTuple):
    """A record as somebody sees it, and the version that he would change."""

    feature: Any
    version: int


class Records:
    """One kind of record. Its methods are the domain's actions and raise their problems."""

    new: ClassVar[Body]
    values: ClassVar[Body]
    """What of a standing record may be sent to change it."""
    kept: ClassVar[str] = "private, no-cache"
    """Cache-Control of a record."""

    def shown(self, viewer: Viewer, key: Any) -> Shown:
        """The record *key* as *viewer* sees it. Raises `NotFound`."""
        raise NotImplementedError

    def add(self, viewer: Viewer, values: Mapping[str, Any]) -> Any:
        """Its key."""
        raise NotImplementedError

    def change(self, viewer: Viewer, key: Any, version: int, values: Mapping[str, Any]) -> None:
        """Raises `Stale` where *version* is no longer the record's."""
        raise NotImplementedError

    def remove(self, viewer: Viewer, key: Any, version: int, document: str) -> None:
        """*document*: what the removal rests on."""
        raise NotImplementedError


class RecordsView(APIView):
    """`POST` to the address of a kind of record."""

    records: ClassVar[Records]

    def post(self, request: Request) -> Response:
        values = body_of(request, self.records.new)
        key = self.records.add(viewer_in(request), values)
        answer = answered(self.records, request, key, status.HTTP_201_CREATED)
        answer["Location"] = request.build_absolute_uri(f"{request.path}/{key}")
        return answer


class RecordView(APIView):
    """`GET` and `PATCH` at the address of one record, whose last part is the key."""

    records: ClassVar[Records]

    def get(self, request: Request, key: Any) -> Response:
        return answered(self.records, request, key)

    def patch(self, request: Request, key: Any) -> Response:
        values = body_of(request, self.records.values)
        self.records.change(viewer_in(request), key, version_in(request), values)
        return answered(self.records, request, key)


class RemovableRecordView(RecordView):
    """The same with `DELETE`, the document in the query."""

    def delete(self, request: Request, key: Any) -> Response:
        document = request.query_params.get("document", "")[:200]
        self.records.remove(viewer_in(request), key, version_in(request), document)
        return Response(status=status.HTTP_204_NO_CONTENT)


def body_of(request: Request, form: Body) -> dict[str, Any]:
    """The checked values of the body. Raises what REST framework does, which becomes a problem document."""
    asked = form(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def answered(records: Records, request: Request, key: Any, code: int = status.HTTP_200_OK) -> Response:
    """The record with its version as ETag."""
    shown = records.shown(viewer_in(request), key)
    headers = {"ETag": f'"{shown.version}"', "Cache-Control": records.kept}
    return Response(shown.feature, status=code, headers=headers)
