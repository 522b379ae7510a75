"""What the land register keeps: the fabric of parcels, the changes that made it, drafts of changes to come, who holds
what, and the rules that all of it is judged by."""

from land.models.changes import Descent, ParcelChange, SourceDocument
from land.models.drafts import Draft
from land.models.fabric import BoundaryPoint, LandUse, Parcel, ParcelCell, PlaneArea
from land.models.law import LandRule
from land.models.rights import Held, IdentityNumber, Party, Restriction, Right, Share

__all__ = [
    "BoundaryPoint",
    "Descent",
    "Draft",
    "Held",
    "IdentityNumber",
    "LandRule",
    "LandUse",
    "Parcel",
    "ParcelCell",
    "ParcelChange",
    "Party",
    "PlaneArea",
    "Restriction",
    "Right",
    "Share",
    "SourceDocument",
]
