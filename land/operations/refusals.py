"""The words for what an operation cannot do (`Impossible`) and for what it would break (`Fault`)."""

from django.utils.translation import gettext_lazy as _

from gis.problems import Text

WORDS: dict[str, Text] = {
    "cut_misses": _("The cut does not divide the parcel."),
    "piece_too_small": _("A piece would be too small to be a parcel."),
    "merge_needs_two": _("A merger takes two parcels or more."),
    "merge_parts_apart": _("These parcels do not share their boundaries in one piece."),
    "nothing_changes": _("Nothing would change."),
    "no_such_point": _("The parcel has no boundary point with this id."),
    "no_such_side": _("The parcel has no side between these points, in this direction."),
    "point_there_already": _("A boundary point stands there already."),
    "parcels_meet_here": _("Sides in different directions start from this boundary point: it cannot go."),
    "ring_too_short": _("A ring has three boundary points or more."),
    "distance_not_on_side": _("This distance is not on the side."),
    "area_not_within": _("This area is not within the parcel's."),
    "points_not_determined": _("The measurements do not determine all points."),
    "survey_does_not_converge": _("The measurements contradict each other so much that no solution is found."),
    "table_line_unreadable": _("A line of the corner table is not a pair of coordinates."),
    "table_too_long": _("The corner table has too many lines."),
    "table_empty": _("The corner table has no coordinates."),
    "table_elsewhere": _("The corner table lies elsewhere; it may be of the central meridian given as limit."),
    "changed_since": _("What this change made has been changed since: undo the later change first."),
    "not_undone": _("What changed no parcel is not undone, but followed by another change."),
    "undone_already": _("This change has been undone already."),
    "patch_too_large": _("The operation concerns too many parcels at once."),
    "ring_meets_itself": _("The ring of a parcel would cross or touch itself."),
    "ring_turned_over": _("The ring of a parcel would turn over."),
    "coverage_torn": _("The parcel would overlap a neighbour or leave a gap as thin as a mistake."),
    "neighbour_area_kept": _("The area of a neighbour would change by more than the new point on its side allows."),
    "measurement_blunder": _("A measurement contradicts the others."),
}
