"""Codes that the forests' own code refers to. Condition codes (LDLR) are data: `forests.models.ForestCondition`."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import OVERSIGHT, declare

FORESTER = declare("forester", _("Forest ranger"), in_communes=True)
"""Forest ranger (kiểm lâm): keeps the plots."""

READERS = frozenset({FORESTER}) | OVERSIGHT
"""Who sees owners' names, in his areas."""
