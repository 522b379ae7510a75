"""What stands under every map, print and service: what its outlines are not, and whose data it shows."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.layers.base import Layer
from gis.problems import Text

NOT_LEGAL = gettext_lazy("Not a legal boundary")
COAST = gettext_lazy("Coast and borders: Natural Earth")
"""Whose land and coast lie under a map."""
SEPARATOR = " · "


def credits_of(layers: Iterable[Layer], *others: Text) -> list[str]:
    """The notice, then each source once, in the active language: of *layers* in their order, then *others*.

    Give the layers that are shown, or those that exist for the viewer; never one that he may not know of.
    """
    sources = [_("Halong: the open map of Quảng Ninh"), *(layer.attribution for layer in layers), *others]
    return list(dict.fromkeys([str(NOT_LEGAL), *(str(source) for source in sources if source)]))


def credit_line(layers: Iterable[Layer], *others: Text) -> str:
    """The same in one line."""
    return SEPARATOR.join(credits_of(layers, *others))
