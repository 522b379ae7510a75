"""All layers by name. Filled by the domains' `layers.py`, which Django imports at start-up."""

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers.base import Layer
from gis.problems import NotFound

_layers: dict[str, Layer] = {}


def register(layer: type[Layer]) -> type[Layer]:
    """Publish *layer* in every format.

    Raises ValueError where a style, the search or the overlay shows what not everybody may see, or where somebody
    may know of the layer who sees none of its rows.
    """
    if layer.name in _layers:
        raise ValueError(f"There are two layers named {layer.name}.")
    if layer.readers is not None and not layer.readers <= layer.private_roles:
        raise ValueError(f"Readers of {layer.name} who see nothing of it: {layer.readers - layer.private_roles}.")
    public = {field.name for field in layer.fields if not field.private}
    for style in layer.styles:
        drawn = {style.field, *(label.field for label in style.labels)} - {None}
        if drawn - public:
            raise ValueError(f"Style {style.name} of {layer.name} draws fields that are not public: {drawn - public}.")
    if layer.overlay is not None and (layer.overlay not in {"", *public} or not layer().looks_legal):
        raise ValueError(f"{layer.name} cannot be compared by {layer.overlay!r}: no areas or no public field.")
    if layer.search is not None:
        known = {field.name for field in layer.fields}
        if layer.search.searched - known or layer.search.shown - public:
            raise ValueError(f"The search of {layer.name} names fields that it has not, or shows private ones.")
    _layers[layer.name] = layer()
    return layer


def unregister(name: str) -> None:
    """Take a layer back; for tests that publish one of their own."""
    del _layers[name]


def get(name: str, viewer: Viewer) -> Layer:
    """The layer *name* if it exists for *viewer*. Raises `NotFound`, which tells only of those that do."""
    layer = _layers.get(name)
    if layer is None or not layer.exists_for(viewer):
        known = sorted(layer.name for layer in all_layers(viewer))
        raise NotFound(_("There is no layer of this name."), field="layer", expected=", ".join(known))
    return layer


def all_layers(viewer: Viewer) -> list[Layer]:
    """Every layer that exists for *viewer*, in drawing order."""
    return [layer for layer in declared().values() if layer.exists_for(viewer)]


def declared() -> dict[str, Layer]:
    """Every layer by name, whoever may know of it, in drawing order: for commands and checks, never for an answer."""
    ordered = sorted(_layers.values(), key=lambda layer: (layer.position, layer.name))
    return {layer.name: layer for layer in ordered}
