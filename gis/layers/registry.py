"""All layers by name. Filled by the domains' `layers.py`, which Django imports at start-up."""

from django.utils.translation import gettext as _

from gis.layers.base import Layer
from gis.problems import NotFound

_layers: dict[str, Layer] = {}


def register(layer: type[Layer]) -> type[Layer]:
    """Publish *layer* in every format. Raises ValueError where a style draws what not everybody may see."""
    if layer.name in _layers:
        raise ValueError(f"There are two layers named {layer.name}.")
    public = {field.name for field in layer.fields if not field.private}
    for style in layer.styles:
        drawn = {style.field, *(label.field for label in style.labels)} - {None}
        if drawn - public:
            raise ValueError(f"Style {style.name} of {layer.name} draws fields that are not public: {drawn - public}.")
    _layers[layer.name] = layer()
    return layer


def unregister(name: str) -> None:
    """Take a layer back; for tests that publish one of their own."""
    del _layers[name]


def get(name: str) -> Layer:
    """The layer *name*. Raises `NotFound`."""
    if name not in _layers:
        raise NotFound(_("There is no layer of this name."), field="layer", expected=", ".join(sorted(_layers)))
    return _layers[name]


def all_layers() -> list[Layer]:
    """Every layer, in drawing order."""
    return sorted(_layers.values(), key=lambda layer: (layer.position, layer.name))
