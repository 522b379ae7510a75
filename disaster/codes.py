"""Roles of the disaster domain."""

from gis.access.roles import OVERSIGHT
from gis.access.viewer import PROVINCE, Viewer

DUTY_OFFICER = "duty_officer"
"""On duty for the provincial command board: everything, everywhere."""
RESCUE_TEAM = "rescue_team"
"""A team in the field: reports the position of its own assets."""
COMMUNE_STAFF = "commune_staff"
"""The commune's command: its own commune."""

WATCHERS = frozenset({DUTY_OFFICER, RESCUE_TEAM, COMMUNE_STAFF}) | OVERSIGHT
"""Who sees exact positions, crews and contacts, each in his areas."""
STORM_KEEPERS = frozenset({DUTY_OFFICER})
"""Who records storm fixes."""

SERVICE = Viewer(grants=frozenset({("service", PROVINCE)}))
"""The service itself, as which commands act; no account is it, and none stands in the history for it."""
