"""Roles of the disaster domain."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import ADMIN, OVERSIGHT, declare

DUTY_OFFICER = declare("duty_officer", _("Duty officer"), in_communes=True)
"""On duty for the provincial command board: everything, everywhere."""
RESCUE_TEAM = declare("rescue_team", _("Rescue team"), in_communes=True)
"""A team in the field: reports the position of its own assets."""
COMMUNE_STAFF = declare("commune_staff", _("Commune staff"), in_communes=True)
"""The commune's command: its own commune."""

WATCHERS = frozenset({DUTY_OFFICER, RESCUE_TEAM, COMMUNE_STAFF}) | OVERSIGHT
"""Who sees exact positions, crews and contacts, each in his areas."""
STORM_KEEPERS = frozenset({DUTY_OFFICER})
"""Who records storm fixes."""
SHELTER_KEEPERS = frozenset({DUTY_OFFICER, COMMUNE_STAFF, ADMIN})
"""Who adds, edits and removes shelters, each in his areas."""
INCIDENT_KEEPERS = frozenset({DUTY_OFFICER, COMMUNE_STAFF})
"""Who reports incidents and sets their status, each in his areas."""
INCIDENT_READERS = INCIDENT_KEEPERS | OVERSIGHT
"""For whom incidents exist, each in his areas; nobody else knows that there are any."""

CLASSES = {
    "low": _("Low"),
    "depression": _("Tropical depression"),
    "storm": _("Storm"),
    "severe": _("Severe storm"),
    "very_severe": _("Very severe storm"),
    "super": _("Super storm"),
}
"""Vietnamese storm classes by code."""
