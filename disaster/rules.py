"""The words for refusals by the domain's constraints in the database (`disaster/models.py`)."""

from django.utils.translation import gettext_lazy as _

from gis.actions.guards import sentences

sentences.update(
    {
        "storm_numbered_once": _("A storm has one number in its basin and season."),
        "storm_basin_known": _("The basin is one of those of the warning centres: WP, IO, SH, CP, EP, AL."),
        "storm_season_plausible": _("The season is a year."),
        "storm_number_plausible": _("The number of a storm in its season is 1 to 99."),
        "storm_fix_once_per_source": _("A source tells of a storm once at a time."),
        "storm_wind_has_its_averaging_period": _("A wind comes with its averaging period: 1, 2, 3 or 10 minutes."),
        "storm_wind_plausible": _("A wind is at most 250 knots."),
        "storm_pressure_plausible": _("The pressure of a storm is 850 to 1050 hPa."),
        "storm_position_on_the_globe": _("The position is not on the globe."),
        "wind_radius_once_per_threshold": _("A fix has one set of radii for each threshold."),
        "wind_radius_threshold_known": _("Wind radii are told for 34, 50 and 64 knots."),
        "asset_fuel_is_a_percentage": _("Fuel is told as 0 to 100 percent."),
        "asset_positioned_once_at_a_time": _("An asset is at one place at a time."),
        "asset_position_on_the_globe": _("The position is not on the globe."),
        "asset_course_is_an_angle": _("A course is 0 to 359 degrees."),
        "asset_report_without_negative_figures": _("Accuracy and speed are not negative."),
        "shelter_kind_known": _("A shelter is an anchorage or an evacuation shelter."),
        "shelter_capacity_plausible": _("A capacity is 1 to 1 000 000 boats or people, or left empty."),
        "shelter_is_named": _("A shelter has a code, a name and a source."),
        "shelter_on_the_globe": _("The position is not on the globe."),
        "incident_kind_known": _("The kind of an incident is one of the list."),
        "incident_status_known": _("The status of an incident is one of the list."),
        "incident_is_described": _("An incident says what happened."),
        "incident_on_the_globe": _("The position is not on the globe."),
    }
)
