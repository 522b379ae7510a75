"""Judges a preview by what its parcels would lie over: forest plots, concessions, dumps, whatever takes part."""

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.overlay.engine import Overlap, overlaps, taking_part
from land.operations.preview import REFUSES, WARNS, Finding, Preview, judges

PARCELS = "parcels"


def judge(seen: Preview) -> Iterator[Finding]:
    """A finding for each pair, with its area and place. What everybody may see is compared, whoever asks: the same
    preview has the same findings for its author, its checker and its approver."""
    public = Viewer.public()
    shapes = {one.label: one.polygon for one in seen.outcomes if not one.refined}
    against = [layer.name for layer in taking_part(public) if layer.name != PARCELS]
    for one in overlaps(shapes, viewer=public, against=against, layer=PARCELS, on=seen.on):
        yield Finding(
            f"overlap/{one.layer}/{one.key}",
            REFUSES if one.severity == REFUSES else WARNS,
            _words(one),
            measured=f"{one.area_m2:.2f} m²",
            citation=one.citation,
            parcels=(one.shape,),
            where=one.where,
            basis="" if one.citation else "none",
        )


def _words(one: Overlap) -> str:
    told = {
        "layer": one.layer_title,
        "title": f"{one.title} ({one.kind})" if one.kind else one.title,
        "area": number_format(round(one.area_m2, 2), 2),
    }
    return _("The parcel would lie over %(layer)s – %(title)s: %(area)s m².") % told


judges.append(judge)
