"""The rules that parcels are judged by, for everybody."""

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.problems import BadParameter
from land.models import LandRule


class RulesView(APIView):
    """`GET /api/land/rules?on=YYYY-MM-DD`: the rules in force on that day (today, where it is not given)."""

    def get(self, request: Request) -> Response:
        text = request.query_params.get("on")
        try:
            day = parse_date(text) if text else timezone.localdate()
        except ValueError:
            day = None
        if day is None:
            raise BadParameter(_("This is no day."), field="on", expected="YYYY-MM-DD")
        rows = LandRule.objects.in_force(day).order_by("kind", "map_scale", "pk")
        return Response({"on": day.isoformat(), "rules": [_told(rule) for rule in rows]})


def _told(rule: LandRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "kind": rule.kind,
        "kind_name": rule.get_kind_display(),
        "limit": f"{rule.limit.normalize():f}" if rule.limit is not None else None,
        "map_scale": rule.map_scale,
        "land_uses": rule.land_uses,
        "commune": rule.commune_id,
        "commune_kinds": rule.commune_kinds,
        "operations": rule.operations,
        "severity": rule.severity,
        "status": rule.status,
        "document": rule.document,
        "article": rule.article,
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "note": rule.note,
        "source": rule.source,
        "source_sha256": rule.source_sha256,
    }
