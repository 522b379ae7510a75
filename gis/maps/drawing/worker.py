"""One drawing process: takes orders over a socket, answers with pictures.

The only module that imports mapnik. Run by file name as a program of its own, with nothing of Halong or
Django in it, because mapnik sets PROJ_LIB, GDAL_DATA and ICU_DATA for its whole process and a crash in it
must cost one picture only.

An order is a JSON object with `do` naming one of `ORDERS`; an answer is a JSON object with `length`, followed
by as many bytes, or with `error` (`link` = the database connection broke and is made anew by asking again).
Both stand behind four bytes with their size. The process ends when the other side closes the socket.
"""

import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
from collections import OrderedDict
from typing import Any

import mapnik

Order = dict[str, Any]

KEPT_LAYERS = 128
"""Layers whose data source and styles stay ready; making one takes 5 ms, most of it for the database."""
MEMORY_LIMIT = 2 << 30
"""Bytes of address space; a picture that needs more fails alone."""
BROKEN_LINK = ("FATAL:", "server closed the connection", "could not connect", "no connection to the server")
FLAT = "epsg:3857"
"""Reference system of sketches: any flat one, nothing is projected."""


class ReadyLayer:
    """A layer of an order with its styles, made once and put into the map of every picture that shows it."""

    def __init__(self, order: Order) -> None:
        sheet = mapnik.Map(1, 1)
        mapnik.load_map_from_string(sheet, order["sheet"], True)
        parts = [part for parts in order["passes"] for part in parts]
        self.styles = {name: sheet.find_style(name) for part in parts for name in part["styles"]}
        self.passes = [[_pass(order, part["styles"], part) for part in parts] for parts in order["passes"]]


def _pass(order: Order, names: list[str], part: Order) -> Any:
    layer = mapnik.Layer(order["name"], order["srs"])
    layer.buffer_size = part["margin"]
    if names:
        layer.datasource = mapnik.PostGIS(**{**order["source"], **part.get("source", {})}, table=part["table"])
    layer.cache_features = len(names) > 1
    if part["max_scale"] is not None:
        layer.maximum_scale_denominator = part["max_scale"]
    if "min_scale" in part:
        layer.minimum_scale_denominator = part["min_scale"]
    for name in names:
        layer.styles.append(name)
    return layer


_ready: OrderedDict[str, ReadyLayer] = OrderedDict()


def ready_layer(order: Order) -> ReadyLayer:
    found = _ready.pop(order["id"], None) or ReadyLayer(order)
    _ready[order["id"]] = found
    if len(_ready) > KEPT_LAYERS:
        _ready.popitem(last=False)
    return found


def empty_map(order: Order, srs: str, bbox: tuple[float, float, float, float]) -> Any:
    """A map of exactly this extent: Mapnik's default would widen it to the picture's shape."""
    canvas = mapnik.Map(order["width"], order["height"], srs)
    canvas.aspect_fix_mode = mapnik.aspect_fix_mode.RESPECT
    canvas.background = mapnik.Color(order["background"])
    canvas.zoom_to_box(mapnik.Box2d(*bbox))
    return canvas


def draw_map(order: Order) -> bytes:
    """Layers from the database. All shapes first, then all labels, so that no layer hides another's texts."""
    canvas = empty_map(order, order["srs"], order["bbox"])
    canvas.buffer_size = order["margin"]
    layers = [ready_layer(layer) for layer in order["layers"]]
    for layer in layers:
        for name, style in layer.styles.items():
            canvas.append_style(name, style)
    for layers_parts in zip(*(layer.passes for layer in layers), strict=True):
        for part in (part for parts in layers_parts for part in parts):
            if len(part.styles):
                canvas.layers.append(part)
    picture = mapnik.Image(order["width"], order["height"])
    mapnik.render_with_vars(canvas, picture, order["variables"], order["scale_factor"], 0, 0)
    return bytes(picture.to_string(order["encoder"]))


def draw_sketch(order: Order) -> bytes:
    """Shapes given with the order, in pixels from the lower left; `crop` cuts off the empty right side."""
    sheet = mapnik.Map(1, 1)
    mapnik.load_map_from_string(sheet, order["sheet"], True)
    if order["crop"]:
        clear = draw_shapes(order | {"background": "transparent"}, sheet)
        order = order | {"width": min(used_width(clear) + order["crop"], order["width"])}
    return bytes(draw_shapes(order, sheet).to_string(order["encoder"]))


def draw_shapes(order: Order, sheet: Any) -> Any:
    canvas = empty_map(order, FLAT, (0, 0, order["width"], order["height"]))
    for number, shape in enumerate(order["shapes"]):
        layer = mapnik.Layer(str(number), FLAT)
        layer.datasource = memory_source(shape["wkt"], shape["text"])
        for name in shape["styles"]:
            if name not in canvas.styles:
                canvas.append_style(name, sheet.find_style(name))
            layer.styles.append(name)
        canvas.layers.append(layer)
    picture = mapnik.Image(order["width"], order["height"])
    mapnik.render(canvas, picture, order["scale_factor"])
    return picture


def memory_source(wkt: str, text: str) -> Any:
    context = mapnik.Context()
    context.push("text")
    feature = mapnik.Feature(context, 1)
    feature["text"] = text
    feature.geometry = mapnik.Geometry.from_wkt(wkt)
    source = mapnik.MemoryDatasource()
    source.add_feature(feature)
    return source


def used_width(picture: Any) -> int:
    """Columns up to the last one with anything in it."""
    alpha = bytes(picture.to_string())[3::4]
    width = picture.width()
    rows = (alpha[start : start + width] for start in range(0, len(alpha), width))
    return max((len(row.rstrip(b"\0")) for row in rows), default=0)


def project(order: Order) -> bytes:
    """A point as Mapnik's own PROJ sees it."""
    way = mapnik.ProjTransform(mapnik.Projection(order["source"]), mapnik.Projection(order["target"]))
    point = way.forward(mapnik.Coord(*order["point"]))
    return json.dumps([point.x, point.y]).encode()


def ready(order: Order) -> bytes:
    return b"ready"


ORDERS = {"map": draw_map, "sketch": draw_sketch, "project": project, "ready": ready}


def answer(order: Order) -> tuple[Order, bytes]:
    try:
        result = ORDERS[order["do"]](order)
    except (RuntimeError, ValueError, KeyError, TypeError, MemoryError) as error:
        return {"error": str(error), "link": any(sign in str(error) for sign in BROKEN_LINK)}, b""
    return {"length": len(result)}, result


def serve(link: socket.socket) -> None:
    with link.makefile("rb") as orders:
        while head := orders.read(4):
            (size,) = struct.unpack("!I", head)
            header, result = answer(json.loads(orders.read(size)))
            text = json.dumps(header).encode()
            link.sendall(struct.pack("!I", len(text)) + text + result)


def end_with(link: socket.socket) -> None:
    """End at once when the other side closes, even in the middle of a picture."""
    watch = select.poll()
    watch.register(link, select.POLLHUP)
    watch.poll()
    os._exit(0)


def silence_libraries() -> None:
    """Keep standard error for Python: PROJ writes a line there for every vertex beyond the poles."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the server, which then closes the socket
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    silence_libraries()
    link = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=end_with, args=(link,), daemon=True).start()
    serve(link)


if __name__ == "__main__":
    main()
