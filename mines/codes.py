"""Roles of the mines."""

from gis.access.roles import OVERSIGHT

MINERAL_OFFICER = "mineral_officer"
"""Keeps licences and concessions."""

READERS = frozenset({MINERAL_OFFICER}) | OVERSIGHT
"""Who sees contacts of holders."""
