"""The words for refusals by the domain's guards and constraints in the database (`mines/sql/`, `mines/models.py`)."""

from django.utils.translation import gettext_lazy as _

from gis.actions.guards import sentences

sentences.update(
    {
        "concession_corners_make_a_simple_polygon": _(
            "The corners of a concession, in the order of their numbers, make a polygon that does not meet itself."
        ),
        "concession_inside_the_grid": _("A concession lies inside the province's part of EPSG:5899 (easting first)."),
        "concession_area_is_that_of_its_corners": _("The area of a concession is that of its corners: change those."),
        "waste_dump_status_known": _("The status of a waste dump is one of the list."),
        "waste_dump_height_plausible": _("A waste dump is at most 500 m high."),
        "waste_dump_volume_plausible": _("The volume of a waste dump is above 0 and at most 10 km³."),
        "waste_dump_is_a_valid_polygon": _("The outline of a waste dump is a valid polygon."),
        "waste_dump_inside_the_grid": _("A waste dump lies inside the province's part of EPSG:5899 (easting first)."),
    }
)
