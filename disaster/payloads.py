"""Storms and assets as the GeoJSON Features that events and snapshots carry (see `docs/live.md`)."""

import json
from typing import Any

from django.db.models import QuerySet

from disaster.models import RescueAsset, Storm, StormFix

PUBLIC_DEGREES = 0.01
"""Grid that the public sees positions of assets on: about 1 km."""


def storm_fixes() -> QuerySet[StormFix]:
    """The fixes of every storm with what their features need."""
    return StormFix.objects.select_related("storm").prefetch_related("radii").order_by("storm", "time")


def fix_feature(fix: StormFix) -> dict[str, Any]:
    """A fix with its storm's name, Vietnamese class and wind radii."""
    radii = sorted(fix.radii.all(), key=lambda radius: radius.threshold_kt)
    return {
        "type": "Feature",
        "id": fix.pk,
        "geometry": {"type": "Point", "coordinates": [fix.position.x, fix.position.y]},
        "properties": {
            **storm_properties(fix.storm),
            "time": fix.time.isoformat(),
            "wind_kt": fix.wind_kt,
            "wind_averaging_minutes": fix.wind_averaging_minutes,
            "pressure_hpa": fix.pressure_hpa,
            "kind": fix.kind,
            "beaufort": fix.beaufort,
            "class": fix.wind_class,
            "source": fix.source,
            "radii": [
                {"threshold_kt": radius.threshold_kt, "geometry": json.loads(radius.geom.json)} for radius in radii
            ],
        },
    }


def storm_properties(storm: Storm) -> dict[str, Any]:
    return {
        "storm": storm.pk,
        "name": storm.name,
        "season": storm.season,
        "vietnamese_number": storm.vietnamese_number,
        "exercise": storm.exercise,
    }


def asset_feature(asset: RescueAsset, *, exact: bool) -> dict[str, Any]:
    """An asset as the public sees it, or with its exact position, crew, fuel and contact."""
    properties = {
        "code": asset.code,
        "name": asset.name,
        "kind": asset.kind,
        "status": asset.status,
        "commune": asset.commune_id,
        "positioned_at": asset.positioned_at.isoformat() if asset.positioned_at else None,
    }
    if exact:
        properties |= {"crew": asset.crew, "fuel_percent": asset.fuel_percent, "contact": asset.contact}
    return {"type": "Feature", "id": asset.code, "geometry": _point(asset, exact), "properties": properties}


def asset_payload(asset: RescueAsset) -> dict[str, Any]:
    """Both sights of an asset; the topic shows each viewer his."""
    return {
        "commune": asset.commune_id,
        "public": asset_feature(asset, exact=False),
        "exact": asset_feature(asset, exact=True),
    }


def _point(asset: RescueAsset, exact: bool) -> dict[str, Any] | None:
    if asset.position is None:
        return None
    lon, lat = asset.position.x, asset.position.y
    if not exact:
        lon, lat = (round(round(degrees / PUBLIC_DEGREES) * PUBLIC_DEGREES, 2) for degrees in (lon, lat))
    return {"type": "Point", "coordinates": [lon, lat]}
