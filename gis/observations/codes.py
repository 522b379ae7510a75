"""Roles of the observations, and whom the service itself is."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import declare

OBSERVER = declare("observer", _("Observer of stations"), in_communes=True)
"""Keeps readings of the stations in his areas."""

KEEPERS = frozenset({OBSERVER})
"""Who records readings."""
