"""What the land register keeps: the fabric of parcels, and the changes that made it what it is."""

from land.models.changes import Descent, ParcelChange, SourceDocument
from land.models.fabric import BoundaryPoint, LandUse, Parcel, PlaneArea

__all__ = ["BoundaryPoint", "Descent", "LandUse", "Parcel", "ParcelChange", "PlaneArea", "SourceDocument"]
