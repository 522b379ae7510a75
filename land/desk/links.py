"""The ways to the desk from other pages, for those who work there."""

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from land.codes import DRAFTERS

DESK = "/land/edit/"


def works_here(viewer: Viewer) -> bool:
    return bool(viewer.areas(DRAFTERS))


def from_row(viewer: Viewer, layer: str, key: object) -> list[tuple[str, str]]:
    """(title, address) of what a viewer may do with a row, from its page."""
    if layer != "parcels" or not works_here(viewer):
        return []
    return [(_("Open on the desk"), f"{DESK}?parcel={key}")]


def from_navigation(viewer: Viewer) -> list[tuple[str, str]]:
    """(title, address) of what stands in every page's navigation."""
    return [(_("Land desk"), DESK)] if works_here(viewer) else []
