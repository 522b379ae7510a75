"""A storm that nobody else knows, and a place at sea."""

from datetime import UTC, datetime, timedelta

from disaster.actions.record_fixes import NewFix, StormName

TESTED = StormName("WP", 1998, 77, name="THU")
NOON = datetime(1998, 9, 1, 12, tzinfo=UTC)
HONG_GAI = (107.08493, 20.94371)
"""Off Hồng Gai, somewhere inside a cell of the public's grid."""


def fix(hours: float = 0, lon: float = 110.0, lat: float = 20.0, **more: object) -> NewFix:
    """A fix of the tested storm so many hours after noon."""
    winds = {"wind_kt": 65, "wind_averaging_minutes": 1, "pressure_hpa": 980, "kind": "TY", **more}
    return NewFix(NOON + timedelta(hours=hours), lon, lat, **winds)  # type: ignore[arg-type]
