"""Which domain shows which layers, and where each row of a layer has its page."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from gis.access.viewer import Viewer
from gis.layers import Layer, registry
from gis.problems import Text

Links = list[tuple[str, str]]
"""(title, address) of each."""


def _no_links(*_about: object) -> Links:
    return []


@dataclass(frozen=True)
class Domain:
    """A domain with pages at `/{name}/`, and the names of the layers that they show, in their order."""

    name: str
    title: Text
    layers: tuple[str, ...]
    row_links: Callable[[Viewer, str, object], Links] = _no_links
    """What else a viewer may do with a row: (viewer, layer, key)."""
    more: Callable[[Viewer], Links] = _no_links
    """Other pages of the domain for a viewer, in every page's navigation."""

    def layers_for(self, viewer: Viewer) -> list[Layer]:
        """Those that exist for *viewer*."""
        known = {layer.name: layer for layer in registry.all_layers(viewer)}
        return [known[name] for name in self.layers if name in known]


_domains: dict[str, Domain] = {}


def declare(domain: Domain) -> None:
    """From now on *domain* has pages. Raises ValueError where another shows one of its layers."""
    for name in domain.layers:
        shown = _domain_of(name)
        if shown is not None and shown.name != domain.name:
            raise ValueError(f"The layer {name} has pages in {shown.name} already.")
    _domains[domain.name] = domain


def domains() -> list[Domain]:
    """Every domain that has pages, in the order of the addresses."""
    return list(_domains.values())


def list_href(layer: Layer) -> str:
    """Address of the list of *layer* ("/land/parcels/"); empty where no domain shows it."""
    domain = _domain_of(layer.name)
    return f"/{domain.name}/{layer.name}/" if domain else ""


def item_href(layer: Layer, key: object) -> str:
    """Address of the page of one row; empty where no domain shows its layer."""
    start = list_href(layer)
    return start and start + quote(str(key))


def map_href(layer: Layer, key: object) -> str:
    """Address of the map with the card of one row open."""
    return f"/#at={layer.name}/{quote(str(key), safe='')}"


def _domain_of(name: str) -> Domain | None:
    return next((domain for domain in _domains.values() if name in domain.layers), None)
