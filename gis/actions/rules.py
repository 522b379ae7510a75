"""The words for refusals by the constraints of stations and readings (`gis/observations/models.py`)."""

from django.utils.translation import gettext_lazy as _

from gis.actions.guards import sentences

sentences.update(
    {
        "station_kind_known": _("The kind of a station is one of the list."),
        "station_on_the_globe": _("The position is not on the globe."),
        "reading_once_at_a_time": _("A station has one reading of a quantity at a time."),
        "reading_plausible_in_its_unit": _("Rain is stored in mm, a water level in m, wind in m/s, within its range."),
        "reading_has_its_period": _("Rain and wind come with the minutes they cover, a water level without."),
    }
)
