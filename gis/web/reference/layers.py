"""The reference of layers, written from their declarations."""

from collections.abc import Iterator

from django.utils.translation import override

from gis.layers import Field, Layer, registry
from gis.problems import Text


def layers_page() -> str:
    """docs/reference/layers.md."""
    with override("en"):
        return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    layers = list(registry.declared().values())
    yield "# Layers"
    yield ""
    yield "Written by `manage.py write_reference` from the layers' declarations, in their drawing order. Every layer is"
    yield "served by WMS (`/wms`), as tiles (`/tiles/{layer}/{z}/{x}/{y}.mvt` and `.png`) and by OGC API Features"
    yield "(`/ogc/collections/{layer}/items`); a private field exists for the roles named, each in its own area."
    yield ""
    yield "| layer | title | in Vietnamese | geometry | stored in |"
    yield "| --- | --- | --- | --- | --- |"
    for layer in layers:
        link = f"[`{layer.name}`](#{layer.name})"
        yield f"| {link} | {layer.title} | {_vietnamese(layer.title)} | {layer.geometry_type} | EPSG:{layer.srid} |"
    for layer in layers:
        yield ""
        yield from _section(layer)


def _section(layer: Layer) -> Iterator[str]:
    yield f"## {layer.name}"
    yield ""
    yield f"{layer.abstract or layer.title}{_private_words(layer)}"
    yield ""
    yield f"Styles: {', '.join(f'`{style.name}`' for style in layer.styles)}.{_time_words(layer)}"
    yield ""
    yield "| field | title | in Vietnamese | kind | unit | who |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from (_row(field) for field in layer.fields)


def _row(field: Field) -> str:
    who = "private" if field.private else "everybody"
    unit = field.unit or "–"
    return f"| `{field.name}` | {field.title} | {_vietnamese(field.title)} | {field.kind} | {unit} | {who} |"


def _private_words(layer: Layer) -> str:
    if not layer.private_roles:
        return ""
    roles = ", ".join(f"`{role}`" for role in sorted(layer.private_roles))
    return f" Private rows and fields: {roles}."


def _time_words(layer: Layer) -> str:
    return f" Time: `{layer.time}`." if layer.time else ""


def _vietnamese(text: Text) -> str:
    with override("vi"):
        return str(text)
