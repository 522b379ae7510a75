"""Stations and their readings (rain, water level, wind), which several domains read."""
