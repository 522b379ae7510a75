"""Land: the parcel fabric of the province."""
