"""News of gauges, for open maps."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Viewer
from gis.live.topics import OpenTopic, Payload, register
from gis.observations.models import Quantity, Station


@register
class Gauges(OpenTopic):
    """`read`, key = the station's code: the station as a Feature with its newest readings."""

    name = "gauges"
    title = _("Gauges")
    superseding = frozenset({"read"})

    def snapshot(self, viewer: Viewer) -> Payload:
        stations = Station.objects.with_newest().order_by("code")
        return {"type": "FeatureCollection", "features": [station_feature(station) for station in stations]}


def station_feature(station: Any) -> dict[str, Any]:
    """A station of `with_newest` as a Feature."""
    properties: dict[str, Any] = {"code": station.code, "name": station.name, "kind": station.kind}
    for quantity in Quantity.values:
        value, at = getattr(station, quantity), getattr(station, f"{quantity}_at")
        properties |= {quantity: None if value is None else float(value), f"{quantity}_at": at and at.isoformat()}
    place = {"type": "Point", "coordinates": [station.position.x, station.position.y]}
    return {"type": "Feature", "id": station.code, "geometry": place, "properties": properties}
