"""Roles of the mines."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import OVERSIGHT, declare

MINERAL_OFFICER = declare("mineral_officer", _("Mineral officer"), in_communes=True)
"""Keeps licences and concessions."""

READERS = frozenset({MINERAL_OFFICER}) | OVERSIGHT
"""Who sees contacts of holders."""
