"""What the land register keeps: the fabric of parcels, the changes that made it, drafts of changes to come."""

from land.models.changes import Descent, ParcelChange, SourceDocument
from land.models.drafts import Draft
from land.models.fabric import BoundaryPoint, LandUse, Parcel, ParcelCell, PlaneArea

__all__ = [
    "BoundaryPoint",
    "Descent",
    "Draft",
    "LandUse",
    "Parcel",
    "ParcelCell",
    "ParcelChange",
    "PlaneArea",
    "SourceDocument",
]
