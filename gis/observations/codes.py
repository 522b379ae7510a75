"""Roles of the observations, and whom the service itself is."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import declare
from gis.access.viewer import PROVINCE, Viewer

OBSERVER = declare("observer", _("Observer of stations"), in_communes=True)
"""Keeps readings of the stations in his areas."""

KEEPERS = frozenset({OBSERVER})
"""Who records readings."""

SERVICE = Viewer(grants=frozenset({("service", PROVINCE)}))
"""The service itself, as which commands and feeds act; no account is it."""
