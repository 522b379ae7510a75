"""The words for refusals by the fabric's guards in the database (`land/sql/`)."""

from django.utils.translation import gettext_lazy as _

from gis.actions.guards import sentences

sentences.update(
    {
        "boundary_point_on_the_millimetre_grid": _("A boundary point lies on whole millimetres."),
        "boundary_point_inside_the_grid": _(
            "A boundary point lies inside the province's part of EPSG:5899 (easting first)."
        ),
        "boundary_point_in_use_stays": _("A boundary point that a parcel uses cannot be removed."),
        "parcel_ring_of_known_points": _(
            "Each ring of a parcel has three or more boundary points, and each of them exists."
        ),
        "parcel_geometry_is_that_of_its_ring": _("The geometry of a parcel is that of its ring of boundary points."),
        "parcel_ring_is_simple": _("The ring of a parcel runs counter-clockwise and does not meet itself."),
        "parcels_do_not_overlap": _("Two parcels do not overlap."),
        "parcel_versions_are_only_closed": _(
            "A version of a parcel is closed and followed by a new one, never changed or removed."
        ),
        "parcel_changes_stay": _("A change of parcels and its lineage stay as they were recorded."),
        "document_of_a_change_stays": _("A document that a change rests on stays as it is."),
        "shares_sum_to_one": _("The shares of a right sum to one."),
        "shares_stay": _("Shares are never changed or removed: a new version of the right has new ones."),
        "rights_are_only_closed": _(
            "A right or restriction is closed and followed by a new row, never changed or removed."
        ),
        "party_name_is_nfc": _("A name is stored in Unicode NFC."),
        "land_rules_are_only_closed": _("A rule is closed and followed by another, never changed or removed."),
        "land_rule_names_its_document": _("A rule names the document that it stands in."),
        "land_rule_time_forward": _("A rule ends on the day it begins or later."),
        "land_rule_has_its_limit": _("A rule of this kind has a limit above 0."),
        "position_error_has_its_map_scale": _("A largest position error holds for a scale of the map."),
        "land_rule_hash_is_sha256": _("A SHA-256 is 64 hexadecimal digits in lower case."),
        "nobody_approves_what_he_drew": _("Nobody approves what he drew himself."),
    }
)
