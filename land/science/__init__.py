"""Plane geometry of the parcel fabric: what an edit does to shared points and rings. Knows no Django."""
