"""Codes that the forests' own code refers to. Condition codes (LDLR) are data: `forests.models.ForestCondition`."""

from gis.access.roles import OVERSIGHT

FORESTER = "forester"
"""Forest ranger (kiểm lâm): keeps the plots."""

READERS = frozenset({FORESTER}) | OVERSIGHT
"""Who sees owners' names, in his areas."""
