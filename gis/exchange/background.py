"""The kinds of background work that files and layers need; imported at start-up, so that workers know them."""

from gis.exchange import exporting, verification

__all__ = ["exporting", "verification"]
